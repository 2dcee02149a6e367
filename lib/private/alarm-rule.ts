import { Arn, ArnFormat, Token, type aws_cloudwatch as cloudwatch, aws_events as events } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { regionConflict } from './environment';
import { RuleError } from './rules';

/** The alarm and the target that it starts. */
export interface AlarmStart {
  readonly alarm: cloudwatch.IAlarm;
  readonly target: events.IRuleTarget;
}

/** The rule that matches when an alarm changes to the state ALARM. */
export function alarmRule(scope: Construct, id: string, { alarm, target }: AlarmStart): events.Rule {
  const conflict = regionConflict(scope, environmentOf(alarm).region);
  if (conflict !== undefined) {
    throw new RuleError(
      'continuous-lifecycle',
      `Rule ${scope.node.path}/${id}: \`alarm\` ${alarm.node.path} is ${conflict}, whose event bus does not receive the events of the alarm. Create an alarm in ` +
        'the region of this stack, or forward the events to it',
    );
  }
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

/** The account and the region of an alarm: an imported one has the environment of its stack, also if its ARN contains another one. */
export function environmentOf({ alarmArn, env }: cloudwatch.IAlarm): { account?: string; region?: string } {
  return Token.isUnresolved(alarmArn) ? env : Arn.split(alarmArn, ArnFormat.COLON_RESOURCE_NAME);
}
