import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { DockerEngine, type ImageSource, type Run, imageOf, sweep, withRun } from '../container';
import type { CheckResult } from './check';
import { CHECKS } from './checks';
import { Lab } from './lab';
import { type CheckEvents, type Selection, runChecks, selected } from './run-checks';
import { Slots } from './slots';
import {
  type ServingSpecification,
  type Specification,
  TIMES,
  type Times,
  type TrainingSpecification,
} from './specification';

export * from './check';
export { CHECKS } from './checks';
export { type CheckEvents, type Selection, areAtLeast, unknownIn } from './run-checks';
export * from './specification';

/** An image, and what it is meant to do. */
export interface CheckRequest extends Omit<ImageSource, 'target'> {
  /** Stages of the Dockerfile to build: one for both, or one for each. The last one, if nothing is said. */
  readonly target?: string;
  readonly trainingTarget?: string;
  readonly inferenceTarget?: string;

  /** What is trained with; `false` for an image that only serves. */
  readonly training?: Partial<Omit<TrainingSpecification, 'image'>> | false;

  /** What is served; `false` for an image that only trains. */
  readonly serving?: Partial<Omit<ServingSpecification, 'image'>> | false;
  readonly isGpu?: boolean;
}

export interface CheckOptions extends Selection, CheckEvents {
  /** Other times than SageMaker's, in seconds: to wait less for what will not come. */
  readonly times?: Partial<Times>;

  /** Ends the checks. */
  readonly signal?: AbortSignal;

  /** Gets the lines of the build. */
  onBuild?(line: string): void;
}

/** The platform of all instances but those with Graviton processors. */
const PLATFORM = 'linux/amd64';

/**
 * Checks an image against SageMaker's contract: `expect((await checkImage({ source: 'assets/churn', … })).findings).toEqual([])`.
 * Everything that is made for it is removed, whatever happens.
 */
export async function checkImage(request: CheckRequest, options: CheckOptions = {}): Promise<CheckResult> {
  const engine = new DockerEngine();
  await engine.version();
  await sweep(engine);
  return withRun(engine, (run) => checkIn(run, request, options));
}

/** The same in a run whose owner removes what is left of it. */
export async function checkIn(run: Run, request: CheckRequest, options: CheckOptions = {}): Promise<CheckResult> {
  const specification = await specificationOf(run, request, options);
  const lab = new Lab({
    run,
    specification,
    times: { ...TIMES, ...options.times },
    slots: new Slots(availableParallelism()),
    checks: CHECKS,
    stop: options.signal ?? new AbortController().signal,
  });
  return runChecks(lab, selected(options), request.source, options);
}

async function specificationOf(
  run: Run,
  { training = {}, serving = {}, isGpu, target, trainingTarget, inferenceTarget, ...image }: CheckRequest,
  { signal, onBuild }: CheckOptions,
): Promise<Specification> {
  const { source, platform = PLATFORM } = image;
  const build = (stage?: string): Promise<string> =>
    imageOf(run, { ...image, platform, target: stage, signal }, onBuild);
  const trained = training === false ? '' : await build(trainingTarget ?? target);
  const isSame = trainingTarget === inferenceTarget && trained !== '';
  const served = serving === false ? '' : isSame ? trained : await build(inferenceTarget ?? target);
  return {
    platform,
    isGpu,
    archive: statSync(source, { throwIfNoEntry: false })?.isFile() === true ? source : undefined,
    training:
      training === false
        ? undefined
        : { channels: [], hyperparameters: {}, environment: {}, metrics: [], ...training, image: trained },
    serving: serving === false ? undefined : { environment: {}, requests: [], ...serving, image: served },
  };
}
