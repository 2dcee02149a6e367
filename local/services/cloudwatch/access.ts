import { type Access, type AccessTable, requestTags } from '../access';
import type { Context } from '../context';

interface Input {
  readonly Namespace?: string;
  readonly AlarmName?: string;
  readonly AlarmNames?: string[];
  readonly AlarmActions?: string[];
  readonly Tags?: { readonly Key?: string; readonly Value?: string }[];
}

/** Metrics have no ARNs: the permissions for them are for all resources. */
export function cloudWatchAccess(context: Pick<Context, 'arn'>): AccessTable {
  const onAll = (action: string, keys?: Access['keys']): Access[] => [
    { action: `cloudwatch:${action}`, resource: '*', keys },
  ];
  const onAlarm = (action: string, name = '*', keys?: Access['keys']): Access => ({
    action: `cloudwatch:${action}`,
    resource: context.arn('cloudwatch', `alarm:${name}`),
    keys,
  });
  const onEach =
    (action: string) =>
    ({ AlarmNames = [] }: Input): Access[] =>
      AlarmNames.map((name) => onAlarm(action, name));
  return {
    PutMetricData: ({ Namespace }: Input) => onAll('PutMetricData', { 'cloudwatch:namespace': Namespace }),
    GetMetricData: () => onAll('GetMetricData'),
    GetMetricStatistics: () => onAll('GetMetricStatistics'),
    ListMetrics: () => onAll('ListMetrics'),
    PutMetricAlarm: ({ AlarmName, AlarmActions, Tags }: Input) => [
      onAlarm('PutMetricAlarm', AlarmName, { ...requestTags(Tags), 'cloudwatch:AlarmActions': AlarmActions }),
    ],
    DescribeAlarms: ({ AlarmNames = ['*'] }: Input) => AlarmNames.map((name) => onAlarm('DescribeAlarms', name)),
    DescribeAlarmHistory: ({ AlarmName }: Input) => [onAlarm('DescribeAlarmHistory', AlarmName)],
    DeleteAlarms: onEach('DeleteAlarms'),
    SetAlarmState: ({ AlarmName }: Input) => [onAlarm('SetAlarmState', AlarmName)],
    EnableAlarmActions: onEach('EnableAlarmActions'),
    DisableAlarmActions: onEach('DisableAlarmActions'),
  };
}
