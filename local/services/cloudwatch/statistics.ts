/** The values of a metric in an interval, as far as all statistics require them. */
export interface StatisticSet {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;

  /** How often each value occurs, for percentiles: values with three significant digits. */
  readonly values: Readonly<Record<string, number>>;
}

export const EMPTY: StatisticSet = { count: 0, sum: 0, min: Infinity, max: -Infinity, values: {} };

const STATISTICS: Record<string, (set: StatisticSet) => number> = {
  SampleCount: ({ count }) => count,
  Sum: ({ sum }) => sum,
  Average: ({ sum, count }) => sum / count,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
};
const PERCENTILE = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/;

/** Whether the local service has a statistic: those of CloudWatch without the trimmed ones. */
export function isStatistic(name: string): boolean {
  return Object.hasOwn(STATISTICS, name) || PERCENTILE.test(name);
}

/** The value of a statistic; not a number for a percentile of a set whose single values are unknown. */
export function statistic(name: string, set: StatisticSet): number {
  const percentile = PERCENTILE.exec(name)?.[1];
  return percentile === undefined ? STATISTICS[name](set) : quantile(set, Number(percentile) / 100);
}

export function setOf(value: number, count = 1): StatisticSet {
  return {
    count,
    sum: value * count,
    min: value,
    max: value,
    values: { [String(Number(value.toPrecision(3)))]: count },
  };
}

export function merge(a: StatisticSet, b: StatisticSet): StatisticSet {
  const values = { ...a.values };
  for (const [value, count] of Object.entries(b.values)) values[value] = (values[value] ?? 0) + count;
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    values,
  };
}

/** The smallest value that is at least as large as a share of all values. */
function quantile({ values, min, max, count }: StatisticSet, share: number): number {
  if (min === max) return min;
  let left = share * count;
  const sorted = Object.entries(values).sort(([a], [b]) => Number(a) - Number(b));
  const found = sorted.find(([, times]) => (left -= times) <= 0) ?? sorted.at(-1);
  return Math.min(Math.max(Number(found?.[0]), min), max);
}
