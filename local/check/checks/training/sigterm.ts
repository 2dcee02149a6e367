import { setTimeout as sleep } from 'node:timers/promises';
import { KILLED_EXIT_CODE, SECONDS } from '../../../contract';
import type { Problem } from '../../core/finding';
import { Inconclusive } from '../../core/inconclusive';
import { lastLines } from '../../probe/evidence';
import type { SigtermWatch } from '../../probe/sigterm-watch';
import type { Observation, TrainingProbe } from '../../probe/training-probe';
import type { Check } from '../check';

/** The least time in milliseconds that a run must last after its first line: the signal takes some of it to arrive. */
const MIN_REMAINING = 500;

/** When the second attempt stops the run, as a fraction of the time after the first line. */
const LATE = 0.5;

/** So many lines after the signal prove that a run continued to its end: it may print a few because it stops. */
const MANY_LINES = 5;

export const trainingSigterm: Check = {
  id: 'training-sigterm',
  group: 'training',
  severity: 'error',
  fact: 'A62, A63',
  title: 'A stopped training run saves its model and exits',
  run: async ({ training }) => {
    const baseline = await training.completed();
    const remaining = timeAfterFirstLine(baseline);
    if (remaining < MIN_REMAINING) {
      // A program that installs its handler before it loads its libraries can be stopped before its first line.
      if (await isStoppedAtHandler(training, baseline)) return [];
      throw new Inconclusive(
        'the run ends too soon after its first log line to be stopped (give it more data, or install the handler of SIGTERM before ' +
          'loading libraries)',
      );
    }
    if (await isStoppedAtFirstLine(training, baseline)) return [];
    // The first line may come from a script that has not started the program yet, which installs the handler.
    const problem = await twice(async (attempt) => {
      const run = await stopped(training, `late ${attempt}`, async (signal, firstLine) => {
        await firstLine;
        await sleep((remaining * LATE) / attempt, undefined, { signal }).catch(() => undefined);
      });
      return problemOf(training, baseline, run);
    });
    return problem === undefined ? [] : [problem];
  },
};

/** A run that was to be stopped. */
interface StoppedRun extends Observation {
  /** Whether the first process of each host had a handler of SIGTERM until it was sent; undefined if that could not be read. */
  readonly isHandled?: boolean;

  /** The number of lines that a host printed after it got the signal; undefined if that is not known. */
  readonly linesAfter?: number;
}

function timeAfterFirstLine({ lines, duration }: Observation): number {
  return duration - (lines[0]?.at ?? duration);
}

const wasStopped = ({ result }: Observation): boolean => result?.status === 'Stopped';

/** Whether a run that is stopped at its first line does everything right. @throws Inconclusive if it does not show whether it was stopped */
function isStoppedAtFirstLine(training: TrainingProbe, baseline: Observation): Promise<boolean> {
  return twice(async (attempt) => {
    const run = await stopped(training, `early ${attempt}`, (_, firstLine) => firstLine);
    return wasStopped(run) && (await problemOf(training, baseline, run)) === undefined;
  });
}

/** Makes a second attempt if the first one fails: on a busy machine, a run may get the signal too late. */
function twice<T>(attempt: (count: number) => Promise<T>): Promise<T> {
  return attempt(1).catch((error: Error) =>
    attempt(2).catch(() => {
      throw error;
    }),
  );
}

/** Whether a run that is stopped as soon as it has a handler does everything right; anything else may be due to the early signal. */
async function isStoppedAtHandler(training: TrainingProbe, baseline: Observation): Promise<boolean> {
  const run = await stopped(training, 'at its handler', (signal, _, watch) => watch.untilHandled(signal));
  if (!wasStopped(run) || run.isHandled !== true) return false;
  return problemOf(training, baseline, run).then(
    (problem) => problem === undefined,
    () => false,
  );
}

