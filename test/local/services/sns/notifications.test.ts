import { DeleteStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ServiceFixture } from '../fixture';
import { StackFixture } from '../stack-fixture';

const service = ServiceFixture.forEachTest();
const stacks = new StackFixture(service);

const PRINTS = 'exports.handler = async ({ Records }) => console.log(JSON.stringify(Records[0].Sns));';
const FAILS = "exports.handler = async () => { throw new Error('no pager'); };";

const TOPIC = { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'operators' } };
const ALARM = {
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    ...{ AlarmName: 'errors', Namespace: 'Shop', MetricName: 'Errors', Statistic: 'Sum', Period: 60 },
    ...{ EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' },
    AlarmActions: [{ Ref: 'Topic' }],
  },
};

/** Creates an alarm with a topic, and a function that subscribes to the topic. Returns the status of the stack. */
async function deploy(source: string, subscription: object = {}): Promise<string> {
  const Endpoint = { 'Fn::GetAtt': ['Function', 'Arn'] };
  const Properties = { TopicArn: { Ref: 'Topic' }, Protocol: 'lambda', Endpoint, ...subscription };
  return stacks.create({
    Topic: TOPIC,
    Alarm: ALARM,
    Function: await stacks.function(source, 'pager'),
    Subscription: { Type: 'AWS::SNS::Subscription', Properties },
  });
}

/** Deletes the stack, and returns as soon as it does not exist any more. */
async function remove(): Promise<void> {
  const StackName = 'stack';
  await service.cloudformation.send(new DeleteStackCommand({ StackName }));
  for (;;) {
    const found = await service.cloudformation.send(new DescribeStacksCommand({ StackName })).catch((error: Error) => {
      if (error.message.includes('does not exist')) return undefined;
      throw error;
    });
    if (found === undefined) return;
    const status = found.Stacks?.[0].StackStatus;
    if (status === 'DELETE_FAILED') throw new Error(`The stack has the status ${status}.`);
  }
}

const alarming = (): Promise<unknown> =>
  service
    .client(CloudWatchClient)
    .send(new SetAlarmStateCommand({ AlarmName: 'errors', StateValue: 'ALARM', StateReason: 'A test' }));

test('A function that subscribes to a topic receives the messages of alarms', async () => {
  expect(await deploy(PRINTS)).toBe('CREATE_COMPLETE');
  await alarming();
  const [received] = (await stacks.messages('/aws/lambda/pager')).map(
    (line) => JSON.parse(line) as Record<string, string>,
  );
  expect(received).toMatchObject({
    Type: 'Notification',
    TopicArn: 'arn:aws:sns:us-east-1:000000000000:operators',
    Subject: 'ALARM: "errors" in US East (N. Virginia)',
  });
  const [published] = await stacks.messages('sns/us-east-1/000000000000/operators');
  expect(received.Message).toBe(published);
  expect(JSON.parse(published)).toMatchObject({ NewStateValue: 'ALARM', NewStateReason: 'A test' });
});

test('A function that fails is in the log of the failures of the topic', async () => {
  await deploy(FAILS);
  await alarming();
  expect(await stacks.messages('sns/us-east-1/000000000000/operators/Failure')).toEqual([
    'arn:aws:lambda:us-east-1:000000000000:function:pager: no pager',
  ]);
});

test('A subscription with a filter is an error, because the local service would ignore the filter', async () => {
  expect(await deploy(PRINTS, { FilterPolicy: { kind: ['a'] } })).toBe('ROLLBACK_COMPLETE');
});

test('A subscription that was deleted with its stack receives no messages any more', async () => {
  await deploy(PRINTS);
  await remove();
  await stacks.create({ Topic: TOPIC, Alarm: ALARM });
  await alarming();
  expect(await stacks.messages('sns/us-east-1/000000000000/operators')).toHaveLength(1);
  const logGroupName = 'sns/us-east-1/000000000000/operators/Failure';
  const failures = service.client(CloudWatchLogsClient).send(new FilterLogEventsCommand({ logGroupName }));
  await expect(failures).rejects.toThrow('The specified log group does not exist.');
});
