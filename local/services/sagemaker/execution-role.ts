import { validationError } from '../../aws-model/service-error';
import type { Caller } from '../access';
import type { Context } from '../context';
import { type Repositories, pullAccess } from '../ecr';
import { AccessDenied, type Permissions } from '../iam';
import { type Logs, logWriter } from '../logs';
import { type Buckets, type BucketsOfRole, bucketsOf, kmsKeyArn } from '../s3';

const SERVICE = 'sagemaker.amazonaws.com';

export interface ExecutionRoleServices {
  readonly context: Context;
  readonly s3: Buckets;
  readonly repositories: Repositories;
  readonly logs: Logs;
  readonly permissions: Permissions;
}

/** The execution role of a job or a model: SageMaker reads data and images, and writes data and logs, with its permissions. */
export class ExecutionRole {
  public readonly s3: BucketsOfRole;
  public readonly caller: Caller;

  /** @param resourceArn - the job or the model */
  constructor(
    private readonly services: ExecutionRoleServices,
    private readonly roleArn = '',
    resourceArn?: string,
  ) {
    const { permissions, s3 } = services;
    const session = { roleArn, service: SERVICE, sessionName: 'SageMaker', sourceArn: resourceArn };
    this.caller = permissions.assumedBy(session);
    this.s3 = bucketsOf(services.context, s3, this.caller);
  }

  /** The name in the engine of an image, which the role must have permission to pull. */
  public image(
    uri: string,
    failure = `The role '${this.roleArn}' does not have BatchGetImage permission for the image: '${uri}'.`,
  ): string {
    const access = pullAccess(this.services.context, uri);
    if (access.every((one) => this.caller.allows(one))) return this.services.repositories.localName(uri);
    throw new Error(failure);
  }

  /** Validates that SageMaker may encrypt storage volumes with a KMS key, by a grant. */
  public checkVolumeKey(key: string | undefined): void {
    const resource = kmsKeyArn(this.services.context, key);
    if (resource === undefined) return;
    const keys = { 'kms:GrantIsForAWSResource': 'true' };
    this.caller.check(['DescribeKey', 'CreateGrant'].map((action) => ({ action: `kms:${action}`, resource, keys })));
  }

  /** Writes to the log streams of a log group. */
  public log(group: string): (stream: string, message: string) => void {
    const writers = new Map<string, (message: string) => void>();
    return (stream, message) => {
      const writer =
        writers.get(stream) ?? logWriter(this.services, this.caller, { group, stream, actions: WRITE_LOGS });
      writers.set(stream, writer);
      writer(message);
    };
  }

  /** Validates that SageMaker may monitor alarms, which roll back an update. */
  public checkAlarms(names: readonly string[]): void {
    const { context } = this.services;
    const arnOf = (name: string): string => context.arn('cloudwatch', `alarm:${name}`);
    this.caller.check(names.map((name) => ({ action: 'cloudwatch:DescribeAlarms', resource: arnOf(name) })));
  }

  /** Whether SageMaker may publish metrics in a namespace. */
  public mayPutMetrics(namespace: string): boolean {
    const keys = { 'cloudwatch:namespace': namespace };
    return this.caller.allows({ action: 'cloudwatch:PutMetricData', resource: '*', keys });
  }
}

const WRITE_LOGS = ['CreateLogGroup', 'CreateLogStream', 'DescribeLogStreams', 'PutLogEvents'];

/** Takes a step of a job. The reason of its failure is that of SageMaker if the role does not have a permission. */
export async function withReason<T>(step: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof AccessDenied ? new Error(`ClientError: ${step}: ${error.message}`) : error;
  }
}

/** Validates a role before a resource that uses it is created. */
export function checkExecutionRole(permissions: Permissions, roleArn = '', resourceArn?: string): void {
  if (permissions.isTrusting({ roleArn, service: SERVICE, sourceArn: resourceArn })) return;
  throw validationError(
    `Could not assume role ${roleArn}. Please ensure that the role exists and allows principal '${SERVICE}' to assume the role.`,
  );
}
