import { RemovalPolicy, type aws_kms as kms, aws_logs as logs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { allowLogEncryption } from '../../private/log-encryption';

/** Options for the log group of an endpoint. */
export interface EndpointLogsOptions {
  /**
   * How long log events are retained.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly retention?: logs.RetentionDays;

  /**
   * The removal policy of the log group.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * The KMS key that encrypts the log group. The key policy must allow CloudWatch Logs to use it; it is extended if the key is
   * created by the app.
   *
   * @default - server-side encryption by CloudWatch Logs
   */
  readonly encryptionKey?: kms.IKey;
}

/** Creates the log group before the endpoint. Otherwise SageMaker creates it, with unlimited retention. */
export function newLogGroup(scope: Construct, endpointName: string, options: EndpointLogsOptions): logs.LogGroup {
  const logGroupName = `/aws/sagemaker/Endpoints/${endpointName}`;
  if (options.encryptionKey !== undefined) allowLogEncryption(scope, options.encryptionKey, logGroupName);
  return new logs.LogGroup(scope, 'Logs', {
    logGroupName,
    retention: options.retention ?? logs.RetentionDays.THREE_MONTHS,
    removalPolicy: options.removalPolicy ?? RemovalPolicy.DESTROY,
    encryptionKey: options.encryptionKey,
  });
}
