import { type Check, type Problem, Untold } from '../../core/check';
import type { Lab } from '../../probe/check-context';
import { type Observation, tail } from '../../probe/training-probe';

const KILLED = 137;

/** What a run must have left to do when it is stopped, in milliseconds: the signal needs some of it to arrive. */
const MIN_LEFT = 500;

/** When a run is stopped that was stopped too early, as a part of what is left to do after its first line. */
const LATER = 0.5;

/** How many lines tell that a run went on to its end; where there are fewer, its time has to say so too. */
const MANY_LINES = 5;
const LONG = 0.9;

export const trainingSigterm: Check = {
  id: 'training-sigterm',
  group: 'training',
  severity: 'error',
  fact: 'A62, A63',
  title: 'A training run that is stopped saves its model and ends by itself',
  run: async (lab) => {
    const base = await lab.training.completed();
    const left = leftAfterFirstLine(base);
    if (left < MIN_LEFT) {
      throw new Untold('the run ends too soon after its first line to be stopped before (give it more data)');
    }
    const early = await stopped(lab, 'early', 0);
    if (!wasStopped(early)) throw new Untold('the run ended before it could be stopped');
    const problems = await problemsOf(lab, base, early);
    if (problems.length === 0) return [];
    // The first line may be that of a script which starts the program only then.
    const late = await stopped(lab, 'late', left * LATER);
    return wasStopped(late) ? problemsOf(lab, base, late) : problems;
  },
};

function leftAfterFirstLine({ lines, duration }: Observation): number {
  return duration - (lines[0]?.at ?? duration);
}

const wasStopped = ({ result }: Observation): boolean => result?.status === 'Stopped';

/** A run that gets SIGTERM so many milliseconds after its first line. */
async function stopped({ training }: Lab, name: string, after: number): Promise<Observation> {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onLog = (): void => void (timer ??= setTimeout(() => stop.abort(), after));
  const run = await training.varied(
    `stopped ${name}`,
    (request) => request,
    () => ({ stop: stop.signal, onLog }),
  );
  clearTimeout(timer);
  return run;
}

async function problemsOf({ training }: Lab, base: Observation, run: Observation): Promise<Problem[]> {
  const codes = Object.values(run.result?.exitCodes ?? {});
  const evidence = tail(run.lines);
  const isLong = leftAfterFirstLine(run) >= leftAfterFirstLine(base) * LONG;
  const hasGoneOn = run.lines.length >= base.lines.length && (base.lines.length >= MANY_LINES || isLong);
  if (codes.includes(KILLED) || hasGoneOn) {
    const what = hasGoneOn ? 'went on to its end' : 'was killed when its 120 seconds were over';
    return [
      {
        message: `SIGTERM has no effect: the run ${what}. One that takes longer is killed, and its model is lost.`,
        fix:
          'Handle SIGTERM: save the model and end with code 0. The first process of a container ignores it otherwise; in ' +
          'shell scripts, `exec` the program.',
        evidence,
      },
    ];
  }
  if (codes.some((code) => code !== 0)) {
    return [
      {
        message: `The stopped run ended with code ${codes.find((code) => code !== 0)}: it did not finish its work.`,
        fix: 'Handle SIGTERM: save the model and end with code 0.',
        evidence,
      },
    ];
  }
  if (!(await training.hasModel(base)) || (await training.hasModel(run))) return [];
  return [
    {
      message: 'The stopped run ended and saved no model. What is in /opt/ml/model after SIGTERM would have been kept.',
      fix: 'Save the model so far when SIGTERM comes.',
      evidence,
    },
  ];
}
