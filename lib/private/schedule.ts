import { type aws_scheduler as scheduler } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { addWarning } from './rules';

/** Warns about a cron expression without a minute but with an hour: the schedule fires every minute of that hour. */
export function warnAboutEveryMinute(scope: Construct, id: string, schedule: scheduler.ScheduleExpression): void {
  const [, minute, hour] = /^cron\((\S+) (\S+) /.exec(schedule.expressionString) ?? [];
  if (minute !== '*' || hour === '*') return;
  addWarning(
    scope,
    'continuous-lifecycle',
    `everyMinute:${id}`,
    `Schedule ${id} fires every minute of hour ${hour}: ${schedule.expressionString}. Set \`minute\`, for example to "0".`,
  );
}
