import type { CheckResult, Outcome } from '../core/finding';

const HEAD = ['check', 'seconds', 'containers', 'waits', 'work'];

/** Where the time of each check has gone, the longest first, and the longest chain of containers. */
export function timingsText({ checks, timings }: CheckResult): string {
  const sorted = checks.filter(({ time }) => time !== undefined).sort((one, other) => other.seconds - one.seconds);
  return [...table([HEAD, ...sorted.map(rowOf)]), ...(timings === undefined ? [] : chainOf(timings))].join('\n');
}

function rowOf({ id, seconds, time = { containers: 0, waits: 0, work: 0 } }: Outcome): string[] {
  return [id, ...[seconds, time.containers, time.waits, time.work].map(formatted)];
}

const formatted = (seconds: number): string => seconds.toFixed(1);

function table(rows: string[][]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  '),
  );
}

function chainOf({ seconds, longestChain }: NonNullable<CheckResult['timings']>): string[] {
  const total = longestChain.reduce((sum, container) => sum + container.seconds, 0);
  return [
    '',
    `All checks took ${formatted(seconds)} s, and the longest chain of containers ${formatted(total)} s:`,
    ...longestChain.map(
      (one) => `  ${formatted(one.startSeconds)} s: ${one.name} (${one.check}), ${formatted(one.seconds)} s`,
    ),
  ];
}
