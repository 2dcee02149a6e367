import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { ServiceEvent } from '../event-bus';
import { type Alarm, queriesOf } from './alarm';

/** The event of Amazon EventBridge for a new state of an alarm. */
export function alarmStateChangeOf(before: Alarm, alarm: Alarm): ServiceEvent {
  return {
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    resources: [alarm.AlarmArn],
    detail: {
      alarmName: alarm.AlarmName,
      state: stateOf(alarm),
      previousState: stateOf(before),
      configuration: {
        ...(alarm.AlarmDescription !== undefined && { description: alarm.AlarmDescription }),
        metrics: queriesOf(alarm).map(metricOf),
      },
    },
  };
}

function stateOf({ StateValue, StateReason, StateReasonData, StateUpdatedTimestamp = 0 }: Alarm): object {
  return {
    value: StateValue,
    reason: StateReason,
    ...(StateReasonData !== undefined && { reasonData: StateReasonData }),
    timestamp: new Date(StateUpdatedTimestamp * 1000).toISOString().replace('Z', '+0000'),
  };
}

/** A query with the names of the event. */
function metricOf({ Id: id, Expression, Label, MetricStat, ReturnData: returnData = true }: MetricDataQuery): object {
  const { Metric, Period: period, Stat: stat, Unit } = MetricStat ?? {};
  const dimensions = Object.fromEntries((Metric?.Dimensions ?? []).map(({ Name, Value }) => [Name, Value] as const));
  return {
    id,
    ...(Expression !== undefined && { expression: Expression }),
    ...(Label !== undefined && { label: Label }),
    ...(Metric !== undefined && {
      metricStat: {
        metric: { namespace: Metric.Namespace, name: Metric.MetricName, dimensions },
        ...{ period, stat },
        ...(Unit !== undefined && { unit: Unit }),
      },
    }),
    returnData,
  };
}