/** Resolves when a run is to be stopped; the signal is aborted when it has ended. */
type StopTime = (ended: AbortSignal, firstLine: Promise<void>, watch: SigtermWatch) => Promise<void>;

/** A run that is stopped at some time; killed if it ignores SIGTERM, because nothing more would happen. */
async function stopped(training: TrainingProbe, name: string, stopTime: StopTime): Promise<StoppedRun> {
  const [stop, kill, end] = [new AbortController(), new AbortController(), new AbortController()];
  const watch = training.sigtermWatch();
  const containers: string[] = [];
  let onFirstLine: () => void = () => undefined;
  const firstLine = new Promise<void>((resolve) => (onFirstLine = resolve));
  let isHandled: boolean | undefined;
  let linesAfter: Promise<number | undefined> | undefined;
  const stopLater = async (): Promise<void> => {
    await stopTime(end.signal, firstLine, watch);
    isHandled = await watch.isHandled();
    linesAfter = training.linesAfterSignal(containers);
    (isHandled === false ? kill : stop).abort();
  };
  let stopping: Promise<void> | undefined;
  const run = await training.vary(
    `stopped ${name}`,
    (request) => request,
    () => ({
      stop: stop.signal,
      interrupt: kill.signal,
      onContainer: (id) => {
        containers.push(id);
        watch.add(id);
        stopping ??= stopLater();
      },
      onLog: () => onFirstLine(),
    }),
  );
  end.abort();
  onFirstLine();
  await stopping;
  await watch.end();
  return { ...run, isHandled, linesAfter: await linesAfter };
}

/** @throws Inconclusive if there is no evidence whether the run was stopped */
async function problemOf(
  training: TrainingProbe,
  baseline: Observation,
  run: StoppedRun,
): Promise<Problem | undefined> {
  const codes = Object.values(run.result?.exitCodes ?? {});
  const evidence = lastLines(run.lines);
  if (run.isHandled === false) {
    return ignored('has no handler for SIGTERM (SigCgt in /proc/1/status)', evidence);
  }
  if (!wasStopped(run)) throw new Inconclusive('the run ended before it could be stopped');
  if (codes.includes(KILLED_EXIT_CODE)) {
    return ignored(
      `ignored SIGTERM and was killed after the grace period of ${SECONDS.trainingStopGrace} seconds`,
      evidence,
    );
  }
  const failed = codes.find((code) => code !== 0);
  if (failed !== undefined) {
    return {
      message: `The training run exited with code ${failed} after SIGTERM.`,
      fix: 'Handle SIGTERM: save the model and exit with code 0.',
      evidence,
    };
  }
  if (hasAllLines(run, baseline)) {
    if ((run.linesAfter ?? 0) >= MANY_LINES) return ignored('ignored SIGTERM and continued to its end', evidence);
    throw new Inconclusive('the log of the run does not show whether it ended early (print a line per epoch)');
  }
  if (!(await training.hasModel(baseline)) || (await training.hasModel(run))) return undefined;
  return {
    message:
      'The training run exited after SIGTERM without saving a model. SageMaker keeps what is in /opt/ml/model at that time.',
    fix: 'Save the current model when SIGTERM arrives.',
    evidence,
  };
}

function ignored(behavior: string, evidence: string[]): Problem {
  return {
    message: `The training run ${behavior}. A longer run would be killed and lose its model.`,
    fix:
      'Handle SIGTERM: save the model and exit with code 0. The first process of a container ignores signals without a ' +
      'handler. In shell scripts, exec the program.',
    evidence,
  };
}

/** Whether a run printed everything that the complete run did, whatever the numbers. */
function hasAllLines(run: Observation, { lines }: Observation): boolean {
  const printed = countsOf(run.lines);
  return [...countsOf(lines)].every(([text, count]) => (printed.get(text) ?? 0) >= count);
}

function countsOf(lines: Observation['lines']): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of lines) {
    const words = text.replace(/\d+/g, '0');
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return counts;
}
