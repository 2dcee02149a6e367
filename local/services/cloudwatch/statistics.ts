/** A set of values in JSON. */
export interface StoredValues {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;

  /** How often each value occurs. */
  readonly values: readonly (readonly [value: number, count: number])[];
}

/** The set of one value that occurs a number of times. */
export function valuesOf(value: number, count = 1): StoredValues {
  return { count, sum: value * count, min: value, max: value, values: [[value, count]] };
}

/** The significant digits of the values of which percentiles are computed. */
const PRECISION = 3;

/** The values of a metric in an interval, as far as the statistics require them. */
export class StatisticSet {
  private count = 0;
  private sum = 0;
  private min = Infinity;
  private max = -Infinity;
  private readonly values = new Map<number, number>();

  public add(value: number, count = 1): this {
    return this.addStored(valuesOf(value, count));
  }

  public addStored({ count, sum, min, max, values }: StoredValues): this {
    this.count += count;
    this.sum += sum;
    this.min = Math.min(this.min, min);
    this.max = Math.max(this.max, max);
    for (const [value, times] of values) {
      const rounded =
        Number.isInteger(value) && Math.abs(value) < 10 ** PRECISION ? value : Number(value.toPrecision(PRECISION));
      this.values.set(rounded, (this.values.get(rounded) ?? 0) + times);
    }
    return this;
  }

  public addAll(other: StatisticSet): this {
    return this.addStored(other.toJSON());
  }

  public toJSON(): StoredValues {
    const { count, sum, min, max, values } = this;
    return { count, sum, min, max, values: [...values] };
  }

  /** The value of a statistic; not a number for a percentile of values of which only the other statistics are known. */
  public statistic(name: string): number {
    const percentile = PERCENTILE.exec(name)?.[1];
    return percentile === undefined ? STATISTICS[name](this.toJSON()) : this.quantile(Number(percentile) / 100);
  }

  /** The smallest value that is at least as large as a share of all values. */
  private quantile(share: number): number {
    if (this.min === this.max) return this.min;
    let left = share * this.count;
    const sorted = [...this.values].sort(([a], [b]) => a - b);
    const [value] = sorted.find(([, times]) => (left -= times) <= 0) ?? sorted.at(-1) ?? [NaN];
    return Math.min(Math.max(value, this.min), this.max);
  }
}

const STATISTICS: Record<string, (values: StoredValues) => number> = {
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
