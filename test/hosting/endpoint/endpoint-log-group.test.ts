import { aws_logs as logs } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ENDPOINT } from '../../features';
import { newEndpoint } from '../../hosting-fixtures';
import { newStack, onlyResource } from '../../stacks';

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
});
