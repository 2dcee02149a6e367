import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { zipSync } from 'fflate';
import { ServiceFixture } from '../fixture';

const service = ServiceFixture.forEachTest();

/** The template of an alarm with a topic, and of a function that subscribes to the topic. */
function template(code: string, subscription: object = {}): string {
  const Endpoint = { 'Fn::GetAtt': ['Function', 'Arn'] };
  const TopicArn = { Ref: 'Topic' };
  return JSON.stringify({
    Resources: {
      Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'operators' } },
      Alarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          ...{ AlarmName: 'errors', Namespace: 'Shop', MetricName: 'Errors', Statistic: 'Sum', Period: 60 },
          ...{
            EvaluationPeriods: 1,
            Threshold: 1,
            ComparisonOperator: 'GreaterThanThreshold',
            AlarmActions: [TopicArn],
          },
        },
      },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          ...{ FunctionName: 'pager', Runtime: 'nodejs22.x', Handler: 'index.handler', Timeout: 60 },
          Code: { S3Bucket: 'code', S3Key: code },
        },
      },
      Subscription: {
        Type: 'AWS::SNS::Subscription',
        Properties: { TopicArn, Protocol: 'lambda', Endpoint, ...subscription },
      },
    },
  });
}

async function stack(): Promise<Stack> {
  const { Stacks: [found] = [] } = await service.cloudformation.send(new DescribeStacksCommand({ StackName: 'shop' }));
  return found;
}

async function deploy(body: string): Promise<string | undefined> {
  await service.cloudformation.send(new CreateStackCommand({ StackName: 'shop', TemplateBody: body }));
  let status: string | undefined;
  do status = (await stack()).StackStatus;
  while (status?.endsWith('IN_PROGRESS') === true);
  return status;
}

/** The messages of a log group, as soon as there are any. */
async function logged(logGroupName: string): Promise<string[]> {
  const logs = service.client(CloudWatchLogsClient);
  for (;;) {
    const { events = [] } = await logs
      .send(new FilterLogEventsCommand({ logGroupName }))
      .catch((): { events?: undefined } => ({}));
    if (events.length > 0) return events.map(({ message = '' }) => message);
  }
}

async function upload(Key: string, source: string): Promise<void> {
  const Body = zipSync({ 'index.js': Buffer.from(source) });
  await service.s3.send(new PutObjectCommand({ Bucket: 'code', Key, Body }));
}

const alarming = (): Promise<unknown> =>
  service
    .client(CloudWatchClient)
    .send(new SetAlarmStateCommand({ AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'A test' }));

beforeEach(async () => {
  await service.s3.send(new CreateBucketCommand({ Bucket: 'code' }));
  await upload('prints', 'exports.handler = async ({ Records }) => console.log(JSON.stringify(Records[0].Sns));');
  await upload('fails', "exports.handler = async () => { throw new Error('no pager'); };");
});

test('A function that subscribes to a topic receives the messages of alarms', async () => {
  expect(await deploy(template('prints'))).toBe('CREATE_COMPLETE');
  await alarming();
  const [received] = (await logged('/aws/lambda/pager')).map((line) => JSON.parse(line) as Record<string, string>);
  expect(received).toMatchObject({
    Type: 'Notification',
    TopicArn: 'arn:aws:sns:us-east-1:000000000000:operators',
    Subject: 'ALARM: "errors" in US East (N. Virginia)',
  });
  const [published] = await logged('sns/us-east-1/000000000000/operators');
  expect(received.Message).toBe(published);
  expect(JSON.parse(published)).toMatchObject({ NewStateValue: 'ALARM', NewStateReason: 'A test' });
});

test('A function that fails is in the log of the failures of the topic', async () => {
  await deploy(template('fails'));
  await alarming();
  expect(await logged('sns/us-east-1/000000000000/operators/Failure')).toEqual([
    'arn:aws:lambda:us-east-1:000000000000:function:pager: no pager',
  ]);
});

test('A subscription with a filter is an error, because the local service would ignore the filter', async () => {
  expect(await deploy(template('prints', { FilterPolicy: { kind: ['a'] } }))).toBe('ROLLBACK_COMPLETE');
});

test('A subscription that was deleted with its stack receives no messages any more', async () => {
  await deploy(template('prints'));
  await service.cloudformation.send(new DeleteStackCommand({ StackName: 'shop' }));
  while ((await stack().catch(() => undefined)) !== undefined);
  const { Topic, Alarm } = (JSON.parse(template('prints')) as { Resources: Record<string, object> }).Resources;
  await deploy(JSON.stringify({ Resources: { Topic, Alarm } }));
  await alarming();
  expect(await logged('sns/us-east-1/000000000000/operators')).toHaveLength(1);
  const logGroupName = 'sns/us-east-1/000000000000/operators/Failure';
  const failures = service.client(CloudWatchLogsClient).send(new FilterLogEventsCommand({ logGroupName }));
  await expect(failures).rejects.toThrow('The specified log group does not exist.');
});
