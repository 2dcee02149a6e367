import { cpSync, existsSync, mkdirSync, statSync } from 'node:fs';
import * as path from 'node:path';
import type { ImageSource, ProcessingInput, Run } from '../../container';
import { isArm64, isGpu } from '../../contract';
import { sampleEnvironment } from '../core/monitor';
import type { ChannelSpecification, SampleRequest } from '../core/specification';
import { type CheckSubject, DEFAULT_PLATFORM } from '../core/subject';
import { Assembly } from './assembly';
import type { Target, TargetChannel } from './target';
import { targetsOf } from './targets';

/** Samples of data that is not part of the app. */
export interface Samples {
  /** Directories by channel name. */
  readonly channels: ReadonlyMap<string, string>;

  /** Directories by the names of the inputs of processing jobs. */
  readonly inputs?: ReadonlyMap<string, string>;
  readonly requests: SampleRequest[];
  readonly model?: string;

  /** Whether callers use response streaming, which a template does not specify. */
  readonly isStreaming?: boolean;

  /** Whether the containers on instances with GPUs use the GPUs of this machine. */
  readonly usesGpus?: boolean;
}

/** A subject of an app, or the errors that keep it from being checked. */
export interface AppSubject {
  /** The construct path. */
  readonly path: string;
  readonly subject?: CheckSubject;
  readonly errors: string[];
}

/** The subjects of a synthesized app. The template specifies everything but the samples. */
export function subjectsOfApp(run: Run, directory: string, samples: Samples): AppSubject[] {
  const assembly = new Assembly(directory);
  return targetsOf(assembly).map((target) => subjectOf(run, assembly, target, samples));
}

function subjectOf(run: Run, assembly: Assembly, target: Target, samples: Samples): AppSubject {
  const errors: string[] = [];
  const channels = channelsOf(run, assembly, target, samples, errors);
  const inputs = inputsOf(run, assembly, target, samples, errors);
  const model = modelOf(assembly, target, samples, errors);
  const sourceOf = (image: string | undefined): ImageSource | undefined => {
    const source = image === undefined ? undefined : imageSource(assembly, image);
    if (image !== undefined && source === undefined) {
      errors.push(
        `${target.path}: the image ${image} is not built by the app, and its name is only known at deployment`,
      );
    }
    return source;
  };
  const trainingSource = sourceOf(target.trainingImage);
  const servingSource = sourceOf(target.servingImage);
  const processingSource = sourceOf(target.processingImage);
  if (errors.length > 0) return { path: target.path, errors };
  const { training, serving, processing, trainingInstances, servingInstances, processingInstances = [] } = target;
  const requests = acceptedBy(serving?.contentTypes ?? [], samples.requests);
  const { isStreaming, usesGpus } = samples;
  const gpus = (instances: string[]): boolean | undefined => usesGpus && instances.some(isGpu);
  const subject: CheckSubject = {
    name: target.path,
    requests: target.requests,
    platforms: {
      training: platformOf(trainingInstances),
      serving: platformOf(servingInstances),
      processing: platformOf(processingInstances),
    },
    isGpu: [...trainingInstances, ...servingInstances, ...processingInstances].some(isGpu),
    training: trainingSource &&
      training && { ...training, channels, gpus: gpus(trainingInstances), source: trainingSource },
    serving: servingSource &&
      serving && { ...serving, model, requests, isStreaming, gpus: gpus(servingInstances), source: servingSource },
    processing: processingSource &&
      processing && {
        ...processing,
        inputs,
        gpus: gpus(processingInstances),
        environment: { ...processing.environment, ...(processing.isMonitor === true ? windowOf(inputs) : {}) },
        source: processingSource,
      },
  };
  return { path: target.path, subject, errors };
}

/** The variables of a monitor that depend on the captured data. */
function windowOf(inputs: ProcessingInput[]): Record<string, string> {
  const { sagemaker_endpoint_name, start_time, end_time } = sampleEnvironment(inputs, {
    monitorName: '',
    captureIndexNames: [],
  });
  return { sagemaker_endpoint_name, start_time, end_time };
}

