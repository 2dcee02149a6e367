import type { RemovalPolicy, aws_ec2 as ec2, aws_iam as iam, aws_kms as kms, aws_logs as logs } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { addHandlerSettings } from '../private/handler-settings';
import { ValidationErrors } from '../private/validation';
import { checkVpcOptions } from '../private/vpc-access';

/** Options of the handlers that the stacks of a scope share. */
export interface HandlerOptions {
  /**
   * The VPC from which the Lambda functions call AWS services. Without a NAT gateway, it needs endpoints for the services that the
   * functions call.
   *
   * @default - the functions do not run in a VPC
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The subnets of the Lambda functions. Requires `vpc`.
   *
   * @default - the private subnets of the VPC
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * The security groups of the Lambda functions. Requires `vpc`.
   *
   * @default - a new security group for each function, which allows all outbound traffic
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * The KMS key that encrypts the log groups of the Lambda functions, the definitions and the execution histories of the state
   * machines, and the table of their locks. The functions have no environment variables that it could encrypt.
   *
   * Amazon CloudWatch Logs is granted the use of a key that the app creates. The policy of an imported key must allow it already.
   *
   * @default - keys that the services own
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * How long the logs of the Lambda functions are retained.
   *
   * @default logs.RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Whether the log groups of the Lambda functions are deleted with their stack.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly logRemovalPolicy?: RemovalPolicy;

  /**
   * The permissions boundary of the roles of the Lambda functions and the state machines, and of the rules that start them. The roles of
   * jobs, models and schedules have that of `iam.PermissionsBoundary`.
   *
   * @default - the permissions boundary of the scope, if `iam.PermissionsBoundary` defines one
   */
  readonly permissionsBoundary?: iam.IManagedPolicy;
}

/**
 * The configuration of the handlers: the Lambda functions that start jobs, verify images, add scripts to model artifacts, test
 * endpoints and perform the steps of workflows and releases, and the state machines and the table that they use. Each stack that needs a
 * handler creates it with the configuration of the stack, its stage and the app.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 *
 * @example
 * import { aws_iam as iam, aws_logs as logs } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const boundary: iam.IManagedPolicy;
 *
 * sagemaker.HandlerConfig.of(this).configure({
 *   logRetention: logs.RetentionDays.ONE_YEAR,
 *   permissionsBoundary: boundary,
 * });
 */
export class HandlerConfig {
  /**
   * The configuration of all handlers in a scope.
   *
   * @param scope an app, a stage or a stack
   */
  public static of(scope: IConstruct): HandlerConfig {
    return new HandlerConfig(scope);
  }

  private constructor(private readonly scope: IConstruct) {}

  /**
   * Sets properties of the handlers. Properties of a stack override those of its stage and of the app; a later call overrides the
   * same properties of an earlier one.
   *
   * Must be called before the first handler in the scope is created, which is when the first job, workflow, continuous deployment, smoke
   * test, validated algorithm or verified image is created.
   *
   * @param options the properties; others keep their value
   * @throws an error if a handler already exists in the scope
   */
  public configure(options: HandlerOptions): void {
    const errors = new ValidationErrors(
      `Handlers of ${this.scope.node.path || 'the app'}`,
      'networks-keys-and-permissions',
    );
    checkVpcOptions(errors, options);
    errors.throwIfAny();
    addHandlerSettings(this.scope, options);
  }
}
