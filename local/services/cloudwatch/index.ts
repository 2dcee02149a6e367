import type { Context } from '../context';
import type { Service } from '../service';
import type { Notifications } from '../sns';
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
}

/** Amazon CloudWatch: metrics and alarms. */
export function cloudWatch({ context, metrics, alarms, notifications }: CloudWatchServices): Service {
  alarms.onAction('sns', (arn, alarm, { before, isRepeated }) => {
    if (isRepeated) return;
    const subject = `${alarm.StateValue}: "${alarm.AlarmName}" in ${REGION_NAME}`;
    notifications.publish(arn, notificationOf(context, alarm, before), subject);
  });
  return {
    signingName: 'monitoring',
    api: { protocol: 'json', operations: cloudWatchOperations(metrics, alarms) },
    resourceTypes: cloudWatchResourceTypes(alarms),
    resume: () => void alarms.run(),
    close: () => {
      alarms.close();
      metrics.close();
    },
  };
}
