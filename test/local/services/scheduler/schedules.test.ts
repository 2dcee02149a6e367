import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { ServiceFixture } from '../fixture';
import { StackFixture } from '../stack-fixture';
import { StateMachineFixture } from '../step-functions/state-machine-fixture';

const service = ServiceFixture.forEachTest();
const stacks = new StackFixture(service);
const machine = new StateMachineFixture(service);

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:topic';
const PIPELINE = 'arn:aws:sagemaker:us-east-1:000000000000:pipeline/churn';
const GROUP = 'sns/us-east-1/000000000000/topic';
const RoleArn = 'arn:aws:iam::000000000000:role/scheduler';

/** A schedule that publishes its scheduled time to a topic. */
const schedule = (input: Partial<CreateScheduleCommandInput> = {}): CreateScheduleCommandInput => ({
  Name: 'nightly',
  ScheduleExpression: 'cron(30 2 * * ? *)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: TOPIC, RoleArn, Input: '"<aws.scheduler.scheduled-time>"' },
  ...input,
});

const client = (): SchedulerClient => service.client(SchedulerClient);
const create = (input: Partial<CreateScheduleCommandInput> = {}) =>
  client().send(new CreateScheduleCommand(schedule(input)));

/** The time of the service in some minutes, in the form of one-time schedules. */
const inMinutes = (minutes: number): string => new Date(service.now() + minutes * 60_000).toISOString().slice(0, 19);

describe('A schedule', () => {
  test('uses its target at its times, in its time zone', async () => {
    await create({ ScheduleExpressionTimezone: 'Asia/Tokyo' });
    await service.advance(2 * 86_400);
    const times = await stacks.messages(GROUP, 2);
    expect(times).toHaveLength(2);
    expect(times.every((time) => time.endsWith('T17:30:00Z'))).toBe(true);
  });

  test('with a rate begins at once, or at its start date, and ends at its end date', async () => {
    const ScheduleExpression = 'rate(10 minutes)';
    const [StartDate, EndDate] = [30, 55].map((minutes) => new Date(service.now() + minutes * 60_000));
    const Target = (Input: string) => ({ Arn: TOPIC, RoleArn, Input });
    await create({ Name: 'now', ScheduleExpression, EndDate, Target: Target('"now"') });
    await create({ Name: 'later', ScheduleExpression, StartDate, EndDate, Target: Target('"later"') });
    await service.advance(3600);
    const messages = await stacks.messages(GROUP, 9);
    expect(messages.filter((message) => message === 'now')).toHaveLength(6);
    expect(messages.filter((message) => message === 'later')).toHaveLength(3);
  });

  test('that happens once starts an execution once, and is deleted if it is to be', async () => {
    await machine.create({ A: { Type: 'Succeed' } });
    const Input = '{"id":"<aws.scheduler.execution-id>","arn":"<aws.scheduler.schedule-arn>"}';
    const Target = { Arn: machine.arn, RoleArn, Input };
    await create({ ScheduleExpression: `at(${inMinutes(5)})`, ActionAfterCompletion: 'DELETE', Target });
    await service.advance(3600);
    const { executions = [] } = await machine.client.send(new ListExecutionsCommand({ stateMachineArn: machine.arn }));
    expect(executions).toHaveLength(1);
    const { input = '' } = await machine.describe(executions[0].executionArn ?? '');
    expect(JSON.parse(input)).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      arn: 'arn:aws:scheduler:us-east-1:000000000000:schedule/default/nightly',
    });
    await expect(client().send(new GetScheduleCommand({ Name: 'nightly' }))).rejects.toThrow(
      'Schedule nightly does not exist.',
    );
  });

  test('whose time passes while the service is stopped uses its target after the next start', async () => {
    await create({ ScheduleExpression: `at(${inMinutes(5)})` });
    await service.stop();
    await service.clock.advance(3_600_000);
    await service.start();
    await service.advance(60);
    expect(await stacks.messages(GROUP)).toHaveLength(1);
  });

  test('that is disabled does nothing until it is enabled', async () => {
    await create({ ScheduleExpression: 'rate(1 hour)', State: 'DISABLED' });
    await service.advance(3 * 3600);
    await client().send(new UpdateScheduleCommand(schedule({ ScheduleExpression: 'rate(1 hour)' })));
    await service.advance(3660);
    const times = (await stacks.messages(GROUP)).map((time) => Date.parse(time));
    expect(times.every((time) => time > service.now() - 2 * 3_600_000)).toBe(true);
  });

  test('whose target fails has the reason in its log', async () => {
    const Arn = 'arn:aws:lambda:us-east-1:000000000000:function:none';
    await create({ ScheduleExpression: `at(${inMinutes(1)})`, Target: { Arn, RoleArn } });
    await service.advance(180);
    expect(await stacks.messages('/aws/scheduler/nightly')).toEqual([
      `The target ${Arn} was not invoked: Function not found: ${Arn}`,
    ]);
  });
});

