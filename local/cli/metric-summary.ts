import type { MetricValue } from '../container';
import { sparkline } from './sparkline';

/** A line for each metric with its last value and, on a terminal, all values as a sparkline. */
export function metricSummary(values: readonly MetricValue[], isTerminal: boolean): string[] {
  const byName = new Map<string, number[]>();
  for (const { name, value } of values) byName.set(name, [...(byName.get(name) ?? []), value]);
  return [...byName].map(([name, all]) => {
    const line = `${name} = ${all.at(-1)}`;
    return isTerminal && all.length > 1 ? `${line} ${sparkline(all)} (${all.length} values)` : line;
  });
}
