import { type aws_cloudwatch as cloudwatch, aws_events as events } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The alarm and the target that it starts. */
export interface AlarmStart {
  readonly alarm: cloudwatch.IAlarm;
  readonly target: events.IRuleTarget;
}

/** The rule that matches when an alarm changes to the state ALARM. */
export function alarmRule(scope: Construct, id: string, { alarm, target }: AlarmStart): events.Rule {
  return new events.Rule(scope, id, {
    eventPattern: {
      source: ['aws.cloudwatch'],
      detailType: ['CloudWatch Alarm State Change'],
      resources: [alarm.alarmArn],
      detail: { state: { value: ['ALARM'] } },
    },
    targets: [target],
  });
}
