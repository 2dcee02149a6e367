import {
  CloudFormationClient,
  ContinueUpdateRollbackCommand,
  CreateChangeSetCommand,
  CreateStackCommand,
  DescribeChangeSetCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { ServiceFixture } from '../fixture';
import { StackClient, parameter } from './stack-client';

const NAME = '/churn/deployed';
const ROLE = 'arn:aws:iam::000000000000:role/cdk-hnb659fds-cfn-exec-role-000000000000-us-east-1';

const service = ServiceFixture.forEachTest();
const stack = new StackClient(service);

async function put(Name: string, Value: string): Promise<void> {
  await service.client(SSMClient).send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
}

async function valueOf(Name: string): Promise<string | undefined> {
  const read = service.client(SSMClient).send(new GetParameterCommand({ Name }));
  return (await read.catch(() => undefined))?.Parameter?.Value;
}

/** Resources whose creation is in progress until a signal arrives. */
const waiting = (more: object = {}): object => ({
  Handle: { Type: 'AWS::CloudFormation::WaitConditionHandle' },
  Wait: {
    Type: 'AWS::CloudFormation::WaitCondition',
    Properties: { Handle: { Ref: 'Handle' }, Timeout: 600 },
    ...more,
  },
});

/** The URL that a signal is sent to, as soon as the wait condition waits. */
async function handleUrl(): Promise<string> {
  for (;;) {
    const command = new DescribeStackResourcesCommand({ StackName: 'Stack', LogicalResourceId: 'Handle' });
    const { StackResources: [handle] = [] } = await service.cloudformation.send(command);
    const { PhysicalResourceId: url = '' } = handle ?? {};
    if (url !== '') return url;
    await new Promise(setImmediate);
  }
}

/** Fails the wait condition. */
async function fail(url: string): Promise<void> {
  await fetch(url, { method: 'PUT', body: JSON.stringify({ Status: 'FAILURE', UniqueId: '1', Reason: 'A test' }) });
}

/** A stack with resources that exist while the parameter does not say `none`. */
const hosting = (more: object = {}): object => ({
  Parameters: { Version: { Type: 'AWS::SSM::Parameter::Value<String>', Default: NAME } },
  Conditions: { IsReleased: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Version' }, 'none'] }] } },
  Resources: {
    Always: parameter('/always', 'x', { DependsOn: 'Model' }),
    Model: parameter('/model', { Ref: 'Version' }, { Condition: 'IsReleased' }),
    ...more,
  },
  Outputs: {
    Model: { Value: { 'Fn::GetAtt': ['Model', 'Value'] }, Condition: 'IsReleased' },
    Mode: { Value: { 'Fn::If': ['IsReleased', { Ref: 'Version' }, 'idle'] } },
  },
});

const resolvedValue = async (): Promise<string | undefined> => (await stack.describe()).Parameters?.[0].ResolvedValue;

describe('An update with the previous template', () => {
  test('reads the SSM parameter again, creates the conditional resources, and deletes them when the condition ends', async () => {
    await put(NAME, 'none');
    const created = await stack.create(hosting());
    expect([created.StackStatus, created.Outputs, await valueOf('/model')]).toMatchObject([
      'CREATE_COMPLETE',
      [{ OutputKey: 'Mode', OutputValue: 'idle' }],
      undefined,
    ]);
    await put(NAME, 'arn:one');
    const released = await stack.update();
    expect([released.StackStatus, await valueOf('/model')]).toEqual(['UPDATE_COMPLETE', 'arn:one']);
    expect(released.Outputs?.map(({ OutputValue }) => OutputValue)).toEqual(['arn:one', 'arn:one']);
    expect(released.Parameters).toMatchObject([
      { ParameterKey: 'Version', ParameterValue: NAME, ResolvedValue: 'arn:one' },
    ]);
    await put(NAME, 'none');
    expect((await stack.update()).StackStatus).toBe('UPDATE_COMPLETE');
    expect([await valueOf('/model'), await valueOf('/always')]).toEqual([undefined, 'x']);
  });

  test('is rejected without a change, also if another parameter in Parameter Store has changed', async () => {
    await put(NAME, 'arn:one');
    await stack.create(hosting());
    await put('/other', '1');
    await expect(stack.update()).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'No updates are to be performed.',
    });
  });

  test('is rejected if only a parameter has changed on which nothing depends', async () => {
    const given = (ParameterValue: string): object => ({ Parameters: [{ ParameterKey: 'Unused', ParameterValue }] });
    const Parameters = { Unused: { Type: 'String' } };
    await stack.create({ Parameters, Resources: { A: parameter('/a', '1') } }, given('1'));
    await expect(stack.update(given('2'))).rejects.toThrow('No updates are to be performed.');
  });

  test('is rejected in the words of CloudFormation if the SSM parameter does not exist', async () => {
    const missing = `Unable to fetch parameters [${NAME}] from parameter store for this account.`;
    await expect(stack.create(hosting())).rejects.toMatchObject({ name: 'ValidationError', message: missing });
  });

  test('that fails returns to the version before, with its resolved value', async () => {
    await put(NAME, 'arn:one');
    const failing = parameter('/fail', { Ref: 'Version' });
    const template = { ...hosting(), Resources: { Model: parameter('/model', { Ref: 'Version' }), Failing: failing } };
    (template.Resources.Failing as Record<string, unknown>).DependsOn = 'Model';
    (failing as { Properties: Record<string, unknown> }).Properties.AllowedPattern = 'arn:one';
    const outputs = { ...template, Outputs: undefined };
    await stack.create(outputs);
    await put(NAME, 'arn:two');
    const { StackStatus } = await stack.update();
    expect([StackStatus, await resolvedValue(), await valueOf('/model')]).toEqual([
      'UPDATE_ROLLBACK_COMPLETE',
      'arn:one',
      'arn:one',
    ]);
    const events = await stack.events();
    expect(events.find(({ ResourceStatus }) => /_FAILED$/.test(ResourceStatus ?? ''))).toMatchObject({
      LogicalResourceId: 'Failing',
      ResourceType: 'AWS::SSM::Parameter',
      ResourceStatus: 'UPDATE_FAILED',
      ResourceStatusReason: expect.stringContaining('does not match the allowed pattern') as string,
    });
    expect(events.find(({ ResourceStatus }) => ResourceStatus === 'UPDATE_ROLLBACK_IN_PROGRESS')).toMatchObject({
      ResourceStatusReason: 'The following resource(s) failed to update: [Failing]. ',
    });
  });

  test('returns the template that it keeps', async () => {
    await put(NAME, 'none');
    await stack.create(hosting());
    const { TemplateBody = '' } = await service.cloudformation.send(new GetTemplateCommand({ StackName: 'Stack' }));
    expect(JSON.parse(TemplateBody)).toEqual(hosting());
  });
});

