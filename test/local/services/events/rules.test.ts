import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DeleteEndpointCommand } from '@aws-sdk/client-sagemaker';
import { ServiceFixture } from '../fixture';
import { EndpointFixture } from '../sagemaker/endpoint/endpoint-fixture';
import { StackFixture } from '../stack-fixture';

const service = ServiceFixture.forEachTest();
const endpoint = new EndpointFixture(service);

beforeEach(() => endpoint.serve(() => (_, response) => void response.end('1')));

const stacks = new StackFixture(service);

/** Creates a stack with a rule, and returns its status. */
function createRule(properties: object): Promise<string> {
  return stacks.create({ Rule: { Type: 'AWS::Events::Rule', Properties: { Name: 'rule', ...properties } } });
}

const messages = (group: string, count?: number): Promise<string[]> => stacks.messages(group, count);

const PATTERN = {
  source: ['aws.sagemaker'],
  'detail-type': ['SageMaker Endpoint State Change'],
  detail: { EndpointName: ['churn'], EndpointStatus: ['IN_SERVICE', 'DELETED'] },
};
const PIPELINE = 'arn:aws:sagemaker:us-east-1:000000000000:pipeline/churn';
const LOG_GROUP = 'arn:aws:logs:us-east-1:000000000000:log-group:states';

test('A rule delivers the state changes that match its pattern, in the form of Amazon EventBridge', async () => {
  expect(await createRule({ EventPattern: PATTERN, Targets: [{ Id: 'a', Arn: LOG_GROUP }] })).toBe('CREATE_COMPLETE');
  await endpoint.create();
  await service.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'churn' }));
  const [inService, deleted] = (await messages('states', 2)).map((message) => JSON.parse(message) as unknown);
  expect(inService).toEqual({
    version: '0',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    'detail-type': 'SageMaker Endpoint State Change',
    source: 'aws.sagemaker',
    account: '000000000000',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
    region: 'us-east-1',
    resources: ['arn:aws:sagemaker:us-east-1:000000000000:endpoint/churn'],
    detail: expect.objectContaining({
      EndpointName: 'churn',
      EndpointStatus: 'IN_SERVICE',
      EndpointConfigName: 'churn',
      Tags: {},
    }) as object,
  });
  expect((inService as { detail: object }).detail).not.toHaveProperty('config');
  expect(deleted).toMatchObject({ detail: { EndpointStatus: 'DELETED' } });
});

test.each<[string, object, unknown]>([
  ['a part of the event', { InputPath: '$.detail.EndpointName' }, 'churn'],
  ['a constant', { Input: '{"is":"ready"}' }, { is: 'ready' }],
  [
    'a text with parts of the event',
    { InputTransformer: { InputPathsMap: { name: '$.detail.EndpointName' }, InputTemplate: '"<name> is ready"' } },
    'churn is ready',
  ],
  [
    'an object whose texts contain parts of the event',
    {
      InputTransformer: {
        InputPathsMap: { name: '$.detail.EndpointName' },
        InputTemplate: '{"text":"<name> of <aws.events.rule-name>"}',
      },
    },
    { text: 'churn of rule' },
  ],
  [
    'an object with parts of the event',
    { InputTransformer: { InputPathsMap: { name: '$.detail.EndpointName' }, InputTemplate: '{"name":<name>}' } },
    { name: 'churn' },
  ],
])('The input of a topic can be %s', async (_, input, expected) => {
  const Arn = 'arn:aws:sns:us-east-1:000000000000:topic';
  await createRule({ EventPattern: PATTERN, Targets: [{ Id: 'a', Arn, ...input }] });
  await endpoint.create();
  const [message] = await messages('sns/us-east-1/000000000000/topic');
  expect(message).toBe(typeof expected === 'string' ? expected : JSON.stringify(expected));
});

test('A rule that is disabled delivers nothing', async () => {
  await createRule({ EventPattern: PATTERN, State: 'DISABLED', Targets: [{ Id: 'a', Arn: LOG_GROUP }] });
  await endpoint.create();
  const logs = service.client(CloudWatchLogsClient);
  await expect(logs.send(new FilterLogEventsCommand({ logGroupName: 'states' }))).rejects.toThrow('does not exist');
});

test('The failure of a delivery is in a log group of the rule', async () => {
  const Arn = 'arn:aws:lambda:us-east-1:000000000000:function:none';
  await createRule({ EventPattern: PATTERN, Targets: [{ Id: 'a', Arn }] });
  await endpoint.create();
  const [message] = await messages('/aws/events/rule');
  expect(message).toMatch(/was not delivered to arn:aws:lambda:.*: Function not found: /);
});

const ARN = 'arn:aws:sns:us-east-1:000000000000:topic';

test.each<[string, object, string]>([
  [
    'an operator that does not exist',
    { EventPattern: { detail: { ip: [{ starts: 'a' }] } } },
    'Event pattern is not valid. Reason: Unrecognized match type starts',
  ],
  [
    'a target of another service',
    { EventPattern: PATTERN, Targets: [{ Id: 'a', Arn: 'arn:aws:sqs:us-east-1:0:queue' }] },
    'does not support arn:aws:sqs:us-east-1:0:queue as the target of a rule',
  ],
  [
    'a SageMaker pipeline as a target, with parameters',
    {
      EventPattern: PATTERN,
      Targets: [{ Id: 'a', Arn: PIPELINE, SageMakerPipelineParameters: {} }],
    },
    `does not support SageMakerPipelineParameters of the targets of rules and ${PIPELINE} as the target of a rule`,
  ],
  [
    'a dead-letter queue',
    { EventPattern: PATTERN, Targets: [{ Id: 'a', Arn: LOG_GROUP, DeadLetterConfig: {} }] },
    'does not support DeadLetterConfig of the targets of rules',
  ],
  ['another event bus', { EventPattern: PATTERN, EventBusName: 'orders' }, 'does not support the event bus orders'],
  ['an unknown member', { EventPattern: PATTERN, Pattern: {} }, 'does not support Pattern of rules'],
  ['neither a pattern nor a schedule', {}, 'EventPattern or ScheduleExpression must be specified'],
  [
    'a schedule that is not valid',
    { ScheduleExpression: 'cron(0 0 * *)' },
    'Parameter ScheduleExpression is not valid.',
  ],
  [
    'a one-time schedule',
    { ScheduleExpression: 'at(2026-01-01T00:00:00)' },
    'Parameter ScheduleExpression is not valid.',
  ],
  [
    'two inputs of a target',
    { EventPattern: PATTERN, Targets: [{ Id: 'a', Arn: ARN, Input: '1', InputPath: '$.detail' }] },
    'Only one of Input, InputPath and InputTransformer can be specified',
  ],
  [
    'an input that is not JSON',
    { EventPattern: PATTERN, Targets: [{ Id: 'a', Arn: ARN, Input: 'a' }] },
    'Input must be valid JSON',
  ],
])('A rule with %s is rejected', async (_, Properties, reason) => {
  expect(await stacks.failureOf({ Type: 'AWS::Events::Rule', Properties })).toContain(reason);
});
