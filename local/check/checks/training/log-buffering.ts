import { Inconclusive } from '../../core/inconclusive';
import { lastLines } from '../../probe/evidence';
import type { Observation, TrainingProbe } from '../../probe/training-probe';
import type { Check } from '../check';
import { fixIn } from '../language';

const MIN_LINES = 3;
const MIN_MILLISECONDS = 500;

/** Lines that are flushed together reach the engine within microseconds of each other. */
const MIN_GAP = 1;

/** The fraction of the duration within which a buffer is flushed. */
const FLUSH = 0.1;

/** The fraction of the duration after which a first line is late. Without a buffer it comes in half of the time. */
const LATE = 0.5;
const SHOWN = 3;

export const logBuffering: Check = {
  id: 'log-buffering',
  group: 'training',
  severity: 'warning',
  fact: 'A80',
  title: 'Training writes its log without buffering',
  run: async (context) => {
    const { training } = context;
    const baseline = await training.completed();
    if (!(await mayBeBuffered(training, baseline))) return [];
    // With a terminal, a program flushes each line. One that only prints at its end does so in a terminal too.
    const withTerminal = await training.vary('log-buffering', (request) => ({ ...request, hasTerminal: true }));
    if (withTerminal.result?.status !== 'Completed')
      throw new Inconclusive('the training run does not complete in a terminal, in which programs do not buffer');
    if (firstLineAt(withTerminal) > firstLineAt(baseline) / 2) return [];
    return [
      {
        message:
          `All ${baseline.lines.length} lines of the log were written at once, late in the run: the program buffers its ` +
          'output. Logs and metrics of a long job appear hours late, and are lost if the job is killed.',
        fix: await fixIn(context, 'train', 'Flush the output after each line.', {
          python: 'In the Dockerfile: ENV PYTHONUNBUFFERED=1.',
          ruby: 'At the start of the program: $stdout.sync = true.',
          perl: 'At the start of the program: $| = 1.',
          r: 'After each line: flush(stdout()).',
        }),
        evidence: lastLines(baseline.lines, SHOWN),
      },
    ];
  },
};

/** The median of the times between a line and the next one, in milliseconds. */
function medianGap(times: number[]): number {
  const gaps = times.slice(1).map((time, index) => time - times[index]);
  return gaps.sort((one, other) => one - other)[Math.floor(gaps.length / 2)] ?? 0;
}

/** The time of the first line as a fraction of the duration. */
function firstLineAt({ lines, duration }: Observation): number {
  return (lines[0]?.at ?? duration) / duration;
}

/** @throws Inconclusive if the run is too short, or its log, to tell */
async function mayBeBuffered(training: TrainingProbe, run: Observation): Promise<boolean> {
  const { lines, duration } = run;
  if (lines.length < MIN_LINES)
    throw new Inconclusive(`the training run prints fewer than ${MIN_LINES} lines (print a line for each epoch)`);
  if (duration < MIN_MILLISECONDS) {
    if (medianGap(await training.lineTimes(run)) >= MIN_GAP) return false;
    throw new Inconclusive(`the training run takes less than ${MIN_MILLISECONDS} ms (give it more data)`);
  }
  return firstLineAt(run) > LATE && lines[lines.length - 1].at - lines[0].at < FLUSH * duration;
}
