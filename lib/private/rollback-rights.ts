import { type CfnResource, type aws_cloudwatch as cloudwatch, aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EXECUTION } from './grants';

const ID = 'RollbackRights';

/**
 * Lets roles look at alarms, which the service does with them while it updates. In a policy of its own, which only what is
 * updated waits for: models depend on their role's own policy, and alarms may depend on models, by what they do.
 */
export function grantLookAt(
  scope: Construct,
  updated: CfnResource,
  roles: iam.IRole[],
  alarms: cloudwatch.IAlarm[],
): void {
  if (roles.length === 0 || alarms.length === 0) return;
  let policy = scope.node.tryFindChild(ID) as iam.Policy | undefined;
  if (policy === undefined) {
    policy = new iam.Policy(scope, ID, { roles });
    updated.node.addDependency(policy);
  }
  policy.addStatements(
    new iam.PolicyStatement({
      actions: [...EXECUTION.watchAlarms],
      resources: alarms.map(({ alarmArn }) => alarmArn),
    }),
  );
}
