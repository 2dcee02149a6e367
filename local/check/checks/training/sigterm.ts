import { KILLED_EXIT_CODE, SECONDS } from '../../../contract';
import type { Problem } from '../../core/finding';
import { Inconclusive } from '../../core/inconclusive';
import { lastLines } from '../../probe/evidence';
import type { Observation, TrainingProbe } from '../../probe/training-probe';
import type { Check } from '../check';

/** The least time in milliseconds that a run must last after its first line: the signal takes some of it to arrive. */
const MIN_REMAINING = 500;

/** When the second attempt stops the run, as a fraction of the time after the first line. */
const LATE = 0.5;

/** So many lines prove that a run continued to its end; with fewer lines its duration must prove it too. */
const MANY_LINES = 5;
const LONG = 0.9;

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
      throw new Inconclusive('the run ends too soon after its first log line to be stopped (give it more data)');
    }
    const early = await stopped(training, 'early', 0);
    if (!wasStopped(early)) throw new Inconclusive('the run ended before it could be stopped');
    const problem = await problemOf(training, baseline, early);
    if (problem === undefined) return [];
    // The first line may come from a script that has not started the program yet.
    const late = await stopped(training, 'late', remaining * LATE);
    return [wasStopped(late) ? await problemOf(training, baseline, late) : problem].filter((one) => one !== undefined);
  },
};

function timeAfterFirstLine({ lines, duration }: Observation): number {
  return duration - (lines[0]?.at ?? duration);
}

const wasStopped = ({ result }: Observation): boolean => result?.status === 'Stopped';

/** A run that is stopped some milliseconds after its first line. */
async function stopped(training: TrainingProbe, name: string, milliseconds: number): Promise<Observation> {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onLog = (): void => void (timer ??= setTimeout(() => stop.abort(), milliseconds));
  const run = await training.vary(
    `stopped ${name}`,
    (request) => request,
    () => ({ stop: stop.signal, onLog }),
  );
  clearTimeout(timer);
  return run;
}

async function problemOf(
  training: TrainingProbe,
  baseline: Observation,
  run: Observation,
): Promise<Problem | undefined> {
  const codes = Object.values(run.result?.exitCodes ?? {});
  const evidence = lastLines(run.lines);
  const isLong = timeAfterFirstLine(run) >= timeAfterFirstLine(baseline) * LONG;
  const hasContinued = run.lines.length >= baseline.lines.length && (baseline.lines.length >= MANY_LINES || isLong);
  if (codes.includes(KILLED_EXIT_CODE) || hasContinued) {
    const effect = hasContinued
      ? 'continued to its end'
      : `was killed after the grace period of ${SECONDS.trainingStopGrace} seconds`;
    return {
      message: `The training run ignored SIGTERM and ${effect}. A longer run would be killed and lose its model.`,
      fix:
        'Handle SIGTERM: save the model and exit with code 0. The first process of a container ignores signals without a ' +
        'handler. In shell scripts, exec the program.',
      evidence,
    };
  }
  const failed = codes.find((code) => code !== 0);
  if (failed !== undefined) {
    return {
      message: `The training run exited with code ${failed} after SIGTERM.`,
      fix: 'Handle SIGTERM: save the model and exit with code 0.',
      evidence,
    };
  }
  if (!(await training.hasModel(baseline)) || (await training.hasModel(run))) return undefined;
  return {
    message:
      'The training run exited after SIGTERM without saving a model. SageMaker keeps what is in /opt/ml/model at that time.',
    fix: 'Save the current model when SIGTERM arrives.',
    evidence,
  };
}
