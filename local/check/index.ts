import { availableParallelism } from 'node:os';
import { DockerEngine, type Run, removeOrphans, withRun } from '../container';
import { CHECKS } from './checks';
import { type CheckEvents, runChecks } from './checks/run-checks';
import { type Selection, selectChecks, unknownIds } from './checks/selection';
import { Once, Slots } from './core/concurrency';
import type { CheckResult } from './core/finding';
import { TIMES, type Times } from './core/specification';
import { type CheckRequest, type CheckSubject, specificationOf, subjectOf } from './core/subject';
import { CheckContext } from './probe/check-context';

export { CHECKS } from './checks';
export type { Check } from './checks/check';
export type { CheckEvents } from './checks/run-checks';
export { type Selection, unknownIds } from './checks/selection';
export type { CheckTime, ContainerTime, Timings } from './core/clock';
export * from './core/finding';
export { Inconclusive } from './core/inconclusive';
export * from './core/specification';
export type { Wait } from './core/wait';
export {
  type CheckRequest,
  type CheckSubject,
  type ProcessingOptions,
  type ServingOptions,
  type TrainingOptions,
  subjectOf,
} from './core/subject';

export interface CheckOptions extends Selection, CheckEvents {
  /** Time limits in seconds, instead of those of SageMaker: shorter ones end the check of a hanging container sooner. */
  readonly times?: Partial<Times>;

  /** The Docker network of containers that are not isolated, if they depend on something there; a new one by default. */
  readonly network?: string;

  /** Cancels the checks. */
  readonly signal?: AbortSignal;

  /** Receives the output of the image build. */
  onBuild?(line: string): void;
}

/**
 * Checks an image against the container contract of SageMaker:
 * `expect((await checkImage({ source: 'assets/churn', … })).findings).toEqual([])`.
 * All containers, networks and files that it creates are removed, also if it fails.
 */
export async function checkImage(request: CheckRequest, options: CheckOptions = {}): Promise<CheckResult> {
  const engine = new DockerEngine();
  await engine.version();
  await removeOrphans(engine);
  return withRun(engine, (run) => checkIn(run, subjectOf(request), options));
}

/** Checks a subject in a run of the caller, who disposes of the run. */
export async function checkIn(run: Run, subject: CheckSubject, options: CheckOptions = {}): Promise<CheckResult> {
  const unknown = unknownIds(options);
  if (unknown.length > 0)
    throw new Error(`\`only\` and \`skip\` must name checks or groups, got: ${unknown.join(', ')}`);
  const checks = selectChecks(options);
  const once = new Once();
  const specification = await specificationOf(run, subject, options);
  // Nothing may be created after a signal: the owner of the run is disposing of it.
  if (options.signal?.aborted === true) throw interrupted();
  const context = new CheckContext({
    run,
    network: () => once.do('network', async () => options.network ?? run.network(false)),
    specification,
    times: { ...TIMES, ...options.times },
    // One more than there are processors: containers also wait, for files, for a signal or for a pause of the program.
    slots: new Slots(availableParallelism() + 1),
    onWait: (wait) => options.onWait?.(wait),
    trainingVariations: CHECKS.map(({ id, trainingVariation }) => ({ id, ...trainingVariation })),
    servingVariations: CHECKS.map(({ id, servingVariation }) => ({ id, ...servingVariation })),
    processingVariations: CHECKS.map(({ id, processingVariation }) => ({ id, ...processingVariation })),
    selected: new Set(checks.map(({ id }) => id)),
    groups: new Map(CHECKS.map(({ id, group }) => [id, group])),
  });
  return Promise.race([runChecks(context, checks, subject.name, options), rejectedOn(options.signal)]);
}

/** Rejects when the checks are cancelled, without waiting for containers to stop: the owner of the run removes them. */
function rejectedOn(signal?: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(interrupted()), { once: true });
  });
}

const interrupted = (): Error => new Error('The checks were interrupted.');