describe('A parameter', () => {
  const typed = (Type: string, more: object = {}): object => ({
    Parameters: { P: { Type, ...more } },
    Resources: { A: parameter('/a', { 'Fn::Join': ['|', { Ref: 'P' }] }) },
  });
  const given = (ParameterValue: string): object => ({ Parameters: [{ ParameterKey: 'P', ParameterValue }] });

  test.each([
    ['CommaDelimitedList', 'a, b', 'a|b'],
    ['List<Number>', '1,2', '1|2'],
  ])('of the type %s is a list', async (type, value, expected) => {
    await stack.create(typed(type), given(value));
    expect(await valueOf('/a')).toBe(expected);
  });

  test('of Parameter Store can be a list', async () => {
    await put('/list', 'a,b');
    await stack.create(typed('AWS::SSM::Parameter::Value<List<String>>'), given('/list'));
    expect(await valueOf('/a')).toBe('a|b');
  });

  test.each<[string, string, object, string, string]>([
    [
      'of another type',
      'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>',
      {},
      'x',
      'does not support the type AWS::SSM',
    ],
    ['with another value', 'String', { AllowedValues: ['a'] }, 'b', "Parameter 'P' must be one of AllowedValues"],
    ['with another pattern', 'String', { AllowedPattern: 'a+' }, 'b', 'Parameter P failed to satisfy constraint'],
    ['that cannot be converted to a number', 'Number', {}, 'b', 'Parameter P failed to satisfy constraint'],
  ])('%s is rejected', async (_, type, more, value, message) => {
    await expect(stack.create(typed(type, more), given(value))).rejects.toThrow(message);
  });

  test('without a value, and one that the template does not have, are rejected with their names', async () => {
    await expect(stack.create(typed('String'))).rejects.toThrow('Parameters: [P] must have values');
    const unknown = { Parameters: [{ ParameterKey: 'Q', ParameterValue: '1' }] };
    await expect(stack.create(typed('String'), unknown)).rejects.toThrow(
      'Parameters: [Q] do not exist in the template',
    );
  });

  test('of which the previous value is used needs one', async () => {
    await stack.create({ Resources: { A: parameter('/a', '1') } });
    const Parameters = [{ ParameterKey: 'P', UsePreviousValue: true }];
    await expect(stack.updateTo(typed('String', { Default: 'x' }), { Parameters })).rejects.toThrow(
      'Cannot specify usePreviousValue as true for a parameter key not in the previous template',
    );
  });

  test('with NoEcho is not returned', async () => {
    const template = { Parameters: { P: { Type: 'String', NoEcho: true } }, Resources: { A: parameter('/a', '1') } };
    const { Parameters } = await stack.create(template, given('secret'));
    expect(Parameters).toEqual([{ ParameterKey: 'P', ParameterValue: '****' }]);
  });
});

