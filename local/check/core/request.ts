import { statSync } from 'node:fs';
import { type ImageSource, type Run, imageOf } from '../../container';
import type { ServingSpecification, Specification, TrainingSpecification } from './specification';

/** What a container is trained with, and what is not said of it has a default. */
export type TrainingRequested = Partial<Omit<TrainingSpecification, 'image'>>;
export type ServingRequested = Partial<Omit<ServingSpecification, 'image'>>;

/** An image, and what it is meant to do. */
export interface CheckRequest extends ImageSource {
  /** Stages of the Dockerfile, where there is one for each: `target` is for both. */
  readonly trainingTarget?: string;
  readonly inferenceTarget?: string;

  /** What is trained with; `false` for an image that only serves. */
  readonly training?: TrainingRequested | false;

  /** What is served; `false` for an image that only trains. */
  readonly serving?: ServingRequested | false;

  /** Whether the instances have GPUs. */
  readonly isGpu?: boolean;
}

/** What is to be checked, with an image for each of training and serving, which may be the same. */
export interface Checked extends Pick<Specification, 'isGpu' | 'platforms' | 'requests'> {
  /** What reports call it. */
  readonly name: string;
  readonly training?: TrainingRequested & { readonly source: ImageSource };
  readonly serving?: ServingRequested & { readonly source: ImageSource };
}

/** The platform of all instances but those with Graviton processors. */
export const PLATFORM = 'linux/amd64';

export function checkedOf(request: CheckRequest): Checked {
  const { trainingTarget, inferenceTarget, training = {}, serving = {}, isGpu, ...image } = request;
  const { source, target, platform = PLATFORM } = image;
  const of = (stage?: string): ImageSource => ({ ...image, platform, target: stage ?? target });
  return {
    name: source,
    isGpu,
    platforms: { training: platform, serving: platform },
    training: training === false ? undefined : { ...training, source: of(trainingTarget) },
    serving: serving === false ? undefined : { ...serving, source: of(inferenceTarget) },
  };
}

/** Builds the images, each once, and says what is checked of them. */
export async function specificationOf(
  run: Run,
  { training, serving, isGpu, platforms, requests }: Checked,
  { signal, onBuild }: { readonly signal?: AbortSignal; readonly onBuild?: (line: string) => void },
): Promise<Specification> {
  const build = (source: ImageSource): Promise<string> => imageOf(run, { ...source, signal }, onBuild);
  const trained = training === undefined ? undefined : await build(training.source);
  const isSame = JSON.stringify(training?.source) === JSON.stringify(serving?.source);
  const served = serving === undefined || isSame ? trained : await build(serving.source);
  return {
    isGpu,
    platforms,
    requests,
    archive: [training?.source.source, serving?.source.source].find((source) => source !== undefined && isFile(source)),
    training:
      training === undefined || trained === undefined
        ? undefined
        : { channels: [], hyperparameters: {}, environment: {}, metrics: [], ...training, image: trained },
    serving:
      serving === undefined || served === undefined
        ? undefined
        : { environment: {}, requests: [], ...serving, image: served },
  };
}

function isFile(source: string): boolean {
  return statSync(source, { throwIfNoEntry: false })?.isFile() === true;
}
