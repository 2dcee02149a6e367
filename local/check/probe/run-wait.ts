import type { Group } from '../core/finding';
import type { Wait } from '../core/wait';

/** The name of the run as it is specified. */
export const BASELINE = 'baseline';

/** The name of a run in reports, and the names of those whose results it needs. */
export function runName(group: Group, name: string): [string, string[]] {
  return name === BASELINE ? [group, []] : [`${group}: ${name}`, [group]];
}

const INTERVAL_MS = 1000;

/** Reports once a second how long a run lasts, and its last log line, until it is ended. */
export function waitForRun(
  group: Group,
  lines: readonly { readonly text: string }[],
  { maxRuntimeSeconds = Infinity }: { readonly maxRuntimeSeconds?: number },
  onWait: (wait: Wait) => void,
): { end(): void } {
  const started = Date.now();
  const timer = setInterval(() => {
    const last = lines[lines.length - 1];
    const state =
      last === undefined ? 'the run has written nothing to its log' : `the last line of the log is "${last.text}"`;
    onWait({ group, state, seconds: (Date.now() - started) / 1000, limitSeconds: maxRuntimeSeconds });
  }, INTERVAL_MS);
  return { end: () => clearInterval(timer) };
}
