import type { MetricDataQuery, MetricStat } from '@aws-sdk/client-cloudwatch';
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
  return {
    id,
    ...(Expression !== undefined && { expression: Expression }),
    ...(Label !== undefined && { label: Label }),
    ...(MetricStat !== undefined && { metricStat: statOf(MetricStat) }),
    returnData,
  };
}

function statOf({ Metric: metric, Period: period, Stat: stat, Unit: unit }: MetricStat): object {
  const dimensions = Object.fromEntries(
    (metric?.Dimensions ?? []).map(({ Name, Value }) => [Name ?? '', Value] as const),
  );
  const named = { namespace: metric?.Namespace, name: metric?.MetricName, dimensions };
  return { metric: named, period, stat, ...(unit !== undefined && { unit }) };
}
