import { availableParallelism } from 'node:os';
import { DockerEngine, type Run, removeOrphans, withRun } from '../container';
import type { CheckResult } from './core/check';
import { CHECKS } from './checks';
import { Lab } from './probe/check-context';
import { type CheckRequest, type Checked, checkedOf, specificationOf } from './core/request';
import { type CheckEvents, type Selection, runChecks, selected, unknownIn } from './core/run-checks';
import { Once, Slots } from './core/slots';
import { TIMES, type Times } from './core/specification';

export * from './core/check';
export { CHECKS } from './checks';
export { type CheckRequest, type Checked, checkedOf } from './core/request';
export { type CheckEvents, type Selection, areAtLeast, unknownIn } from './core/run-checks';
export * from './core/specification';

export interface CheckOptions extends Selection, CheckEvents {
  /** Other times than SageMaker's, in seconds: to wait less for what will not come. */
  readonly times?: Partial<Times>;

  /** The network of containers that are not isolated, where they have to reach something; one of their own by default. */
  readonly network?: string;

  /** Ends the checks. */
  readonly signal?: AbortSignal;

  /** Gets the lines of the build. */
  onBuild?(line: string): void;
}

/**
 * Checks an image against SageMaker's contract: `expect((await checkImage({ source: 'assets/churn', … })).findings).toEqual([])`.
 * Everything that is made for it is removed, whatever happens.
 */
export async function checkImage(request: CheckRequest, options: CheckOptions = {}): Promise<CheckResult> {
  const engine = new DockerEngine();
  await engine.version();
  await removeOrphans(engine);
  return withRun(engine, (run) => checkIn(run, checkedOf(request), options));
}

/** The same in a run whose owner removes what is left of it. */
export async function checkIn(run: Run, checked: Checked, options: CheckOptions = {}): Promise<CheckResult> {
  const unknown = unknownIn(options);
  if (unknown.length > 0) throw new Error(`There is no check and no group ${unknown.join(', ')}.`);
  const asked = selected(options);
  const once = new Once();
  const lab = new Lab({
    run,
    network: () => once.do('network', async () => options.network ?? run.network(false)),
    specification: await specificationOf(run, checked, options),
    times: { ...TIMES, ...options.times },
    slots: new Slots(availableParallelism()),
    checks: CHECKS,
    asked: new Set(asked.map(({ id }) => id)),
  });
  return Promise.race([runChecks(lab, asked, checked.name, options), interruption(options.signal)]);
}

/** Whoever interrupts does not wait for containers to stop: their owner removes them. */
function interruption(signal?: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const interrupt = (): void => reject(new Error('The checks were interrupted.'));
    if (signal?.aborted === true) interrupt();
    signal?.addEventListener('abort', interrupt, { once: true });
  });
}
