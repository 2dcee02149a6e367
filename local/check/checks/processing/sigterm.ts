import { setTimeout as sleep } from 'node:timers/promises';
import { KILLED_EXIT_CODE, SECONDS } from '../../../contract';
import type { Problem } from '../../core/finding';
import { Inconclusive } from '../../core/inconclusive';
import { lastLines } from '../../probe/evidence';
import type { ProcessingObservation, ProcessingProbe } from '../../probe/processing-probe';
import type { Check } from '../check';

/** The least time in milliseconds that a run must last after its first line: the signal takes some of it to arrive. */
const MIN_REMAINING = 500;

/** When the run is stopped, as a fraction of the time after its first line: its program has started by then. */
const LATE = 0.5;

export const processingSigterm: Check = {
  id: 'processing-sigterm',
  group: 'processing',
  severity: 'warning',
  fact: 'H9',
  title: 'A stopped processing run exits on SIGTERM',
  run: async ({ processing }) => {
    const { lines, duration } = await processing.completed();
    const remaining = duration - (lines[0]?.at ?? duration);
    if (remaining < MIN_REMAINING) {
      throw new Inconclusive('the run ends too soon after its first log line to be stopped (give it more data)');
    }
    const problem = problemOf(await stopped(processing, remaining * LATE));
    return problem === undefined ? [] : [problem];
  },
};

interface StoppedRun extends ProcessingObservation {
  /** Whether the first process of each host had a handler of SIGTERM until it was sent; undefined if that could not be read. */
  readonly isHandled?: boolean;
}

/** A run that is stopped some milliseconds after its first line. */
async function stopped(processing: ProcessingProbe, milliseconds: number): Promise<StoppedRun> {
  const stop = new AbortController();
  const watch = processing.sigtermWatch();
  let isHandled: boolean | undefined;
  const stopLater = async (): Promise<void> => {
    await sleep(milliseconds);
    isHandled = await watch.isHandled();
    // A run that ignores the signal would only be killed after the grace period.
    if (isHandled !== false) stop.abort();
  };
  let stopping: Promise<void> | undefined;
  const run = await processing.vary(
    'stopped',
    (request) => request,
    () => ({
      stop: stop.signal,
      onContainer: (id) => watch.add(id),
      onLog: () => {
        stopping ??= stopLater();
      },
    }),
  );
  await stopping;
  await watch.end();
  return { ...run, isHandled };
}

/** @throws Inconclusive if there is no evidence whether the run was stopped */
function problemOf({ result, lines, isHandled }: StoppedRun): Problem | undefined {
  const evidence = lastLines(lines);
  if (isHandled === false) return ignored('has no handler for SIGTERM (SigCgt in /proc/1/status)', evidence);
  if (result?.status !== 'Stopped') throw new Inconclusive('the run ended before it could be stopped');
  if (!Object.values(result.exitCodes).includes(KILLED_EXIT_CODE)) return undefined;
  return ignored(
    `ignored SIGTERM and was killed after the grace period of ${SECONDS.processingStopGrace} seconds`,
    evidence,
  );
}

function ignored(behavior: string, evidence: string[]): Problem {
  return {
    message: `The processing run ${behavior}: a job that is stopped, or reaches its maximum run time, is billed until then, and cannot save its results.`,
    fix:
      'Handle SIGTERM: save what is complete and exit. The first process of a container ignores signals without a handler. ' +
      'In shell scripts, exec the program.',
    evidence,
  };
}
