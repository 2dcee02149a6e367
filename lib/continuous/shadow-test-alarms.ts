import { Stack, Token, aws_cloudwatch as cloudwatch, aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { WatchedAlarms } from '../handlers/release-contract';
import { environmentOf } from '../private/alarm-rule';
import { isInOtherAccount, regionConflict } from '../private/environment';
import { RELEASE } from '../private/grants';
import type { ValidationErrors } from '../private/validation';

/** One request describes the alarms. */
const MAX_ALARMS = 100;

/** Checks the alarms of a shadow test. */
export function checkAlarms(
  scope: Construct,
  errors: ValidationErrors,
  hostingStackName: string,
  alarms: cloudwatch.IAlarm[] = [],
): void {
  errors.when(
    alarms.length > MAX_ALARMS,
    `\`alarms\` must have at most ${MAX_ALARMS} items, got ${alarms.length}. Combine alarms in a CompositeAlarm`,
  );
  const own = Stack.of(scope);
  for (const alarm of alarms) {
    const { account, region } = environmentOf(alarm);
    errors.when(
      regionConflict(scope, region) !== undefined || isInOtherAccount(scope, account),
      `\`alarms\` must be in the account and the region of the continuous deployment (${own.environment}), got: ${alarm.node.path}`,
    );
    errors.when(
      Stack.of(alarm).stackName === hostingStackName && Token.isUnresolved(alarm.alarmName),
      `\`alarms\` must not refer to an alarm of the hosting stack, which is deployed after stack ${own.stackName}, got: ${alarm.node.path}. ` +
        'Specify its `alarmName`, and use `Alarm.fromAlarmName()` with this name',
    );
  }
  errors.checkUnique(
    'alarms',
    alarms.map(({ alarmName }) => alarmName),
  );
}

/** Renders the alarms for the handler. */
export function renderAlarms(alarms: cloudwatch.IAlarm[] = []): WatchedAlarms | undefined {
  if (alarms.length === 0) return undefined;
  return {
    Names: alarms.map(({ alarmName }) => alarmName),
    Types: hasComposite(alarms) ? ['MetricAlarm', 'CompositeAlarm'] : ['MetricAlarm'],
  };
}

/** Grants the handler permission to describe the alarms. */
export function grantReadAlarms(policy: iam.Policy, alarms: cloudwatch.IAlarm[] = []): void {
  if (alarms.length === 0) return;
  policy.addStatements(
    new iam.PolicyStatement({
      actions: [...RELEASE.readAlarms],
      // CloudWatch only returns composite alarms if the permission is for "*".
      resources: hasComposite(alarms) ? ['*'] : alarms.map(({ alarmArn }) => alarmArn),
    }),
  );
}

function hasComposite(alarms: cloudwatch.IAlarm[]): boolean {
  return alarms.some((alarm) => alarm instanceof cloudwatch.CompositeAlarm);
}
