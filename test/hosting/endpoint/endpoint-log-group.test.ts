import { aws_kms as kms, aws_logs as logs } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ENDPOINT } from '../../features';
import { newEndpoint } from '../../hosting-fixtures';
import { logEncryptionStatement, newStack, onlyResource, placedStack } from '../../stacks';

describe('Log group of an endpoint', () => {
  test('is not created by default', () => {
    const stack = newStack();
    newEndpoint(stack);
    Template.fromStack(stack).resourceCountIs('AWS::Logs::LogGroup', 0);
  });

  test('is created before the endpoint, with a retention of 3 months', () => {
    const stack = newStack();
    newEndpoint(stack, { logs: {} });
    const template = Template.fromStack(stack);
    template.hasResource('AWS::Logs::LogGroup', {
      Properties: { LogGroupName: '/aws/sagemaker/Endpoints/churn', RetentionInDays: 90 },
      DeletionPolicy: 'Delete',
    });
    template.hasResource(ENDPOINT, { DependsOn: [Match.stringLikeRegexp('^EndpointLogs')] });
  });

  test('has the specified retention', () => {
    const stack = newStack();
    newEndpoint(stack, { logs: { retention: logs.RetentionDays.ONE_WEEK } });
    expect(onlyResource(stack, 'AWS::Logs::LogGroup').RetentionInDays).toBe(7);
  });

  test('with a KMS key is encrypted, and CloudWatch Logs can use the key for this log group only', () => {
    const stack = placedStack();
    newEndpoint(stack, { logs: { encryptionKey: new kms.Key(stack, 'Key') } });
    const { Statement } = onlyResource(stack, 'AWS::KMS::Key').KeyPolicy as { Statement: unknown[] };
    expect(Statement).toContainEqual(logEncryptionStatement('/aws/sagemaker/Endpoints/churn'));
    expect(onlyResource(stack, 'AWS::Logs::LogGroup')).toHaveProperty('KmsKeyId');
  });
});
