import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
} from '@aws-sdk/client-cloudformation';
import {
  DescribeEndpointCommand,
  type DescribeEndpointCommandOutput,
  ListTagsCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { underLoad } from './lifecycle';
import { LifecycleApp } from './lifecycle-app';
import { succeeded, until } from './local-machine';

const { BUCKET, RELEASE, WORKFLOW } = LifecycleApp;
const lifecycle = new LifecycleApp();
const { machine } = lifecycle;

beforeAll(async () => {
  await machine.up();
  await lifecycle.deployTraining();
  await lifecycle.deployHosting();
});
afterAll(() => machine.remove());

const predict = (): Promise<string> => lifecycle.predict();

const hasReleased = (version: string) => async (): Promise<boolean> => (await lifecycle.released()) === version;

/** The response of the endpoint, and the released and the registered versions. */
async function state(): Promise<object> {
  return {
    response: await predict(),
    released: await lifecycle.released(),
    parameter: await lifecycle.parameter(),
    versions: (await lifecycle.versions()).map(({ status }) => status),
  };
}

let first = '';

test('Two versions that are approved within a second are one release, of the newer one', async () => {
  first = await lifecycle.register({ PREFIX: 'first ' });
  const second = await lifecycle.register({ PREFIX: 'second ' });
  await Promise.all([lifecycle.decide(first, 'Approved'), lifecycle.decide(second, 'Approved')]);
  await until(hasReleased('2'));
  expect(await state()).toEqual({
    response: 'second ?',
    released: '2',
    parameter: '2',
    versions: ['Approved', 'Approved'],
  });
  expect(await lifecycle.updates()).toBe(1);
});

test('Repeated, late and reordered events about approvals release nothing more, and no older version', async () => {
  // The approval of the first version arrives again, after that of the second.
  await lifecycle.decide(first, 'Approved');
  await Promise.all([1, 2, 3].map((id) => lifecycle.start(RELEASE, { id, detail: { ModelPackageArn: first } })));
  await until(async () => !(await lifecycle.isRunning(RELEASE)));
  const executions = await lifecycle.executions(RELEASE);
  expect(executions.length).toBeGreaterThan(4);
  expect(executions.filter(({ status }) => status !== 'SUCCEEDED')).toEqual([]);
  expect([await lifecycle.updates(), await lifecycle.lockHolder(RELEASE)]).toEqual([1, undefined]);
  expect(await state()).toMatchObject({ response: 'second ?', released: '2', parameter: '2' });
});

test('A version whose container does not start is rejected with the reason, and the released one serves all requests', async () => {
  const broken = await lifecycle.register({ DELAY: 'broken' });
  const { responses, failures } = await underLoad(predict, async () => {
    await lifecycle.decide(broken, 'Approved');
    await until(async () => (await lifecycle.describe(broken)).ModelApprovalStatus === 'Rejected');
  });
  expect(failures).toEqual([]);
  expect(responses).toBeGreaterThan(0);
  const { ApprovalDescription } = await lifecycle.describe(broken);
  expect(ApprovalDescription).toMatch(/^The release was rolled back: Endpoint\w* \(AWS::SageMaker::Endpoint\): /);
  expect((await lifecycle.hostingStack())?.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await state()).toEqual({
    response: 'second ?',
    released: '2',
    parameter: '2',
    versions: ['Approved', 'Approved', 'Rejected'],
  });
});

/** A change set of the hosting stack with its template unchanged. */
async function unchanged(): Promise<DescribeChangeSetCommandOutput> {
  const client = machine.client(CloudFormationClient);
  const { Parameters = [], Capabilities } = (await lifecycle.hostingStack()) ?? {};
  const command = new CreateChangeSetCommand({
    StackName: 'Hosting',
    ChangeSetName: 'unchanged',
    UsePreviousTemplate: true,
    Parameters: Parameters.map(({ ParameterKey }) => ({ ParameterKey, UsePreviousValue: true })),
    Capabilities,
    Tags: (await lifecycle.hostingStack())?.Tags,
  });
  const { Id: ChangeSetName } = await client.send(command);
  const describe = (): Promise<DescribeChangeSetCommandOutput> =>
    client.send(new DescribeChangeSetCommand({ ChangeSetName }));
  await until(async () => ['FAILED', 'CREATE_COMPLETE'].includes((await describe()).Status ?? ''));
  return describe();
}

test('A change of a tag keeps the endpoint, and the change set of an unchanged stack is empty and has the released version', async () => {
  const sagemaker = machine.client(SageMakerClient);
  const describe = async (): Promise<DescribeEndpointCommandOutput> =>
    sagemaker.send(new DescribeEndpointCommand({ EndpointName: lifecycle.endpointName }));
  const { EndpointArn, CreationTime } = await describe();
  const before = await state();
  const { failures } = await underLoad(predict, async () =>
    succeeded(await machine.cdk('deploy', { team: 'churn' }, 'Hosting')),
  );
  const team = [{ Key: 'team', Value: 'churn' }];
  expect([failures, (await lifecycle.hostingStack())?.Tags]).toEqual([[], team]);
  expect((await sagemaker.send(new ListTagsCommand({ ResourceArn: EndpointArn }))).Tags).toEqual(team);
  expect(await describe()).toMatchObject({ EndpointArn, CreationTime, EndpointStatus: 'InService' });
  expect(await state()).toEqual(before);

  const { Status, StatusReason, Changes, Parameters = [] } = await unchanged();
  expect([Status, Changes]).toEqual(['FAILED', []]);
  expect(StatusReason).toContain("didn't contain changes");
  const { ResolvedValue } = Parameters.find(({ ParameterValue }) => ParameterValue === '/lifecycle/released') ?? {};
  expect(ResolvedValue).toMatch(/\/lifecycle\/2$/);
  const again = await machine.cdk('deploy', { team: 'churn' }, 'Hosting');
  succeeded(again);
  expect(again.output).toContain('Hosting (no changes)');
  expect(await state()).toEqual(before);
});

test('A quota that an update exceeds rejects no version, and the parameter is set back', async () => {
  await machine.end('SIGINT');
  await machine.up('--endpoint-quota', 'ml.c7i.large=1');
  await until(() =>
    predict().then(
      () => true,
      () => false,
    ),
  );
  const updates = await lifecycle.updates();
  await lifecycle.decide(await lifecycle.register({ PREFIX: 'fourth ' }), 'Approved');
  const isSetBack = async (): Promise<boolean> =>
    (await lifecycle.updates()) > updates &&
    (await lifecycle.released()) === '2' &&
    (await lifecycle.parameter()) === '2';
  await until(isSetBack);
  const failed = (await lifecycle.hostingEvents()).filter(({ ResourceStatus }) => ResourceStatus === 'UPDATE_FAILED');
  expect(failed.at(-1)?.ResourceStatusReason).toContain("The account-level service limit 'ml.c7i.large for endpoint");
  expect(await state()).toEqual({
    response: 'second ?',
    released: '2',
    parameter: '2',
    versions: ['Approved', 'Approved', 'Rejected', 'Approved'],
  });
});

test('A newer version is released at once when the quota suffices again', async () => {
  await machine.end('SIGINT');
  await machine.up();
  await lifecycle.decide(await lifecycle.register({ PREFIX: 'fifth ' }), 'Approved');
  await until(hasReleased('5'));
  expect(await state()).toMatchObject({ response: 'fifth ?', parameter: '5' });
});

test('A release during which the service is killed is repeated when it has been started again', async () => {
  await lifecycle.decide(await lifecycle.register({ PREFIX: 'sixth ' }), 'Approved');
  await until(async () => (await lifecycle.hostingStack())?.StackStatus === 'UPDATE_IN_PROGRESS', 10);
  await machine.end('SIGKILL');
  await machine.up();
  await until(hasReleased('6'));
  await until(async () => !(await lifecycle.isRunning(RELEASE)));
  expect(await state()).toMatchObject({ response: 'sixth ?', parameter: '6' });
  expect((await lifecycle.versions()).at(-1)).toMatchObject({ version: 6, status: 'Approved' });
  expect(await lifecycle.lockHolder(RELEASE)).toBeUndefined();
});

test('The deletion of the training stack alone during an execution stops its job, and the endpoint stays in service', async () => {
  await lifecycle.upload(BUCKET, 'train/way', 'waits');
  const execution = await lifecycle.start(WORKFLOW);
  await until(async () => (await lifecycle.trainingJobs()).includes('InProgress'));
  await lifecycle.delete(BUCKET, 'train/way');
  const { failures } = await underLoad(predict, async () =>
    succeeded(await machine.cdk('destroy', {}, 'Training', '--exclusively')),
  );
  expect([failures, await lifecycle.trainingJobs()]).toEqual([[], ['Stopped']]);
  await expect(lifecycle.execution(execution)).rejects.toThrow('Execution Does Not Exist');
  await expect(lifecycle.lockHolder(WORKFLOW)).rejects.toThrow('Training');
  expect(await state()).toMatchObject({ response: 'sixth ?', released: '6', parameter: '6' });
});
