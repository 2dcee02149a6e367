import type { ComparisonOperator, MetricAlarm, MetricDataQuery, StateValue } from '@aws-sdk/client-cloudwatch';
import type { Wire } from '../wire/record';

/** The record of an alarm, as DescribeAlarms returns it. */
export type Alarm = Wire<MetricAlarm> & {
  readonly AlarmName: string;
  readonly AlarmArn: string;
  readonly StateValue: StateValue;
};

/** A value in the evaluation range; undefined for a period without a value. */
export interface Datapoint {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly value?: number;
}

export interface Evaluation {
  readonly state: StateValue;
  readonly reason: string;
}

/** The queries of an alarm: those of its expression, or its single metric. */
export function queriesOf({ Metrics: queries, ...alarm }: Partial<Alarm>): MetricDataQuery[] {
  if (queries !== undefined) return queries;
  const { Namespace, MetricName, Dimensions, Period, Statistic, ExtendedStatistic, Unit } = alarm;
  const Metric = { Namespace, MetricName, Dimensions };
  return [{ Id: 'm1', MetricStat: { Metric, Period, Stat: Statistic ?? ExtendedStatistic, Unit } }];
}

/** CloudWatch also reads some periods before the evaluation periods, for the case that values are missing. */
const EXTRA_PERIODS = 2;

/** The number of periods that an evaluation reads. */
export function evaluationRange({ EvaluationPeriods = 1 }: Alarm): number {
  return EvaluationPeriods + EXTRA_PERIODS;
}

const COMPARISONS: Partial<Record<ComparisonOperator, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

const WORDS: Partial<Record<ComparisonOperator, string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

/** Whether the local service has a comparison: those with a static threshold. */
export function isComparison(operator: string | undefined): boolean {
  return operator !== undefined && Object.hasOwn(COMPARISONS, operator);
}

/**
 * The state of an alarm for the values of its evaluation range, the oldest first, as in the tables of "Configuring how CloudWatch alarms
 * treat missing data" in the user guide: missing values only count as far as there are fewer values than evaluation periods.
 */
export function evaluate(alarm: Alarm, range: readonly Datapoint[]): Evaluation {
  const { EvaluationPeriods: periods = 1, DatapointsToAlarm: required = periods, TreatMissingData: treatment } = alarm;
  const present = range.filter(({ value }) => value !== undefined).slice(-periods);
  const breaching = present.filter(({ value }) => isBreaching(alarm, value));
  const missing = periods - present.length;
  const alarming: Evaluation = { state: 'ALARM', reason: alarmReason(alarm, breaching, present.length, required) };
  const ok: Evaluation = { state: 'OK', reason: okReason(alarm, present, required) };
  if (breaching.length >= required) return alarming;
  if (missing === 0 || treatment === 'notBreaching') return ok;
  if (treatment === 'breaching') return breaching.length + missing >= required ? alarming : ok;
  // The values that exist decide nothing if all of them are breaching.
  if (breaching.length < present.length) return ok;
  if (treatment === 'ignore') return { state: alarm.StateValue, reason: alarm.StateReason ?? '' };
  if (present.length === 0) {
    return {
      state: 'INSUFFICIENT_DATA',
      reason: `Insufficient Data: ${datapoints(periods)} ${were(periods)} unknown.`,
    };
  }
  const age = range.length - range.indexOf(present[0]);
  return age >= required ? alarming : ok;
}

function isBreaching({ ComparisonOperator: operator, Threshold = 0 }: Alarm, value = NaN): boolean {
  return operator !== undefined && COMPARISONS[operator]?.(value, Threshold) === true;
}

/** The reason of a state, in the words of CloudWatch. */
function alarmReason(alarm: Alarm, breaching: readonly Datapoint[], count: number, required: number): string {
  if (count === 0) return noValues(alarm);
  const values = `${breaching.length} out of the last ${datapoints(count)} ${list(breaching)} ${were(breaching.length)}`;
  return `Threshold Crossed: ${values} ${limit(alarm)} (minimum ${datapoints(required)} for OK -> ALARM transition).`;
}

function okReason(alarm: Alarm, present: readonly Datapoint[], required: number): string {
  if (present.length === 0) return noValues(alarm);
  const values = `${datapoints(present.length)} ${list(present)} ${were(present.length)}`;
  return `Threshold Crossed: ${values} not ${limit(alarm)} (minimum ${datapoints(required)} for ALARM -> OK transition).`;
}

function noValues({ EvaluationPeriods: periods = 1, TreatMissingData: treatment }: Alarm): string {
  const treated = treatment === 'breaching' ? 'Breaching' : 'NonBreaching';
  const noun = periods === 1 ? 'period' : 'periods';
  return (
    `Threshold Crossed: no datapoints were received for ${periods} ${noun} and ${periods} missing ` +
    `${datapoints(periods).replace(/^\d+ /, '')} ${were(periods)} treated as [${treated}].`
  );
}

const datapoints = (count: number): string => (count === 1 ? '1 datapoint' : `${count} datapoints`);
const were = (count: number): string => (count === 1 ? 'was' : 'were');

function limit({ ComparisonOperator: operator, Threshold = 0 }: Alarm): string {
  return `${(operator && WORDS[operator]) ?? ''} the threshold (${formatted(Threshold)})`;
}

function list(values: readonly Datapoint[]): string {
  return `[${values.map(({ time, value = 0 }) => `${formatted(value)} (${formattedTime(time)})`).join(', ')}]`;
}

function formatted(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** `29/11/26 16:00:00` */
function formattedTime(time: number): string {
  const [, year, month, day, clock] = /^\d\d(\d\d)-(\d\d)-(\d\d)T([\d:]{8})/.exec(new Date(time).toISOString()) ?? [];
  return `${day}/${month}/${year} ${clock}`;
}