function channelsOf(
  run: Run,
  assembly: Assembly,
  { path: where, training }: Target,
  samples: Samples,
  errors: string[],
): ChannelSpecification[] {
  return (training?.channels ?? []).flatMap((channel) => {
    const directory = samples.channels.get(channel.name) ?? localData(run, assembly, channel);
    if (directory !== undefined) return [{ ...channel, directory }];
    if (channel.isRequired) {
      const source = channel.uri === undefined ? '' : ` of ${channel.uri}`;
      errors.push(`${where}: channel "${channel.name}" needs a sample${source}: --channel ${channel.name}=DIR`);
    }
    return [];
  });
}

function inputsOf(
  run: Run,
  assembly: Assembly,
  { path: where, processing }: Target,
  samples: Samples,
  errors: string[],
): ProcessingInput[] {
  return (processing?.inputs ?? []).flatMap((input) => {
    const directory = samples.inputs?.get(input.name) ?? localData(run, assembly, input);
    if (directory !== undefined) return [{ name: input.name, target: input.target, directory }];
    const source = input.uri === undefined ? '' : ` of ${input.uri}`;
    errors.push(`${where}: input "${input.name}" needs a sample${source}: --input ${input.name}=DIR`);
    return [];
  });
}

function modelOf(
  assembly: Assembly,
  { path: where, modelUri, serving }: Target,
  samples: Samples,
  errors: string[],
): string | undefined {
  const model = samples.model ?? localModel(assembly, modelUri);
  if (modelUri !== undefined && model === undefined && serving?.isMultiModel !== true) {
    errors.push(`${where}: the model needs a sample of ${modelUri}: --model FILE`);
  }
  return model;
}

/** An image asset as the CDK builds it. All other images must be on this machine; undefined if the name is not known. */
function imageSource(assembly: Assembly, image: string): ImageSource | undefined {
  const verifiedTag = assembly.referred(image)?.properties.ImageTag as string | undefined;
  const asset = assembly.images.get(verifiedTag ?? /[:/]([0-9a-f]{64})$/.exec(image)?.[1] ?? '');
  if (asset?.directory === undefined) return image.includes('{{') ? undefined : { source: image };
  return {
    source: asset.directory,
    file: asset.dockerFile,
    target: asset.dockerBuildTarget,
    buildArguments: asset.dockerBuildArgs,
    platform: asset.platform,
  };
}

function platformOf(instanceTypes: string[]): string {
  return instanceTypes.length > 0 && instanceTypes.every(isArm64) ? 'linux/arm64' : DEFAULT_PLATFORM;
}

/** The samples with a content type that the model declares; all if it declares none. */
function acceptedBy(contentTypes: string[], requests: SampleRequest[]): SampleRequest[] {
  if (contentTypes.length === 0) return requests;
  return requests.filter(({ contentType }) => contentTypes.includes(contentType));
}

/** A directory with the data of a channel or an input, if it is an asset of the app or is deployed with it. */
function localData(
  run: Run,
  assembly: Assembly,
  { uri, name }: Pick<TargetChannel, 'uri' | 'name'>,
): string | undefined {
  if (uri === undefined) return undefined;
  const found = assembly.files.get(path.posix.basename(uri)) ?? deployedTo(assembly, uri);
  if (found === undefined || !existsSync(found)) return undefined;
  if (statSync(found).isDirectory()) return found;
  const directory = path.join(run.directory(), name);
  mkdirSync(directory);
  cpSync(found, path.join(directory, path.basename(found)));
  return directory;
}

/** A model that is an asset of the app. */
function localModel(assembly: Assembly, uri = ''): string | undefined {
  const found = assembly.files.get(path.posix.basename(uri));
  return found !== undefined && existsSync(found) ? found : undefined;
}

/** The asset that a bucket deployment of the app copies to an S3 location. */
function deployedTo(assembly: Assembly, uri: string): string | undefined {
  for (const { properties } of assembly.ofType('Custom::CDKBucketDeployment')) {
    const {
      DestinationBucketName: bucket,
      DestinationBucketKeyPrefix: prefix = '',
      SourceObjectKeys = [],
    } = properties;
    const root = `s3://${String(bucket)}/${String(prefix)}`.replace(/\/$/, '');
    const [key] = SourceObjectKeys as string[];
    const source = assembly.files.get(key);
    if (source === undefined || (uri !== root && !uri.startsWith(`${root}/`))) continue;
    return path.join(source, uri.slice(root.length));
  }
  return undefined;
}
