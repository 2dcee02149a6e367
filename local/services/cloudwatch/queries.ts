import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { ServiceError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import { type TimeSeries, evaluate } from './expression';
import { metricOf } from './metric';
import type { Metrics } from './metrics';
import { isStatistic } from './statistics';

/** The times for which values are read, in milliseconds since 1970: from the start, inclusive, to the end, exclusive. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** The queries of a request or an alarm, in which metric math expressions use the metrics and each other. */
export class Queries {
  private readonly byId: ReadonlyMap<string, MetricDataQuery>;

  constructor(private readonly queries: readonly MetricDataQuery[]) {
    this.byId = new Map(queries.map((query) => [query.Id ?? '', query]));
  }

  /** Rejects what the local service cannot evaluate. */
  public check(): void {
    for (const { Id = '', MetricStat: stat, Expression: expression } of this.queries) {
      if ((stat === undefined) === (expression === undefined)) {
        throw invalid(`The query "${Id}" must have either a MetricStat or an Expression.`);
      }
      if (stat !== undefined) checkStatistic(stat.Stat);
      else this.evaluate(Id, { start: 0, end: 0 }, () => new Map());
      this.periodOf(Id);
    }
  }

  /** The period of a query in milliseconds: that of an expression is the longest one of the metrics that it uses. */
  public periodOf(id: string): number {
    const { Period = this.byId.get(id)?.MetricStat?.Period } = this.byId.get(id) ?? {};
    if (Period !== undefined) return Period * 1000;
    const periods = this.usedBy(id).map((used) => this.periodOf(used));
    if (periods.length === 0) throw invalid('A metric math expression without metrics requires a Period.');
    return Math.max(...periods);
  }

  /** The values of a query. The range of the times depends on the period. */
  public values(metrics: Metrics, id: string, rangeOf: (period: number) => Range): TimeSeries {
    const period = this.periodOf(id);
    const range = rangeOf(period);
    const { MetricStat: stat } = this.byId.get(id) ?? {};
    if (stat === undefined) return this.evaluate(id, range, (used) => this.values(metrics, used, rangeOf));
    const { Metric: metric = {}, Stat = '', Unit: unit } = stat;
    const points = metrics.points(metricOf(metric), { ...range, period, unit });
    const values = points.map(({ time, set }) => [time, set.statistic(Stat)] as const);
    return new Map(values.filter(([, value]) => Number.isFinite(value)));
  }

  private evaluate(id: string, { start, end }: Range, seriesOf: (used: string) => TimeSeries): TimeSeries {
    const expression = this.byId.get(id)?.Expression ?? '';
    const period = this.periodOf(id);
    const count = Math.ceil((end - start) / period);
    const value = evaluate(expression, {
      seriesOf: (used) => (this.byId.has(used) ? seriesOf(used) : undefined),
      metricIds: this.metricIds,
      times: Array.from({ length: count }, (_, index) => start + index * period),
      periodSeconds: period / 1000,
    });
    if (value instanceof Map) return value as TimeSeries;
    throw invalid(`The local service requires that the expression "${expression}" returns one time series.`);
  }

  private get metricIds(): string[] {
    return this.queries.flatMap(({ Id = '', MetricStat: stat }) => (stat === undefined ? [] : [Id]));
  }

  /** The IDs of the queries that an expression uses. */
  private usedBy(id: string, users: readonly string[] = []): string[] {
    if (users.includes(id)) throw invalid('Metric math expressions must not use each other in a circle.');
    const { Expression: text = '' } = this.byId.get(id) ?? {};
    const used = text.includes('METRICS(') ? this.metricIds : [];
    const named = [...this.byId.keys()].filter((other) => new RegExp(`\\b${other}\\b`).test(text));
    named.forEach((other) => this.usedBy(other, [...users, id]));
    return [...new Set([...used, ...named])];
  }
}

export function checkStatistic(name = ''): void {
  if (!isStatistic(name)) throw invalid(notSupported('cloudwatch', `the statistic "${name}"`));
}

function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}
