import { ArnFormat, Stack, aws_iam as iam, type aws_kms as kms } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EXECUTION } from './grants';

/** The log groups that SageMaker writes a container's output to. */
export type LogGroupName = 'TrainingJobs' | 'TransformJobs' | 'Endpoints' | 'InferenceComponents';

/**
 * The role that SageMaker runs containers with: the user's, or one that starts from nothing and may only write its own
 * logs and metrics. Everything else is granted by what is bound to it.
 */
export function executionRole(scope: Construct, given: iam.IRole | undefined, logGroups: LogGroupName[]): iam.IRole {
  const role = given ?? new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
  role.addToPrincipalPolicy(
    new iam.PolicyStatement({
      actions: [...EXECUTION.writeLogs],
      resources: logGroups.map((name) => logGroupArn(Stack.of(scope), name)),
    }),
  );
  role.addToPrincipalPolicy(
    new iam.PolicyStatement({
      actions: [...EXECUTION.putMetrics],
      // PutMetricData knows no resources; the condition confines it to the namespaces of the service.
      resources: ['*'],
      conditions: { StringLike: { 'cloudwatch:namespace': '/aws/sagemaker/*' } },
    }),
  );
  return role;
}

/** The same for all roles of a stack: each is a token, and tokens take their time. */
const logGroupArns = new WeakMap<Stack, Map<LogGroupName, string>>();

/**
 * Endpoints and inference components have a group each, below this name; jobs share one. What follows the group's name is
 * its streams.
 */
function logGroupArn(stack: Stack, name: LogGroupName): string {
  const known = logGroupArns.get(stack) ?? new Map<LogGroupName, string>();
  logGroupArns.set(stack, known);
  const arn =
    known.get(name) ??
    stack.formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: name.endsWith('Jobs') ? `/aws/sagemaker/${name}:*` : `/aws/sagemaker/${name}/*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  known.set(name, arn);
  return arn;
}

/** Lets AWS Systems Manager open a shell in the containers. */
export function grantShell(grantee: iam.IGrantable): void {
  grantee.grantPrincipal.addToPrincipalPolicy(
    new iam.PolicyStatement({
      actions: [...EXECUTION.openShell],
      // Message channels know no resources.
      resources: ['*'],
    }),
  );
}

/** Lets a service encrypt volumes with a key. */
export function grantVolumeKey(key: kms.IKey, grantee: iam.IGrantable): void {
  key.grantEncryptDecrypt(grantee);
  key.grant(grantee, ...EXECUTION.attachVolume);
}
