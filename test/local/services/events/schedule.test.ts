import { CloudWatchLogsClient, DescribeLogStreamsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ServiceFixture } from '../fixture';
import { StackFixture } from '../stack-fixture';

const service = ServiceFixture.forEachTest();
const stacks = new StackFixture(service);

const LOG_GROUP = 'arn:aws:logs:us-east-1:000000000000:log-group:states';

async function createRule(properties: object): Promise<void> {
  const Targets = [{ Id: 'a', Arn: LOG_GROUP }];
  const Rule = { Type: 'AWS::Events::Rule', Properties: { Name: 'rule', Targets, ...properties } };
  expect(await stacks.create({ Rule })).toBe('CREATE_COMPLETE');
}

async function times(count: number): Promise<string[]> {
  const messages = await stacks.messages('states', count);
  return messages.map((message) => (JSON.parse(message) as { time: string }).time);
}

test('A rule with a rate delivers an event after each interval', async () => {
  await createRule({ ScheduleExpression: 'rate(1 hour)' });
  await service.advance(3 * 3600 + 60);
  const delivered = (await times(3)).map((time) => Date.parse(time));
  expect(delivered.map((time) => (time - delivered[0]) / 3_600_000)).toEqual([0, 1, 2]);
});

test('The event of a schedule has the form of Amazon EventBridge', async () => {
  await createRule({ ScheduleExpression: 'cron(0 12 * * ? *)' });
  await service.advance(86_400);
  const [event] = (await stacks.messages('states')).map((message) => JSON.parse(message) as object);
  expect(event).toMatchObject({
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    time: expect.stringMatching(/T12:00:00Z$/) as string,
    resources: ['arn:aws:events:us-east-1:000000000000:rule/rule'],
    detail: {},
  });
});

test('A time that has passed while the service was stopped is delivered once, after its start', async () => {
  await createRule({ ScheduleExpression: 'rate(1 hour)' });
  await service.stop();
  // The clock of the next start is later.
  const clock = service.clock;
  await clock.advance(5 * 3_600_000);
  await service.start();
  await service.advance(60);
  expect(await times(1)).toHaveLength(1);
});

test('A rule with a schedule that is disabled delivers nothing', async () => {
  await createRule({ ScheduleExpression: 'rate(1 minute)', State: 'DISABLED' });
  await service.advance(600);
  const logs = service.client(CloudWatchLogsClient);
  await expect(logs.send(new DescribeLogStreamsCommand({ logGroupName: 'states' }))).rejects.toThrow('does not exist');
});
