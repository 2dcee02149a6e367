import { SECONDS } from '../contract';
import type { Run } from './run';
import type { TrainingEvents, TrainingRequest } from './training-job';

/** Why a job was stopped; undefined if it ended on its own. */
export type StopCause = 'stopped' | 'interrupted' | 'max runtime' | undefined;

/** Stops the containers when the caller requests it, after the maximum run time, or when a host has failed. */
export function stopOnDemand(
  run: Run,
  {
    maxRuntimeSeconds = SECONDS.defaultMaxRuntime,
    stopGraceSeconds = SECONDS.trainingStopGrace,
  }: Pick<TrainingRequest, 'maxRuntimeSeconds' | 'stopGraceSeconds'>,
  events: Pick<TrainingEvents, 'stop' | 'interrupt'> & { onPhase?(phase: 'Stopping'): void },
  containers: string[],
): { stop(): void; cause(): StopCause; end(): void } {
  let cause: StopCause;
  let isStopping = false;
  const stop = (graceSeconds = stopGraceSeconds): void => {
    if (isStopping) return;
    isStopping = true;
    if (cause !== 'interrupted') events.onPhase?.('Stopping');
    for (const container of containers) void run.engine.stop(container, graceSeconds);
  };
  const stopFor = (reason: StopCause, graceSeconds?: number): void => {
    cause ??= reason;
    stop(graceSeconds);
  };
  const onAbort = (): void => stopFor('stopped');
  // Before the program has started it has nothing to save: no grace.
  if (events.stop?.aborted === true) stopFor('stopped', 0);
  events.stop?.addEventListener('abort', onAbort, { once: true });
  const onInterrupt = (): void => stopFor('interrupted', 0);
  events.interrupt?.addEventListener('abort', onInterrupt, { once: true });
  // The longest delay of a timer.
  const timer = setTimeout(() => stopFor('max runtime'), Math.min(maxRuntimeSeconds * 1000, 2 ** 31 - 1));
  return {
    stop,
    cause: () => cause,
    end: () => {
      clearTimeout(timer);
      events.stop?.removeEventListener('abort', onAbort);
      events.interrupt?.removeEventListener('abort', onInterrupt);
    },
  };
}
