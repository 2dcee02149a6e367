import type { Check } from '../../core/check';
import { type Observation, tail } from '../../probe/training-probe';

const MIN_LINES = 3;
const MIN_MILLISECONDS = 500;

/** Of a run's time, in which all lines come if they were kept back. */
const AT_ONCE = 0.1;

/** The part of a run's time after which its first line is late; where nothing keeps it back it comes in half of that. */
const LATE = 0.5;

function firstOf({ lines, duration }: Observation): number {
  return (lines[0]?.at ?? duration) / duration;
}

function isKeptBack(seen: Observation): boolean {
  const { lines, duration } = seen;
  if (lines.length < MIN_LINES || duration < MIN_MILLISECONDS) return false;
  return firstOf(seen) > LATE && lines[lines.length - 1].at - lines[0].at < AT_ONCE * duration;
}

export const logBuffering: Check = {
  id: 'log-buffering',
  group: 'training',
  severity: 'warning',
  fact: 'A80',
  title: 'What is printed while training is seen at once',
  run: async (lab) => {
    const base = await lab.training.completed();
    if (!isKeptBack(base)) return [];
    // A program that prints at its end alone does so in a terminal too; one that buffers does not.
    const inTerminal = await lab.training.varied('log-buffering', (request) => ({ ...request, hasTerminal: true }));
    if (inTerminal.result?.status !== 'Completed' || firstOf(inTerminal) > firstOf(base) / 2) return [];
    return [
      {
        message:
          `All ${base.lines.length} lines of the log came at once, late in the run, since the program keeps what it prints in a ` +
          'buffer: logs and metrics of a long job are seen hours late, and lost if it is killed.',
        fix: 'Flush after each line. In Python: ENV PYTHONUNBUFFERED=1; in C: setlinebuf(stdout).',
        evidence: tail(base.lines, 3),
      },
    ];
  },
};