describe('The operations', () => {
  test('return a schedule with its defaults, and replace all of its members', async () => {
    const { ScheduleArn } = await create({ Description: 'first' });
    expect(ScheduleArn).toBe('arn:aws:scheduler:us-east-1:000000000000:schedule/default/nightly');
    await client().send(new UpdateScheduleCommand(schedule({ ScheduleExpression: 'rate(1 day)' })));
    const found = await client().send(new GetScheduleCommand({ Name: 'nightly' }));
    expect(found).toMatchObject({
      ...{ Arn: ScheduleArn, GroupName: 'default', State: 'ENABLED', ScheduleExpression: 'rate(1 day)' },
      ...{ ScheduleExpressionTimezone: 'UTC', ActionAfterCompletion: 'NONE', CreationDate: expect.any(Date) as Date },
    });
    expect(found).not.toHaveProperty('Description');
    await client().send(new DeleteScheduleCommand({ Name: 'nightly' }));
    await expect(client().send(new GetScheduleCommand({ Name: 'nightly' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  test('create a schedule once for the same client token', async () => {
    expect(await create({ ClientToken: 'one' })).toMatchObject({
      ScheduleArn: (await create({ ClientToken: 'one' })).ScheduleArn,
    });
    await expect(create({ ClientToken: 'two' })).rejects.toMatchObject({ name: 'ConflictException' });
  });

  test('list the schedules of a group, in pages', async () => {
    await client().send(new CreateScheduleGroupCommand({ Name: 'jobs' }));
    for (const Name of ['a', 'b', 'c']) await create({ Name, GroupName: Name === 'c' ? 'default' : 'jobs' });
    const first = await client().send(new ListSchedulesCommand({ GroupName: 'jobs', MaxResults: 1 }));
    const second = await client().send(new ListSchedulesCommand({ GroupName: 'jobs', NextToken: first.NextToken }));
    expect([...(first.Schedules ?? []), ...(second.Schedules ?? [])].map(({ Name }) => Name)).toEqual(['a', 'b']);
    expect((await client().send(new ListSchedulesCommand({ NamePrefix: 'c' }))).Schedules).toMatchObject([
      { Name: 'c', GroupName: 'default', State: 'ENABLED', Target: { Arn: TOPIC } },
    ]);
  });

  test('delete a group with its schedules', async () => {
    await client().send(new CreateScheduleGroupCommand({ Name: 'jobs' }));
    await create({ GroupName: 'jobs' });
    expect(await client().send(new GetScheduleGroupCommand({ Name: 'jobs' }))).toMatchObject({ State: 'ACTIVE' });
    await client().send(new DeleteScheduleGroupCommand({ Name: 'jobs' }));
    expect((await client().send(new ListSchedulesCommand({}))).Schedules).toEqual([]);
    expect((await client().send(new ListScheduleGroupsCommand({}))).ScheduleGroups).toMatchObject([
      { Name: 'default' },
    ]);
  });

  test.each<[string, Partial<CreateScheduleCommandInput>, string]>([
    [
      'an expression that is not valid',
      { ScheduleExpression: 'every day' },
      'Unsupported schedule expression: every day',
    ],
    ['an unknown time zone', { ScheduleExpressionTimezone: 'Mars' }, 'Provided timezone Mars is not supported.'],
    [
      'a target of Amazon SQS',
      { Target: { Arn: 'arn:aws:sqs:us-east-1:0:queue', RoleArn } },
      'does not support arn:aws:sqs:us-east-1:0:queue as the target of a schedule',
    ],
    [
      'a universal target',
      { Target: { Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage', RoleArn } },
      'does not support arn:aws:scheduler:::aws-sdk:sqs:sendMessage as the target',
    ],
    [
      'a SageMaker pipeline',
      { Target: { Arn: PIPELINE, RoleArn } },
      `does not support ${PIPELINE} as the target of a schedule`,
    ],
    [
      'parameters of a SageMaker pipeline',
      { Target: { Arn: PIPELINE, RoleArn, SageMakerPipelineParameters: {} } },
      'does not support SageMakerPipelineParameters of the targets of schedules',
    ],
    [
      'parameters of Amazon SQS',
      { Target: { Arn: TOPIC, RoleArn, SqsParameters: {} } },
      'does not support SqsParameters of the targets of schedules',
    ],
    [
      'a window without a length',
      { FlexibleTimeWindow: { Mode: 'FLEXIBLE' } },
      'MaximumWindowInMinutes from 1 to 1440',
    ],
    ['a group that does not exist', { GroupName: 'jobs' }, 'Schedule group jobs does not exist.'],
    [
      'an input of a state machine that is not JSON',
      { Target: { Arn: machine.arn, RoleArn, Input: 'x' } },
      'Input of a state machine must be valid JSON',
    ],
  ])('reject a schedule with %s', async (_, input, message) => {
    await expect(create(input)).rejects.toThrow(message);
  });
});

describe('A stack', () => {
  const resource = (properties: object = {}): object => ({
    Type: 'AWS::Scheduler::Schedule',
    Properties: { ...schedule(), Name: undefined, ...properties },
  });

  test('creates, updates and deletes schedules in a group', async () => {
    const Group = { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: 'jobs' } };
    const GroupName = { Ref: 'Group' };
    expect(await stacks.create({ Group, Weekly: resource({ GroupName }) })).toBe('CREATE_COMPLETE');
    const updated = resource({ GroupName, ScheduleExpression: 'rate(1 day)', State: 'DISABLED' });
    expect(await stacks.update({ Group, Weekly: updated })).toBe('UPDATE_COMPLETE');
    const { Schedules = [] } = await client().send(new ListSchedulesCommand({ GroupName: 'jobs' }));
    expect(Schedules).toMatchObject([{ Name: expect.stringMatching(/^stack-Weekly-/) as string, State: 'DISABLED' }]);
    expect(await stacks.update({ Group })).toBe('UPDATE_COMPLETE');
    expect((await client().send(new ListSchedulesCommand({}))).Schedules).toEqual([]);
  });

  test('with a schedule that starts a SageMaker pipeline fails, and names the pipeline', async () => {
    expect(await stacks.failureOf(resource({ Target: { Arn: PIPELINE, RoleArn } }))).toContain(
      `The local service does not support ${PIPELINE} as the target of a schedule.`,
    );
  });

  test('with a schedule that has an unknown member fails', async () => {
    expect(await stacks.failureOf(resource({ Expression: 'rate(1 day)' }))).toContain(
      'The local service does not support Expression of schedules.',
    );
  });
});

describe('With enforced policies', () => {
  beforeEach(() => service.restart({ enforceIam: true }));

  const role = (Service: string, actions: string[]): object => {
    const document = (statement: object): object => ({ Version: '2012-10-17', Statement: statement });
    const trust = { Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' };
    const PolicyDocument = document({ Effect: 'Allow', Action: actions, Resource: '*' });
    const Policies = actions.length === 0 ? [] : [{ PolicyName: 'policy', PolicyDocument }];
    const Properties = { RoleName: 'scheduler', AssumeRolePolicyDocument: document(trust), Policies };
    return { Type: 'AWS::IAM::Role', Properties };
  };

  test('a schedule uses its target with the permission of its role', async () => {
    await stacks.create({ Role: role('scheduler.amazonaws.com', ['sns:Publish']) });
    await create({ ScheduleExpression: `at(${inMinutes(1)})` });
    await service.advance(180);
    expect(await stacks.messages(GROUP)).toHaveLength(1);
  });

  test('a schedule whose role has no permission does not use its target', async () => {
    await stacks.create({ Role: role('scheduler.amazonaws.com', []) });
    await create({ ScheduleExpression: `at(${inMinutes(1)})` });
    await service.advance(180);
    const [message] = await stacks.messages('/aws/scheduler/nightly');
    expect(message).toContain(`is not authorized to perform: sns:Publish on resource: ${TOPIC}`);
  });

  test('a schedule whose role does not trust EventBridge Scheduler is rejected', async () => {
    await stacks.create({ Role: role('events.amazonaws.com', []) });
    await expect(create()).rejects.toThrow(
      'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
    );
  });
});