describe('A template', () => {
  test('that references a resource whose condition does not hold is rejected before the update', async () => {
    await put(NAME, 'arn:one');
    await stack.create(hosting({ Reader: parameter('/reader', { Ref: 'Model' }) }));
    await put(NAME, 'none');
    await expect(stack.update()).rejects.toThrow(
      'Template format error: Unresolved resource dependencies [Model] in the Resources block of the template',
    );
    expect(await valueOf('/model')).toBe('arn:one');
  });

  test('may reference it in the branch that another condition selects', async () => {
    await put(NAME, 'none');
    const reader = parameter('/reader', { 'Fn::If': ['IsReleased', { Ref: 'Model' }, 'idle'] });
    expect((await stack.create(hosting({ Reader: reader }))).StackStatus).toBe('CREATE_COMPLETE');
    expect(await valueOf('/reader')).toBe('idle');
  });

  test('with conditions of conditions creates an alarm and leaves out properties', async () => {
    const conditions = {
      Parameters: { Stage: { Type: 'String', Default: 'dev' } },
      Conditions: {
        IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
        IsTest: { 'Fn::Equals': [{ Ref: 'Stage' }, 'test'] },
        IsWatched: { 'Fn::Or': [{ Condition: 'IsProd' }, { Condition: 'IsTest' }] },
        IsQuiet: { 'Fn::And': [{ 'Fn::Not': [{ Condition: 'IsWatched' }] }, { 'Fn::Equals': ['a', 'a'] }] },
      },
      Resources: {
        Alarm: {
          Type: 'AWS::CloudWatch::Alarm',
          Condition: 'IsWatched',
          Properties: {
            ...{ AlarmName: 'errors', Namespace: 'N', MetricName: 'M', Statistic: 'Sum', Period: 60 },
            ...{ EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' },
            AlarmDescription: { 'Fn::If': ['IsProd', 'wakes somebody', { Ref: 'AWS::NoValue' }] },
          },
        },
        Quiet: parameter('/quiet', 'x', { Condition: 'IsQuiet', DependsOn: 'Alarm' }),
      },
    };
    await stack.create(conditions);
    expect(await valueOf('/quiet')).toBe('x');
    const stage = (ParameterValue: string): object => ({ Parameters: [{ ParameterKey: 'Stage', ParameterValue }] });
    expect((await stack.update(stage('test'))).StackStatus).toBe('UPDATE_COMPLETE');
    expect(await valueOf('/quiet')).toBeUndefined();
    const { StackResources = [] } = await describeResources();
    expect(StackResources.map(({ LogicalResourceId }) => LogicalResourceId)).toEqual(['Alarm']);
  });

  async function describeResources(): Promise<{ StackResources?: { LogicalResourceId?: string }[] }> {
    return service.cloudformation.send(new DescribeStackResourcesCommand({ StackName: 'Stack' }));
  }

  test('without a body and without the previous one is rejected', async () => {
    await stack.create({ Resources: { A: parameter('/a', '1') } });
    const command = new UpdateStackCommand({ StackName: 'Stack' });
    await expect(service.cloudformation.send(command)).rejects.toThrow(
      'Either Template URL or Template Body must be specified.',
    );
  });
});

describe('A parameter that a template owns', () => {
  const template = (Value: string, more: object = {}): object => ({
    Resources: { A: parameter('/a', Value), B: { Type: 'AWS::SNS::Topic', ...more } },
  });

  test('keeps a value that was set by hand while the template and the tags of the stack do not change it', async () => {
    await stack.create(template('1'));
    await put('/a', 'by hand');
    await stack.updateTo(template('1', { Properties: { TopicName: 'b' } }));
    expect(await valueOf('/a')).toBe('by hand');
  });

  test('keeps its value while an update does not mention the tags of the stack, which stay', async () => {
    const Tags = [{ Key: 'team', Value: 'ml' }];
    await stack.create(template('1'), { Tags });
    await put('/a', 'by hand');
    expect((await stack.updateTo(template('1', { Properties: { TopicName: 'b' } }))).Tags).toEqual(Tags);
    expect(await valueOf('/a')).toBe('by hand');
    expect((await stack.update({ Tags: [] })).Tags).toEqual([]);
  });

  test('gets the value of the template back when a tag of the stack changes', async () => {
    await stack.create(template('1'));
    await put('/a', 'by hand');
    expect((await stack.update({ Tags: [{ Key: 'team', Value: 'ml' }] })).StackStatus).toBe('UPDATE_COMPLETE');
    expect(await valueOf('/a')).toBe('1');
  });
});

describe('A request token', () => {
  const ClientRequestToken = 'token-1';
  const template = (Value: string): object => ({ Resources: { A: parameter('/a', Value) } });

  test('that is repeated has no second effect, and is a part of the events', async () => {
    await put(NAME, 'none');
    await stack.create(hosting());
    await put(NAME, 'arn:one');
    await stack.update({ ClientRequestToken });
    const before = (await stack.events()).length;
    // Another update would now find a change.
    await put(NAME, 'arn:two');
    await stack.update({ ClientRequestToken });
    const events = await stack.events();
    expect([events.length, await valueOf('/model')]).toEqual([before, 'arn:one']);
    const ofUpdate = events.filter((event) => event.ClientRequestToken === ClientRequestToken);
    expect(ofUpdate.map(({ LogicalResourceId }) => LogicalResourceId)).toEqual([
      ...['Stack', 'Model', 'Model', 'Stack', 'Stack'],
    ]);
  });

  test('of another request is rejected', async () => {
    await stack.create(template('1'), { ClientRequestToken });
    await expect(stack.updateTo(template('2'), { ClientRequestToken })).rejects.toMatchObject({
      name: 'TokenAlreadyExistsException',
    });
  });
});

describe('A stack', () => {
  test('with an operation in progress is described to the session of the CDK that has started it when it has ended, and to others at once', async () => {
    const cdk = (accessKeyId: string): CloudFormationClient =>
      new CloudFormationClient({
        endpoint: service.url,
        region: 'us-east-1',
        credentials: { accessKeyId, secretAccessKey: 'local' },
        customUserAgent: [['aws-cdk/2.1148.1']],
      });
    const [deploying, other] = [cdk('local'), cdk('other')];
    const TemplateBody = JSON.stringify({ Resources: waiting() });
    await deploying.send(new CreateStackCommand({ StackName: 'Stack', TemplateBody }));
    const command = new DescribeStacksCommand({ StackName: 'Stack' });
    const described = deploying.send(command);
    expect((await stack.describe()).StackStatus).toBe('CREATE_IN_PROGRESS');
    expect((await other.send(command)).Stacks?.[0].StackStatus).toBe('CREATE_IN_PROGRESS');
    await fail(await handleUrl());
    expect((await described).Stacks?.[0].StackStatus).toBe('ROLLBACK_COMPLETE');
  });

  test('with an operation in progress cannot be updated, also not by a change set', async () => {
    await stack.create({ Resources: { A: parameter('/a', '1') } });
    const Resources = { A: parameter('/a', '1'), ...waiting() };
    const send = (TemplateBody: string): Promise<unknown> =>
      service.cloudformation.send(new UpdateStackCommand({ StackName: 'Stack', TemplateBody }));
    await send(JSON.stringify({ Resources }));
    const busy =
      /^Stack:arn:aws:cloudformation:.*:stack\/Stack\/.* is in UPDATE_IN_PROGRESS state and can not be updated\.$/;
    await expect(send(JSON.stringify({ Resources }))).rejects.toThrow(busy);
    const TemplateBody = JSON.stringify({ Resources: { A: parameter('/a', '2') } });
    const command = new CreateChangeSetCommand({ StackName: 'Stack', ChangeSetName: 'changes', TemplateBody });
    await expect(service.cloudformation.send(command)).rejects.toThrow(busy);
    await fail(await handleUrl());
    expect((await stack.settled()).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  });

  test('keeps the role of a request for later updates', async () => {
    const template = (Value: string): object => ({ Resources: { A: parameter('/a', Value) } });
    expect((await stack.create(template('1'), { RoleARN: ROLE })).RoleARN).toBe(ROLE);
    expect((await stack.updateTo(template('2'))).RoleARN).toBe(ROLE);
  });

  test('with roles requires the capability in every update', async () => {
    const role = (properties: object): object => ({
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
        ...properties,
      },
    });
    const named = { Resources: { Role: role({ RoleName: 'name' }) } };
    const Capabilities = ['CAPABILITY_NAMED_IAM' as const];
    await expect(stack.create(named)).rejects.toMatchObject({
      name: 'InsufficientCapabilitiesException',
      message: 'Requires capabilities : [CAPABILITY_NAMED_IAM]',
    });
    expect((await stack.create(named, { Capabilities })).Capabilities).toEqual(Capabilities);
    const generated = { Resources: { Role: role({}) } };
    await expect(stack.updateTo(generated)).rejects.toThrow('Requires capabilities : [CAPABILITY_IAM]');
    const { StackStatus } = await stack.updateTo(generated, { Capabilities: ['CAPABILITY_IAM'] });
    expect(StackStatus).toBe('UPDATE_COMPLETE');
  });
});

describe('A change set', () => {
  async function createChangeSet(ChangeSetName: string): Promise<{ Status?: string; ResolvedValue?: string }> {
    const TemplateBody = JSON.stringify(hosting());
    const Parameters = [{ ParameterKey: 'Version', UsePreviousValue: true }];
    await service.cloudformation.send(
      new CreateChangeSetCommand({ StackName: 'Stack', ChangeSetName, TemplateBody, Parameters, RoleARN: ROLE }),
    );
    const described = await describeChangeSet(ChangeSetName);
    return { Status: described.Status, ResolvedValue: described.Parameters?.[0].ResolvedValue };
  }
  const describeChangeSet = (ChangeSetName: string): ReturnType<typeof send> => send(ChangeSetName);
  const send = (ChangeSetName: string) =>
    service.cloudformation.send(new DescribeChangeSetCommand({ StackName: 'Stack', ChangeSetName }));
  const execute = (ChangeSetName: string, ClientRequestToken?: string): Promise<unknown> =>
    service.cloudformation.send(new ExecuteChangeSetCommand({ StackName: 'Stack', ChangeSetName, ClientRequestToken }));

  beforeEach(async () => {
    await put(NAME, 'arn:one');
    await stack.create(hosting());
  });

  test('of the same template has changes as soon as the SSM parameter has another value', async () => {
    expect((await createChangeSet('first')).Status).toBe('FAILED');
    await put(NAME, 'arn:two');
    expect(await createChangeSet('second')).toEqual({ Status: 'CREATE_COMPLETE', ResolvedValue: 'arn:two' });
    await execute('second', 'token');
    await execute('second', 'token');
    expect([(await stack.settled()).RoleARN, await valueOf('/model')]).toEqual([ROLE, 'arn:two']);
  });

  test('is obsolete after another update', async () => {
    await put(NAME, 'arn:two');
    await createChangeSet('first');
    await put(NAME, 'arn:three');
    await stack.update();
    expect((await describeChangeSet('first')).ExecutionStatus).toBe('OBSOLETE');
    await expect(execute('first')).rejects.toMatchObject({ name: 'InvalidChangeSetStatusException' });
    expect(await valueOf('/model')).toBe('arn:three');
  });
});

describe('A rollback', () => {
  /** Updates a parameter, and rolls back while somebody has replaced it with a parameter of another type. */
  async function failRollback(): Promise<{ StackStatus?: string }> {
    await stack.create({ Resources: { A: parameter('/a', '1') } });
    const Resources = { A: parameter('/a', '2'), ...waiting({ DependsOn: 'A' }) };
    const TemplateBody = JSON.stringify({ Resources });
    await service.cloudformation.send(new UpdateStackCommand({ StackName: 'Stack', TemplateBody }));
    const url = await handleUrl();
    await replaceParameter();
    await fail(url);
    return stack.settled();
  }

  async function replaceParameter(): Promise<void> {
    while ((await valueOf('/a')) !== '2') await new Promise(setImmediate);
    await deleteParameter();
    await service.client(SSMClient).send(new PutParameterCommand({ Name: '/a', Value: 'x', Type: 'StringList' }));
  }

  async function deleteParameter(): Promise<void> {
    await service.client(SSMClient).send(new DeleteParameterCommand({ Name: '/a' }));
  }

  async function continueRollback(ResourcesToSkip?: string[]): Promise<{ StackStatus?: string }> {
    await service.cloudformation.send(new ContinueUpdateRollbackCommand({ StackName: 'Stack', ResourcesToSkip }));
    return stack.settled();
  }

  test('that fails names the resource, and can be continued when the cause is fixed', async () => {
    expect(await failRollback()).toMatchObject({
      StackStatus: 'UPDATE_ROLLBACK_FAILED',
      StackStatusReason: 'The following resource(s) failed to update: [A]. ',
    });
    const failed = (await stack.events()).filter(({ ResourceStatus }) => ResourceStatus === 'UPDATE_FAILED');
    expect(failed).toMatchObject([
      {
        LogicalResourceId: 'A',
        ResourceStatusReason: expect.stringContaining('does not support changing a parameter type') as string,
      },
    ]);
    const template = { Resources: { A: parameter('/a', '3') } };
    await expect(stack.updateTo(template)).rejects.toThrow(
      'is in UPDATE_ROLLBACK_FAILED state and can not be updated.',
    );
    expect((await continueRollback()).StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
    await deleteParameter();
    expect((await continueRollback()).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await valueOf('/a')).toBe('1');
  });

  test('leaves a resource as it is that the request skips, after which the stack can be updated', async () => {
    await failRollback();
    await expect(continueRollback(['B'])).rejects.toThrow('ResourcesToSkip must be in the state UPDATE_FAILED');
    expect((await continueRollback(['A'])).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await valueOf('/a')).toBe('x');
    await deleteParameter();
    const { StackStatus } = await stack.updateTo({ Resources: { A: parameter('/a', '3') } });
    expect([StackStatus, await valueOf('/a')]).toEqual(['UPDATE_COMPLETE', '3']);
  });

  test('that was not started, or has succeeded, cannot be continued', async () => {
    await stack.create({ Resources: { A: parameter('/a', '1') } });
    await expect(continueRollback()).rejects.toThrow('is in CREATE_COMPLETE state and can not be rolled back.');
  });
});
