import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import type { Context } from '../context';
import { appendLines, readLines, writeLines } from '../json-lines';
import { type Metric, keyOf } from './metric';
import { StatisticSet, type StoredValues, valuesOf } from './statistics';

/** The values in an interval of time, which begins at a number of milliseconds since 1970. */
export interface Point {
  readonly time: number;
  readonly set: StatisticSet;
}

/** The intervals to read: from the start, inclusive, to the end, exclusive, in milliseconds. */
export interface Window {
  readonly start: number;
  readonly end: number;
  readonly period: number;

  /** @default - all units */
  readonly unit?: string;
}

/** The values of a metric in one unit, by the beginnings of the intervals. */
interface Series {
  readonly metric: Metric;
  readonly unit: string;
  intervals: Map<number, StatisticSet>;

  /** The values that the file does not contain yet. */
  readonly unwritten: Map<number, StatisticSet>;
}

/** A line of the file: values in an interval, for which there can be several lines. */
interface Line {
  readonly metric: Metric;
  readonly unit: string;
  readonly time: number;
  readonly values: StoredValues;
}

/** Values are kept as in CloudWatch: for 3 hours in intervals of less than a minute, and for 15 days in minutes. */
const FINE_MS = 10_000;
const COARSE_MS = 60_000;
const FINE_RETENTION_MS = 3 * 3_600_000;
const RETENTION_MS = 15 * 24 * 3_600_000;

/** The delay of the writes to the file, because a publication must not delay an invocation. */
const WRITE_DELAY_MS = 1000;

/** The number of lines after which the file is compacted. */
const MAX_LINES = 100_000;

/** The metrics of all services, with their values of the last 15 days. */
export class Metrics {
  /** The series by the keys of their metrics. */
  private readonly series = new Map<string, Series[]>();
  private readonly file: string;
  private lines = 0;
  private timer?: NodeJS.Timeout;
  private isClosed = false;

  constructor(private readonly context: Pick<Context, 'clock' | 'directory'>) {
    const directory = path.join(context.directory, 'state');
    mkdirSync(directory, { recursive: true });
    this.file = path.join(directory, 'metrics.jsonl');
    for (const { metric, unit, time, values } of readLines<Line>(this.file)) {
      intervalAt(this.seriesOf(metric, unit).intervals, time).addStored(values);
    }
    this.compact();
  }

  public now(): number {
    return this.context.clock.now();
  }

  /** Publishes a value of the present time. */
  public put(metric: Metric, value: number, unit = 'None'): void {
    this.putValues(metric, valuesOf(value), unit, this.now());
  }

  /** Publishes the values of a time, in milliseconds since 1970. */
  public putSet(metric: Metric, set: StatisticSet, unit: string, at: number): void {
    this.putValues(metric, set.toJSON(), unit, at);
  }

  private putValues(metric: Metric, values: StoredValues, unit: string, at: number): void {
    if (this.isClosed) return;
    const series = this.seriesOf(metric, unit);
    const time = Math.floor(at / FINE_MS) * FINE_MS;
    intervalAt(series.intervals, time).addStored(values);
    intervalAt(series.unwritten, time).addStored(values);
    this.timer ??= setTimeout(() => this.write(), WRITE_DELAY_MS).unref();
  }

  /** All metrics that have values. */
  public list(): Metric[] {
    return [...this.series.values()].map(([{ metric }]) => metric);
  }

  /** The unit in which a metric was first published. */
  public unitOf(metric: Metric): string | undefined {
    return this.series.get(keyOf(metric))?.[0].unit;
  }

  /** The values of a metric in each period of a window that has any, in their order. */
  public points(metric: Metric, { start, end, period, unit }: Window): Point[] {
    const all = this.series.get(keyOf(metric)) ?? [];
    const series = all.filter((one) => unit === undefined || one.unit === unit);
    const sets = new Map<number, StatisticSet>();
    for (let time = Math.floor(start / FINE_MS) * FINE_MS; time < end && series.length > 0; time += FINE_MS) {
      for (const set of series.flatMap(({ intervals }) => intervals.get(time) ?? [])) {
        const beginning = start + Math.floor((time - start) / period) * period;
        intervalAt(sets, beginning).addAll(set);
      }
    }
    return [...sets].map(([time, set]) => ({ time, set }));
  }

  /** Writes all values. Those that are published from now on are lost. */
  public close(): void {
    this.isClosed = true;
    this.write();
  }

  private seriesOf(metric: Metric, unit: string): Series {
    const key = keyOf(metric);
    const all = this.series.get(key) ?? [];
    const existing = all.find((one) => one.unit === unit);
    if (existing !== undefined) return existing;
    const created: Series = { metric, unit, intervals: new Map(), unwritten: new Map() };
    this.series.set(key, [...all, created]);
    return created;
  }

  private write(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const all = [...this.series.values()].flat();
    const lines = all.flatMap((series) => linesOf(series, series.unwritten));
    all.forEach(({ unwritten }) => unwritten.clear());
    appendLines(this.file, lines);
    this.lines += lines.length;
    if (this.lines > MAX_LINES) this.compact();
  }

  /** Removes the values that are too old, merges those in short intervals into minutes, and writes the file again. */
  private compact(): void {
    const now = this.now();
    for (const [key, all] of this.series) {
      all.forEach((series) => (series.intervals = compacted(series.intervals, now)));
      const kept = all.filter(({ intervals }) => intervals.size > 0);
      if (kept.length > 0) this.series.set(key, kept);
      else this.series.delete(key);
    }
    const lines = [...this.series.values()].flat().flatMap((series) => linesOf(series, series.intervals));
    writeLines(this.file, lines);
    this.lines = 0;
  }
}

/** The values of an interval, to which others are added. */
function intervalAt(intervals: Map<number, StatisticSet>, time: number): StatisticSet {
  const existing = intervals.get(time);
  if (existing !== undefined) return existing;
  const created = new StatisticSet();
  intervals.set(time, created);
  return created;
}

function linesOf({ metric, unit }: Series, intervals: ReadonlyMap<number, StatisticSet>): Line[] {
  return [...intervals].map(([time, set]) => ({ metric, unit, time, values: set.toJSON() }));
}

function compacted(intervals: Series['intervals'], now: number): Series['intervals'] {
  const kept: Series['intervals'] = new Map();
  for (const [fine, set] of intervals) {
    if (fine < now - RETENTION_MS) continue;
    const time = fine < now - FINE_RETENTION_MS ? Math.floor(fine / COARSE_MS) * COARSE_MS : fine;
    intervalAt(kept, time).addAll(set);
  }
  return kept;
}
