import { type CfnResource, type aws_cloudwatch as cloudwatch, aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EXECUTION } from './grants';
import { applyReleaseCondition, releaseConditionOf } from './release-condition';

const ID = 'RollbackRights';

/**
 * Grants the execution roles permission to describe the alarms of a rollback configuration, which the service monitors with these
 * roles during an update. A separate policy, on which only the updated resource depends, avoids a circular dependency: models
 * depend on the default policy of their role, and the actions of an alarm can depend on a model.
 */
export function grantDescribeAlarms(
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
    // It refers to alarms that may only exist while a version is released.
    applyReleaseCondition(policy, releaseConditionOf(scope));
  }
  policy.addStatements(
    new iam.PolicyStatement({
      actions: [...EXECUTION.watchAlarms],
      resources: alarms.map(({ alarmArn }) => alarmArn),
    }),
  );
}
