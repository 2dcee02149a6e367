import type { Context } from '../context';
import type { Permissions } from '../iam';
import type { Service } from '../service';
import type { Notifications } from '../sns';
import { cloudWatchAccess } from './access';
import type { Alarms } from './alarms';
import type { Metrics } from './metrics';
import { REGION_NAME, notificationOf } from './notification';
import { cloudWatchOperations } from './operations';
import { cloudWatchResourceTypes } from './resources';

export type { Alarm } from './alarm';
export { Alarms, type StateChange } from './alarms';
export type { Metric } from './metric';
export { Metrics } from './metrics';
export { putMetricAlarm } from './operations';

interface CloudWatchServices {
  readonly context: Context;
  readonly metrics: Metrics;
  readonly alarms: Alarms;
  readonly notifications: Notifications;
  readonly permissions: Permissions;
}

/** Amazon CloudWatch: metrics and alarms. */
export function cloudWatch({ context, metrics, alarms, notifications, permissions }: CloudWatchServices): Service {
  alarms.onAction('sns', (arn, alarm, { before, isRepeated }) => {
    if (isRepeated) return;
    const subject = `${alarm.StateValue}: "${alarm.AlarmName}" in ${REGION_NAME}`;
    const publisher = permissions.service('cloudwatch.amazonaws.com', alarm.AlarmArn);
    notifications.publish(publisher, arn, notificationOf(context, alarm, before), subject);
  });
  return {
    signingName: 'monitoring',
    api: { protocol: 'json', operations: cloudWatchOperations(metrics, alarms), access: cloudWatchAccess(context) },
    resourceTypes: cloudWatchResourceTypes(alarms),
    resume: () => void alarms.run(),
    close: () => {
      alarms.close();
      metrics.close();
    },
  };
}
