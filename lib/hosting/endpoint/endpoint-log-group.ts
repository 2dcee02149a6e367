import { ArnFormat, RemovalPolicy, Stack, aws_iam as iam, type aws_kms as kms, aws_logs as logs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { LOGS } from '../../private/grants';

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
  if (options.encryptionKey !== undefined) grantLogs(scope, options.encryptionKey, logGroupName);
  return new logs.LogGroup(scope, 'Logs', {
    logGroupName,
    retention: options.retention ?? logs.RetentionDays.THREE_MONTHS,
    removalPolicy: options.removalPolicy ?? RemovalPolicy.DESTROY,
    encryptionKey: options.encryptionKey,
  });
}

/** Allows CloudWatch Logs to encrypt a log group. CloudWatch Logs rejects a key that it cannot use. */
function grantLogs(scope: Construct, key: kms.IKey, logGroupName: string): void {
  const stack = Stack.of(scope);
  const arn = stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: logGroupName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const service = new iam.ServicePrincipal(`logs.${stack.region}.amazonaws.com`, {
    conditions: { ArnEquals: { 'kms:EncryptionContext:aws:logs:arn': arn } },
  });
  key.grant(service, ...LOGS.encrypt);
}
