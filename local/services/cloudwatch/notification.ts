import type { StateValue } from '@aws-sdk/client-cloudwatch';
import type { Context } from '../context';
import type { Alarm } from './alarm';

/** The name of the only region. */
export const REGION_NAME = 'US East (N. Virginia)';

/** The message that CloudWatch publishes to an SNS topic when the state of an alarm changes. */
export function notificationOf({ account }: Context, alarm: Alarm, before: StateValue): string {
  const time = (seconds = 0): string => new Date(seconds * 1000).toISOString().replace('Z', '+0000');
  return JSON.stringify({
    AlarmName: alarm.AlarmName,
    AlarmDescription: alarm.AlarmDescription ?? null,
    AWSAccountId: account,
    AlarmConfigurationUpdatedTimestamp: time(alarm.AlarmConfigurationUpdatedTimestamp),
    NewStateValue: alarm.StateValue,
    NewStateReason: alarm.StateReason,
    StateChangeTime: time(alarm.StateUpdatedTimestamp),
    Region: REGION_NAME,
    AlarmArn: alarm.AlarmArn,
    OldStateValue: before,
    OKActions: alarm.OKActions ?? [],
    AlarmActions: alarm.AlarmActions ?? [],
    InsufficientDataActions: alarm.InsufficientDataActions ?? [],
    Trigger: triggerOf(alarm),
  });
}

/** The metrics and the rule of an alarm, with the names that they have in notifications. */
function triggerOf(alarm: Alarm): object {
  const { Period, EvaluationPeriods, DatapointsToAlarm, ComparisonOperator, Threshold, TreatMissingData = '' } = alarm;
  const rule = { Period, EvaluationPeriods, DatapointsToAlarm, ComparisonOperator, Threshold, TreatMissingData };
  const { Metrics, MetricName, Namespace, Statistic, ExtendedStatistic, Unit = null, Dimensions = [] } = alarm;
  if (Metrics !== undefined) return { ...rule, Metrics };
  const statistic =
    Statistic === undefined
      ? { StatisticType: 'ExtendedStatistic', ExtendedStatistic }
      : { StatisticType: 'Statistic', Statistic: Statistic.toUpperCase() };
  const dimensions = Dimensions.map(({ Name, Value }) => ({ value: Value, name: Name }));
  return { ...rule, MetricName, Namespace, ...statistic, Unit, Dimensions: dimensions };
}
