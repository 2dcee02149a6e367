import { ArnFormat, Stack, aws_iam as iam, type aws_kms as kms } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EXECUTION, onBehalfOf } from './grants';
import { PseudoParameterString } from './pseudo-parameter-string';

/** The kinds of log groups to which SageMaker writes the output of containers. */
export type LogGroupName = 'TrainingJobs' | 'TransformJobs' | 'ProcessingJobs' | 'Endpoints' | 'InferenceComponents';

/**
 * The execution role of a resource: the user's role, or a new one. It gets permission to write logs and metrics; images, data and
 * other resources grant further permissions when they are bound.
 */
export function executionRole(scope: Construct, userRole: iam.IRole | undefined, logGroups: LogGroupName[]): iam.IRole {
  const role = userRole ?? new iam.Role(scope, 'Role', { assumedBy: serviceOf(Stack.of(scope)) });
  role.addToPrincipalPolicy(
    new iam.PolicyStatement({
      actions: [...EXECUTION.writeLogs],
      resources: logGroups.map((name) => logGroupArn(Stack.of(scope), name)),
    }),
  );
  role.addToPrincipalPolicy(
    new iam.PolicyStatement({
      actions: [...EXECUTION.putMetrics],
      // PutMetricData does not support resource-level permissions; the condition restricts it to the namespaces of the service.
      resources: ['*'],
      conditions: { StringLike: { 'cloudwatch:namespace': '/aws/sagemaker/*' } },
    }),
  );
  return role;
}

/** SageMaker, for resources of the account of the stack only. */
function serviceOf({ account }: Stack): iam.IPrincipal {
  return new iam.ServicePrincipal('sagemaker.amazonaws.com', { conditions: { ...onBehalfOf(account) } });
}

/** Cached per stack, since the ARNs are tokens and many roles that resolve new ones slow synthesis down. */
const logGroupArns = new WeakMap<Stack, Map<LogGroupName, string>>();

/** The ARN of the log group that all jobs of a kind share, or the ARN pattern of the log groups of endpoints, which have one each. */
function logGroupArn(stack: Stack, name: LogGroupName): string {
  const cache = logGroupArns.get(stack) ?? new Map<LogGroupName, string>();
  logGroupArns.set(stack, cache);
  const arn =
    cache.get(name) ??
    PseudoParameterString.of(
      stack,
      stack.formatArn({
        service: 'logs',
        resource: 'log-group',
        resourceName: name.endsWith('Jobs') ? `/aws/sagemaker/${name}:*` : `/aws/sagemaker/${name}/*`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    );
  cache.set(name, arn);
  return arn;
}

/** Grants the permissions for sessions of AWS Systems Manager in the containers. */
export function grantSsmSession(grantee: iam.IGrantable): void {
  grantee.grantPrincipal.addToPrincipalPolicy(
    new iam.PolicyStatement({
      actions: [...EXECUTION.openSsmSession],
      // Message channels do not support resource-level permissions.
      resources: ['*'],
    }),
  );
}

/** Grants permission to encrypt storage volumes with a KMS key: the service uses the key by a grant that it creates. */
export function grantVolumeKey(key: kms.IKey, grantee: iam.IGrantable): void {
  key.grant(grantee, ...EXECUTION.attachVolume);
}
