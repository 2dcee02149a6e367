import type {
  DescribeAlarmHistoryInput,
  DescribeAlarmsInput,
  ListMetricsInput,
  PutMetricAlarmInput,
  SetAlarmStateInput,
} from '@aws-sdk/client-cloudwatch';
import { validateRequest } from '../../aws-model/request-validation';
import { ServiceError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import { pageOf } from '../page';
import type { Operations } from '../wire/json';
import type { Wire } from '../wire/record';
import { isComparison } from './alarm';
import { queriesOf } from './alarm';
import type { Alarms } from './alarms';
import { getMetricData, getMetricStatistics, listMetrics, putMetricData } from './metric-operations';
import type { Metrics } from './metrics';
import { Queries } from './queries';

/** The most alarms or history items of a page. */
const MAX_RECORDS = 100;

export function cloudWatchOperations(metrics: Metrics, alarms: Alarms): Operations {
  const operations: Operations = {
    PutMetricData: putMetricData(metrics),
    GetMetricData: getMetricData(metrics),
    GetMetricStatistics: getMetricStatistics(metrics),
    ListMetrics: (input: ListMetricsInput) => listMetrics(metrics, input),
    PutMetricAlarm: (input: Wire<PutMetricAlarmInput>) => putMetricAlarm(alarms, input),
    DescribeAlarms: (input: DescribeAlarmsInput) => describeAlarms(alarms, input),
    DescribeAlarmHistory: (input: Wire<DescribeAlarmHistoryInput>) => describeAlarmHistory(alarms, input),
    DeleteAlarms: ({ AlarmNames }: { AlarmNames: string[] }) => AlarmNames.forEach((name) => alarms.delete(name)),
    SetAlarmState: ({ AlarmName = '', StateValue = 'OK', StateReason = '', StateReasonData }: SetAlarmStateInput) =>
      alarms.setState(AlarmName, { state: StateValue, reason: StateReason, data: StateReasonData }),
    EnableAlarmActions: ({ AlarmNames }: { AlarmNames: string[] }) =>
      AlarmNames.forEach((name) => alarms.enableActions(name, true)),
    DisableAlarmActions: ({ AlarmNames }: { AlarmNames: string[] }) =>
      AlarmNames.forEach((name) => alarms.enableActions(name, false)),
  };
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      (input: never) => {
        validateRequest(name, input);
        return operation(input);
      },
    ]),
  );
}

const UNSUPPORTED = ['ThresholdMetricId', 'EvaluationWindow', 'WarmUpConfiguration', 'EvaluationCriteria'] as const;
const TREATMENTS = ['breaching', 'notBreaching', 'ignore', 'missing'];

/** Creates or replaces an alarm. Rejects what the local service would not evaluate as CloudWatch does. */
export function putMetricAlarm(alarms: Alarms, { Tags: _tags, ...input }: Wire<PutMetricAlarmInput>): void {
  const { AlarmName = '', ComparisonOperator: comparison, TreatMissingData: treatment = 'missing' } = input;
  const unsupported = UNSUPPORTED.find((member) => input[member] !== undefined);
  if (unsupported !== undefined) throw invalid(notSupported('cloudwatch', `${unsupported} of alarms`));
  if (!isComparison(comparison)) throw invalid(notSupported('cloudwatch', `the comparison ${comparison}`));
  if (!TREATMENTS.includes(treatment)) {
    throw invalid(`The value ${treatment} for parameter TreatMissingData is not supported.`);
  }
  if (input.Threshold === undefined) throw missing('Threshold');
  if (input.EvaluationPeriods === undefined) throw missing('EvaluationPeriods');
  if ((input.DatapointsToAlarm ?? 1) > input.EvaluationPeriods) {
    throw invalid('The parameter DatapointsToAlarm must be less than or equal to EvaluationPeriods.');
  }
  if (input.Metrics === undefined) {
    const { Namespace, MetricName, Period, Statistic = input.ExtendedStatistic } = input;
    const required = Object.entries({ Namespace, MetricName, Period, Statistic });
    const [name] = required.find(([, value]) => value === undefined) ?? [];
    if (name !== undefined) throw missing(name);
  } else if (input.Metrics.filter(({ ReturnData = true }) => ReturnData).length !== 1) {
    throw invalid('Exactly one element of the metrics list must return data.');
  }
  new Queries(queriesOf(input)).check();
  alarms.put({ ...input, AlarmName });
}

function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

function missing(parameter: string): ServiceError {
  return new ServiceError('MissingRequiredParameterException', `The parameter ${parameter} is required.`);
}

function describeAlarms(alarms: Alarms, input: DescribeAlarmsInput): object {
  const { AlarmNames, AlarmNamePrefix = '', AlarmTypes = ['MetricAlarm'], StateValue, ActionPrefix, ...rest } = input;
  const { MaxRecords = MAX_RECORDS, NextToken, ...others } = rest;
  const [unsupported] = Object.keys(others);
  if (unsupported !== undefined) throw invalid(notSupported('cloudwatch', `${unsupported} of DescribeAlarms`));
  const found = alarms
    .list()
    .filter(
      (alarm) =>
        AlarmTypes.includes('MetricAlarm') &&
        (AlarmNames?.includes(alarm.AlarmName) ?? alarm.AlarmName.startsWith(AlarmNamePrefix)) &&
        (StateValue === undefined || alarm.StateValue === StateValue) &&
        (ActionPrefix === undefined || alarm.AlarmActions?.some((arn) => arn.startsWith(ActionPrefix)) === true),
    );
  const page = pageOf(found, { MaxResults: MaxRecords, NextToken });
  return { MetricAlarms: page.items, CompositeAlarms: [], NextToken: page.NextToken };
}

function describeAlarmHistory(alarms: Alarms, input: Wire<DescribeAlarmHistoryInput>): object {
  const { AlarmName, HistoryItemType, StartDate = 0, EndDate = Infinity, ScanBy, MaxRecords = MAX_RECORDS } = input;
  const found = (AlarmName === undefined ? alarms.allHistory() : alarms.history(AlarmName))
    .filter((item) => HistoryItemType === undefined || item.HistoryItemType === HistoryItemType)
    .filter(({ Timestamp = 0 }) => Timestamp >= StartDate && Timestamp <= EndDate)
    .sort((a, b) => (a.Timestamp ?? 0) - (b.Timestamp ?? 0));
  if (ScanBy !== 'TimestampAscending') found.reverse();
  const { items, NextToken } = pageOf(found, { MaxResults: MaxRecords, NextToken: input.NextToken });
  return { AlarmHistoryItems: items, NextToken };
}
