import { cpSync, existsSync, mkdirSync, statSync } from 'node:fs';
import * as path from 'node:path';
import type { ImageSource, Run } from '../../container';
import { type Checked, PLATFORM } from '../core/request';
import type { CheckedChannel, SampleRequest } from '../core/specification';
import { Assembly } from './assembly';
import { type Target, type WantedChannel, targetsOf } from './targets';

/** What an app does not hold: samples of data that lies elsewhere. */
export interface Samples {
  /** Directories by the names of channels. */
  readonly channels: ReadonlyMap<string, string>;
  readonly requests: SampleRequest[];
  readonly model?: string;

  /** Whether answers are streamed, which whoever asks decides. */
  readonly isStreaming?: boolean;
}

/** One thing of an app to check, or why it cannot be. */
export interface AppCheck {
  readonly path: string;
  readonly checked?: Checked;
  readonly faults: string[];
}

/** What of a synthesized app is to be checked: the template says all but the samples. */
export function checksOfApp(run: Run, directory: string, samples: Samples): AppCheck[] {
  const assembly = new Assembly(directory);
  return targetsOf(assembly).map((target) => checkOf(run, assembly, target, samples));
}

function checkOf(run: Run, assembly: Assembly, target: Target, samples: Samples): AppCheck {
  const { path: where, training, serving } = target;
  const faults: string[] = [];
  const channels = (training?.channels ?? []).flatMap((channel): CheckedChannel[] => {
    const found = samples.channels.get(channel.name) ?? localData(run, assembly, channel);
    if (found === undefined && channel.isRequired) {
      const from = channel.uri === undefined ? '' : `, which is read from ${channel.uri},`;
      faults.push(`${where}: channel "${channel.name}"${from} needs a sample: --channel ${channel.name}=DIR`);
    }
    return found === undefined ? [] : [{ ...channel, directory: found }];
  });
  const sourceOf = (image: string | undefined): ImageSource | undefined => {
    const source = image === undefined ? undefined : imageSource(assembly, image);
    if (image !== undefined && source === undefined) faults.push(`${where}: the image ${image} is made elsewhere`);
    return source;
  };
  const model = samples.model ?? localModel(assembly, target.modelUri);
  if (target.modelUri !== undefined && model === undefined && serving?.isMultiModel !== true) {
    faults.push(`${where}: the model, which is read from ${target.modelUri}, needs a sample: --model FILE`);
  }
  const trained = sourceOf(target.trainingImage);
  const served = sourceOf(target.servingImage);
  if (faults.length > 0) return { path: where, faults };
  const requests = samplesFor(serving?.contentTypes ?? [], samples.requests);
  const checked: Checked = {
    name: where,
    requests: target.requests,
    platforms: { training: platformOf(target.trainingInstances), serving: platformOf(target.servingInstances) },
    isGpu: [...target.trainingInstances, ...target.servingInstances].some((type) => /^ml\.[gp]\d/.test(type)),
    training: trained && training && { ...training, channels, source: trained },
    serving: served && serving && { ...serving, model, requests, isStreaming: samples.isStreaming, source: served },
  };
  return { path: where, checked, faults: [] };
}

/** An image as it is built, by the asset that its name carries; others have to be on this machine. */
function imageSource(assembly: Assembly, image: string): ImageSource | undefined {
  const verified = assembly.referred(image)?.properties.ImageTag as string | undefined;
  const asset = assembly.images.get(verified ?? /[:/]([0-9a-f]{64})$/.exec(image)?.[1] ?? '');
  if (asset?.directory === undefined) return image.includes('{{') ? undefined : { source: image };
  return {
    source: asset.directory,
    file: asset.dockerFile,
    target: asset.dockerBuildTarget,
    buildArguments: asset.dockerBuildArgs,
    platform: asset.platform,
  };
}

/** Graviton processors are known by the letter after the generation. */
function platformOf(instances: string[]): string {
  return instances.length > 0 && instances.every((type) => /^ml\.[a-z]+\d+g[a-z]*\./.test(type))
    ? 'linux/arm64'
    : PLATFORM;
}

/** Samples that a model is said to understand; all, when nothing is said. */
function samplesFor(contentTypes: string[], requests: SampleRequest[]): SampleRequest[] {
  return contentTypes.length === 0
    ? requests
    : requests.filter(({ contentType }) => contentTypes.includes(contentType));
}

/** A directory with the data of a channel, where it is an asset of the app or deployed with it. */
function localData(run: Run, assembly: Assembly, { uri, name }: WantedChannel): string | undefined {
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

/** What a bucket deployment of the app brings to a place in S3. */
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
