import { ArnFormat, Aws, Stack, aws_iam as iam, type aws_kms as kms } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { LOG_GROUP_KEY } from './grants';

/**
 * Allows Amazon CloudWatch Logs to encrypt log groups of a stack with a key, which it checks when it creates them. The policy of an
 * imported key must allow it already.
 *
 * @param scope a construct in the stack of the log groups
 * @param key the key
 * @param logGroupName the name of the log group; "*" for names that are generated when the log groups are created
 */
export function allowLogEncryption(scope: Construct, key: kms.IKey, logGroupName: string): void {
  const stack = Stack.of(scope);
  const logGroups = stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: logGroupName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal(`logs.${stack.region}.${Aws.URL_SUFFIX}`)],
      actions: [...LOG_GROUP_KEY],
      // In a key policy, "*" is the key.
      resources: ['*'],
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups } },
    }),
  );
}
