import { CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmHistoryCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateModelPackageCommand, CreateModelPackageGroupCommand } from '@aws-sdk/client-sagemaker';
import { zipSync } from 'fflate';
import { ServiceFixture } from '../fixture';

const ACCOUNT = '000000000000';
const BUCKET = `cdk-hnb659fds-assets-${ACCOUNT}-us-east-1`;
const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:topic`;
const RULE = `arn:aws:events:us-east-1:${ACCOUNT}:rule/rule`;

const service = ServiceFixture.forEachTest();
beforeEach(() => service.restart({ enforceIam: true }));

async function deploy(Resources: object): Promise<void> {
  const StackName = 'Stack';
  await service.cloudformation.send(
    new CreateStackCommand({
      StackName,
      TemplateBody: JSON.stringify({ Resources }),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    }),
  );
  for (;;) {
    const { Stacks: [stack] = [] } = await service.cloudformation.send(new DescribeStacksCommand({ StackName }));
    if (stack.StackStatus?.endsWith('_IN_PROGRESS') !== true) return expect(stack.StackStatus).toBe('CREATE_COMPLETE');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The first message of a log group, as soon as there is one. */
async function logged(logGroupName: string): Promise<string | undefined> {
  const logs = service.client(CloudWatchLogsClient);
  for (;;) {
    const { events = [] } = await logs
      .send(new FilterLogEventsCommand({ logGroupName }))
      .catch((error: unknown): { events?: undefined } => {
        if (error instanceof ResourceNotFoundException) return {};
        throw error;
      });
    if (events.length > 0) return events[0].message;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const document = (...Statement: object[]): object => ({ Version: '2012-10-17', Statement });
const allow = (Action: string | string[], Resource: unknown, more: object = {}): object => ({
  ...{ Effect: 'Allow', Action, Resource },
  ...more,
});

const role = (Service: string, ...statements: object[]): object => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: document({ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }),
    Policies: [{ PolicyName: 'Policy', PolicyDocument: document(...statements) }],
  },
});

const arnOf = (logicalId: string): object => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });

/** A function that prints a line, and its role. */
async function functionResources(): Promise<Record<string, object>> {
  const Body = zipSync({ 'index.js': Buffer.from("exports.handler = async () => console.log('invoked');") });
  await service.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'code.zip', Body }));
  return {
    Role: role('lambda.amazonaws.com', allow('logs:*', '*')),
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        ...{ FunctionName: 'function', Handler: 'index.handler', Runtime: 'nodejs22.x', Timeout: 60 },
        ...{ Code: { S3Bucket: BUCKET, S3Key: 'code.zip' }, Role: arnOf('Role') },
      },
    },
  };
}

const permission = (Principal: string, SourceArn: string): object => ({
  Type: 'AWS::Lambda::Permission',
  Properties: { Action: 'lambda:InvokeFunction', FunctionName: { Ref: 'Function' }, Principal, SourceArn },
});

const topic = { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'topic' } };
const topicPolicy = (Service: string): object => ({
  Type: 'AWS::SNS::TopicPolicy',
  Properties: {
    Topics: [{ Ref: 'Topic' }],
    PolicyDocument: document(allow('sns:Publish', { Ref: 'Topic' }, { Principal: { Service } })),
  },
});

const rule = (target: object): object => ({
  Type: 'AWS::Events::Rule',
  Properties: {
    Name: 'rule',
    EventPattern: { source: ['aws.sagemaker'], 'detail-type': ['SageMaker Model Package State Change'] },
    Targets: [{ Id: 'target', Input: '"changed"', ...target }],
  },
});

/** Causes a state change, of which the rule is notified. */
async function changeState(): Promise<void> {
  await service.sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: 'group' }));
  const InferenceSpecification = {
    Containers: [{ Image: 'churn:1' }],
    ...{ SupportedContentTypes: ['text/csv'], SupportedResponseMIMETypes: ['text/csv'] },
  };
  await service.sagemaker.send(
    new CreateModelPackageCommand({ ModelPackageGroupName: 'group', InferenceSpecification }),
  );
}

describe('A rule', () => {
  test('invokes a function whose policy allows it', async () => {
    const Permission = permission('events.amazonaws.com', RULE);
    await deploy({ ...(await functionResources()), Rule: rule({ Arn: arnOf('Function') }), Permission });
    await changeState();
    expect(await logged('/aws/lambda/function')).toBe('invoked');
  });

  test('does not invoke a function whose policy allows it for another rule', async () => {
    const Permission = permission('events.amazonaws.com', `${RULE}-2`);
    await deploy({ ...(await functionResources()), Rule: rule({ Arn: arnOf('Function') }), Permission });
    await changeState();
    expect(await logged('/aws/events/rule')).toContain(
      'User: events.amazonaws.com is not authorized to perform: lambda:InvokeFunction on resource: ' +
        `arn:aws:lambda:us-east-1:${ACCOUNT}:function:function because no resource-based policy allows`,
    );
  });

  test('publishes to a topic whose policy allows it', async () => {
    const Policy = topicPolicy('events.amazonaws.com');
    await deploy({ Topic: topic, Policy, Rule: rule({ Arn: { Ref: 'Topic' } }) });
    await changeState();
    expect(await logged(`sns/us-east-1/${ACCOUNT}/topic`)).toBe('changed');
  });

  test('does not publish to a topic without a policy', async () => {
    await deploy({ Topic: topic, Rule: rule({ Arn: { Ref: 'Topic' } }) });
    await changeState();
    expect(await logged('/aws/events/rule')).toContain(
      `User: events.amazonaws.com is not authorized to perform: sns:Publish on resource: ${TOPIC}`,
    );
  });

  const machine = (statement: object): object => ({
    MachineRole: role('states.amazonaws.com', allow('lambda:InvokeFunction', '*')),
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        DefinitionString: JSON.stringify({
          StartAt: 'Call',
          States: {
            Call: {
              ...{ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true },
              Parameters: { FunctionName: 'function', Payload: {} },
            },
          },
        }),
        RoleArn: arnOf('MachineRole'),
      },
    },
    RuleRole: role('events.amazonaws.com', statement),
    Rule: rule({ Arn: { Ref: 'Machine' }, RoleArn: arnOf('RuleRole') }),
  });

  test('starts a state machine with the role of its target', async () => {
    await deploy({ ...(await functionResources()), ...machine(allow('states:StartExecution', { Ref: 'Machine' })) });
    await changeState();
    expect(await logged('/aws/lambda/function')).toBe('invoked');
  });

  test('does not start a state machine without the permission of the role of its target', async () => {
    await deploy({ ...(await functionResources()), ...machine(allow('states:DescribeExecution', '*')) });
    await changeState();
    expect(await logged('/aws/events/rule')).toMatch(
      /RuleRole-.*\/rule is not authorized to perform: states:StartExecution/,
    );
  });
});

describe('An alarm', () => {
  const alarm = {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      ...{ AlarmName: 'errors', Namespace: 'Shop', MetricName: 'Errors', Statistic: 'Sum', Period: 60 },
      ...{ EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' },
      AlarmActions: [{ Ref: 'Topic' }],
    },
  };

  /** Sets the alarm to ALARM, and returns the result of its action. */
  async function actionOf(resources: object): Promise<string | undefined> {
    await deploy({ Topic: topic, Alarm: alarm, ...resources });
    const client = service.client(CloudWatchClient);
    await client.send(new SetAlarmStateCommand({ AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'A test' }));
    const history = new DescribeAlarmHistoryCommand({ AlarmName: 'errors', HistoryItemType: 'Action' });
    const { AlarmHistoryItems: [item] = [] } = await client.send(history);
    return item.HistorySummary;
  }

  test.each([
    ['without a policy', {}],
    ['whose policy allows it', { Policy: topicPolicy('cloudwatch.amazonaws.com') }],
  ])('publishes to a topic %s', async (_title, resources) => {
    expect(await actionOf(resources)).toBe(`Successfully executed action ${TOPIC}`);
    expect(await logged(`sns/us-east-1/${ACCOUNT}/topic`)).toContain('"NewStateReason":"A test"');
  });

  test('does not publish to a topic whose policy allows it for another service', async () => {
    expect(await actionOf({ Policy: topicPolicy('events.amazonaws.com') })).toContain(
      `Failed to execute action ${TOPIC}: User: cloudwatch.amazonaws.com is not authorized to perform: sns:Publish on resource: ${TOPIC}`,
    );
  });

  const Subscription = {
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'lambda', Endpoint: arnOf('Function') },
  };

  test('reaches a function that subscribes to the topic and whose policy allows it', async () => {
    const Permission = permission('sns.amazonaws.com', TOPIC);
    await actionOf({ ...(await functionResources()), Subscription, Permission });
    expect(await logged('/aws/lambda/function')).toBe('invoked');
  });

  test('does not reach a function whose policy does not allow it for the topic', async () => {
    await actionOf({ ...(await functionResources()), Subscription });
    expect(await logged(`sns/us-east-1/${ACCOUNT}/topic/Failure`)).toContain(
      'User: sns.amazonaws.com is not authorized to perform: lambda:InvokeFunction',
    );
  });
});
