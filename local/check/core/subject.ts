import { statSync } from 'node:fs';
import { type ImageSource, type Run, imageOf } from '../../container';
import type {
  ProcessingSpecification,
  ServingSpecification,
  Specification,
  TrainingSpecification,
} from './specification';

/** The training job that the image is checked for; everything omitted has a default. */
export type TrainingOptions = Partial<Omit<TrainingSpecification, 'image'>>;

/** The model and endpoint that the image is checked for; everything omitted has a default. */
export type ServingOptions = Partial<Omit<ServingSpecification, 'image'>>;

/** The processing job that the image is checked for; everything omitted has a default. */
export type ProcessingOptions = Partial<Omit<ProcessingSpecification, 'image'>>;

/** An image and its intended use. */
export interface CheckRequest extends ImageSource {
  /** The stage of the Dockerfile that trains, if training and serving have a stage each; `target` is used for both. */
  readonly trainingTarget?: string;

  /** The stage of the Dockerfile that serves. */
  readonly inferenceTarget?: string;

  /** The training job; `false` for an image that only serves. */
  readonly training?: TrainingOptions | false;

  /** The model and endpoint; `false` for an image that only trains. */
  readonly serving?: ServingOptions | false;

  /** The processing job, for which the image is checked instead of training and serving. */
  readonly processing?: ProcessingOptions;

  /** Whether the instances have GPUs. */
  readonly isGpu?: boolean;

  /** Whether the containers use the GPUs of this machine. The checks fail if the container engine offers none. */
  readonly usesGpus?: boolean;
}

/** The images that are checked together: those for training and serving, which may be the same, or one for processing, and their intended use. */
export interface CheckSubject extends Pick<Specification, 'isGpu' | 'platforms' | 'requests'> {
  /** The name in reports. */
  readonly name: string;
  readonly training?: TrainingOptions & { readonly source: ImageSource };
  readonly serving?: ServingOptions & { readonly source: ImageSource };
  readonly processing?: ProcessingOptions & { readonly source: ImageSource };
}

/** The platform of all instance types without Graviton or Grace processors. */
export const DEFAULT_PLATFORM = 'linux/amd64';

export function subjectOf(request: CheckRequest): CheckSubject {
  const {
    trainingTarget,
    inferenceTarget,
    training = {},
    serving = {},
    processing,
    isGpu,
    usesGpus: gpus,
    ...image
  } = request;
  const isProcessing = processing !== undefined;
  const { source, target, platform = DEFAULT_PLATFORM } = image;
  const of = (stage?: string): ImageSource => ({ ...image, platform, target: stage ?? target });
  return {
    name: source,
    isGpu,
    platforms: { training: platform, serving: platform, processing: platform },
    training: isProcessing || training === false ? undefined : { gpus, ...training, source: of(trainingTarget) },
    serving: isProcessing || serving === false ? undefined : { gpus, ...serving, source: of(inferenceTarget) },
    processing: processing && { gpus, ...processing, source: of() },
  };
}

/** Builds or loads each image once, and applies the defaults. */
export async function specificationOf(
  run: Run,
  { training, serving, processing, isGpu, platforms, requests }: CheckSubject,
  { signal, onBuild }: { readonly signal?: AbortSignal; readonly onBuild?: (line: string) => void },
): Promise<Specification> {
  const build = (source: ImageSource): Promise<string> => imageOf(run, { ...source, signal }, onBuild);
  const trainingImage = training === undefined ? undefined : await build(training.source);
  const isSame = JSON.stringify(training?.source) === JSON.stringify(serving?.source);
  const servingImage = serving === undefined || isSame ? trainingImage : await build(serving.source);
  const processingImage = processing === undefined ? undefined : await build(processing.source);
  return {
    isGpu,
    platforms,
    requests,
    names: {
      ...nameOf(servingImage, serving),
      ...nameOf(trainingImage, training),
      ...nameOf(processingImage, processing),
    },
    archive: [training, serving, processing]
      .map((one) => one?.source.source)
      .find((source) => source !== undefined && isFile(source)),
    training:
      training === undefined || trainingImage === undefined
        ? undefined
        : { channels: [], hyperparameters: {}, environment: {}, metrics: [], ...training, image: trainingImage },
    serving:
      serving === undefined || servingImage === undefined
        ? undefined
        : { environment: {}, requests: [], ...serving, image: servingImage },
    processing:
      processing === undefined || processingImage === undefined
        ? undefined
        : { inputs: [], outputs: [], environment: {}, ...processing, image: processingImage },
  };
}

/** The name in findings of an image: its source, and the stage if it is one of several. */
function nameOf(image: string | undefined, { source }: { source?: ImageSource } = {}): Record<string, string> {
  if (image === undefined || source === undefined) return {};
  return { [image]: source.target === undefined ? source.source : `${source.source} (stage ${source.target})` };
}

function isFile(source: string): boolean {
  return statSync(source, { throwIfNoEntry: false })?.isFile() === true;
}
