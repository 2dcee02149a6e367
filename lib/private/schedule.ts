import { Annotations, type aws_scheduler as scheduler } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Warns about a cron expression without a minute but with an hour: the schedule fires every minute of that hour. */
export function warnAboutEveryMinute(scope: Construct, id: string, schedule: scheduler.ScheduleExpression): void {
  const [, minute, hour] = /^cron\((\S+) (\S+) /.exec(schedule.expressionString) ?? [];
  if (minute !== '*' || hour === '*') return;
  Annotations.of(scope).addWarningV2(
    `cdk-sagemaker-algorithm:everyMinute:${id}`,
    `Schedule ${id} fires every minute of hour ${hour}: ${schedule.expressionString}. Set \`minute\`, for example to "0".`,
  );
}
