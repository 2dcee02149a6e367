import type { Check } from '../check';
import { type Observation, tail } from '../training-lab';

const MIN_LINES = 3;
const MIN_MILLISECONDS = 500;
const LATE = 0.9;

/** Whether all that the program wrote came when it ended. */
function isLate({ lines, duration }: Observation): boolean {
  return lines.every(({ at }) => at > LATE * duration);
}

export const logBuffering: Check = {
  id: 'log-buffering',
  group: 'training',
  severity: 'warning',
  fact: 'A80',
  title: 'What is printed while training is seen at once',
  run: async (lab) => {
    const base = await lab.training.completed();
    if (base.lines.length < MIN_LINES || base.duration < MIN_MILLISECONDS || !isLate(base)) return [];
    // A program that prints at its end alone does so in a terminal too; one that buffers does not.
    const inTerminal = await lab.training.varied('log-buffering', (request) => ({ ...request, hasTerminal: true }));
    if (inTerminal.result?.status !== 'Completed' || isLate(inTerminal)) return [];
    return [
      {
        message:
          `All ${base.lines.length} lines of the log came when the run ended, since the program keeps what it prints in a ` +
          'buffer: logs and metrics of a long job are seen hours late, and lost if it is killed.',
        fix: 'Flush after each line. In Python: ENV PYTHONUNBUFFERED=1; in C: setlinebuf(stdout).',
        evidence: tail(base.lines, 3),
      },
    ];
  },
};
