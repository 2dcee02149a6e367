import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { ServiceFixture } from '../fixture';
import { StackFixture } from '../stack-fixture';

const service = ServiceFixture.forEachTest();
const stacks = new StackFixture(service);

const EVENT = { Source: 'churn', DetailType: 'Outcome', Detail: '{"outcome":"Rejected","auc":0.8}' };

function put(...Entries: PutEventsRequestEntry[]) {
  return service.client(EventBridgeClient).send(new PutEventsCommand({ Entries }));
}

async function createRule(EventPattern: object): Promise<void> {
  const Targets = [{ Id: 'a', Arn: 'arn:aws:logs:us-east-1:000000000000:log-group:events' }];
  await stacks.create({ Rule: { Type: 'AWS::Events::Rule', Properties: { EventPattern, Targets } } });
}

test('A rule delivers a custom event that matches its pattern', async () => {
  await createRule({ source: ['churn'], detail: { outcome: ['Rejected'], auc: [{ numeric: ['<', 0.85] }] } });
  const Time = new Date('2026-01-02T03:04:05Z');
  const result = await put(EVENT, { ...EVENT, Resources: ['arn:one'], Time }, { ...EVENT, Source: 'other' });
  expect(result).toMatchObject({ FailedEntryCount: 0, Entries: [{}, {}, {}] });
  const messages = (await stacks.messages('events', 2)).map(
    (message) => JSON.parse(message) as { resources: string[] },
  );
  expect(messages).toHaveLength(2);
  expect(messages.find(({ resources }) => resources.length > 0)).toEqual({
    version: '0',
    id: result.Entries?.[1].EventId,
    'detail-type': 'Outcome',
    source: 'churn',
    account: '000000000000',
    time: '2026-01-02T03:04:05Z',
    region: 'us-east-1',
    resources: ['arn:one'],
    detail: { outcome: 'Rejected', auc: 0.8 },
  });
});

test('Entries that are not valid fail, and the others are delivered', async () => {
  await createRule({ source: ['churn'] });
  const { FailedEntryCount, Entries } = await put(
    { ...EVENT, Detail: '[1]' },
    { ...EVENT, Source: 'aws.sagemaker' },
    { ...EVENT, DetailType: undefined },
    EVENT,
  );
  expect(FailedEntryCount).toBe(3);
  expect(Entries).toEqual([
    { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' },
    { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' },
    {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: 'Parameter DetailType is not valid. Reason: DetailType is a required argument.',
    },
    { EventId: expect.any(String) as string },
  ]);
  expect(await stacks.messages('events')).toHaveLength(1);
});

test.each<[string, PutEventsRequestEntry[], string]>([
  ['without entries', [], 'Member must have length greater than or equal to 1'],
  [
    'with more than ten entries',
    Array.from({ length: 11 }, () => EVENT),
    'Member must have length less than or equal to 10',
  ],
  ['for an event bus that does not exist', [{ ...EVENT, EventBusName: 'orders' }], 'Event bus orders does not exist.'],
])('A request %s is rejected', async (_, entries, message) => {
  await expect(put(...entries)).rejects.toThrow(message);
});

test('A role needs permission for the source of its events', async () => {
  await service.restart({ enforceIam: true });
  const trust = { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::000000000000:root' }, Action: 'sts:AssumeRole' };
  const allow = {
    ...{
      Effect: 'Allow',
      Action: 'events:PutEvents',
      Resource: 'arn:aws:events:us-east-1:000000000000:event-bus/default',
    },
    Condition: { StringEquals: { 'events:source': 'churn' } },
  };
  const document = (Statement: object): object => ({ Version: '2012-10-17', Statement });
  const Policies = [{ PolicyName: 'events', PolicyDocument: document(allow) }];
  const Properties = { RoleName: 'publisher', AssumeRolePolicyDocument: document(trust), Policies };
  expect(await stacks.create({ Role: { Type: 'AWS::IAM::Role', Properties } })).toBe('CREATE_COMPLETE');
  const client = service.client(EventBridgeClient, 'us-east-1', await service.assumeRole('publisher'));
  expect((await client.send(new PutEventsCommand({ Entries: [EVENT] }))).FailedEntryCount).toBe(0);
  const other = new PutEventsCommand({ Entries: [EVENT, { ...EVENT, Source: 'other' }] });
  await expect(client.send(other)).rejects.toThrow('is not authorized to perform: events:PutEvents');
});
