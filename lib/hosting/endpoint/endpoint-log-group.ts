import { RemovalPolicy, type aws_kms as kms, aws_logs as logs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** What the containers of an endpoint print, as a log group of the stack. */
export interface EndpointLogsOptions {
  /**
   * How long it is kept.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly retention?: logs.RetentionDays;

  /**
   * What becomes of it when it leaves the stack.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * The key that encrypts it. Its policy must let CloudWatch Logs use it.
   *
   * @default - as CloudWatch Logs does it
   */
  readonly encryptionKey?: kms.IKey;
}

/** The group that SageMaker would make, without an end to what is kept, if it were not there before the endpoint. */
export function newLogGroup(scope: Construct, endpointName: string, options: EndpointLogsOptions): logs.LogGroup {
  return new logs.LogGroup(scope, 'Logs', {
    logGroupName: `/aws/sagemaker/Endpoints/${endpointName}`,
    retention: options.retention ?? logs.RetentionDays.THREE_MONTHS,
    removalPolicy: options.removalPolicy ?? RemovalPolicy.DESTROY,
    encryptionKey: options.encryptionKey,
  });
}
