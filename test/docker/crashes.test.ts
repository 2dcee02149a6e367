import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeTrainingJobCommand,
  ListEndpointsCommand,
  ListTrainingJobsCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import * as path from 'node:path';
import { type CommandResult, LocalMachine, containers, outputOf, until } from './local-machine';

/** A moment of a deployment at which the service is killed. */
interface Phase {
  /** The context of the deployment that comes first; none by default. */
  readonly before?: Record<string, string>;
  readonly context?: Record<string, string>;
  readonly command?: 'deploy' | 'destroy';
  readonly isReached: () => Promise<boolean>;
}

let machine: LocalMachine;

beforeEach(async () => {
  machine = new LocalMachine(path.join(__dirname, 'fixtures', 'crash-app', 'app.ts'));
  await machine.up();
});
afterEach(async () => {
  await machine.remove();
});

interface Job {
  readonly name: string;
  readonly status?: string;
  readonly phase?: string;

  /** The number of its transitions to a final status. */
  readonly ends: number;
}

async function jobs(): Promise<Job[]> {
  const client = machine.client(SageMakerClient);
  const { TrainingJobSummaries: all = [] } = await client.send(new ListTrainingJobsCommand({}));
  return Promise.all(
    all.map(async ({ TrainingJobName: name = '' }) => {
      const job = await client.send(new DescribeTrainingJobCommand({ TrainingJobName: name }));
      const { SecondaryStatusTransitions: transitions = [] } = job;
      const ends = transitions.filter(({ Status = '' }) => ['Completed', 'Stopped', 'Failed'].includes(Status)).length;
      return { name, status: job.TrainingJobStatus, phase: job.SecondaryStatus, ends };
    }),
  );
}

async function endpoints(): Promise<(string | undefined)[]> {
  const { Endpoints = [] } = await machine.client(SageMakerClient).send(new ListEndpointsCommand({}));
  return Endpoints.map(({ EndpointStatus }) => EndpointStatus);
}

async function stackStatus(): Promise<string> {
  const client = machine.client(CloudFormationClient);
  const { Stacks = [] } = await client
    .send(new DescribeStacksCommand({ StackName: 'Crash' }))
    .catch(() => ({ Stacks: [] }));
  return Stacks[0]?.StackStatus ?? 'none';
}

async function invoke(result: CommandResult): Promise<string> {
  const EndpointName = outputOf(result, 'Crash', 'EndpointName');
  const command = new InvokeEndpointCommand({ EndpointName, Body: 'hello' });
  return Buffer.from((await machine.client(SageMakerRuntimeClient).send(command)).Body).toString();
}

/** Whether the engine is building: the Dockerfile runs `sleep`. */
function isBuilding(): Promise<boolean> {
  return Promise.resolve(spawnSync('pgrep', ['-f', 'sleep 4.5']).status === 0);
}

const inPhase = (phase: string) => async (): Promise<boolean> => (await jobs()).some((job) => job.phase === phase);
const withEndpoint = (status: string) => async (): Promise<boolean> => (await endpoints()).includes(status);
const inStack = (status: string) => async (): Promise<boolean> => (await stackStatus()).includes(status);

test.each<[string, Phase]>([
  ['an image is built', { context: { build: '4.5' }, isReached: isBuilding }],
  ['a job starts', { isReached: async () => (await jobs()).length > 0 }],
  ['a job trains', { context: { way: 'sleeps' }, isReached: inPhase('Training') }],
  ['a model is uploaded', { context: { way: 'makes-much' }, isReached: inPhase('Uploading') }],
  ['a job reports its completion', { isReached: inPhase('Completed') }],
  ['an endpoint is created', { context: { delay: '3' }, isReached: withEndpoint('Creating') }],
  ['an endpoint is updated', { before: {}, context: { delay: '3' }, isReached: withEndpoint('Updating') }],
  [
    'an update is rolled back',
    // The rollback takes only a few milliseconds: the service may also be killed directly after it.
    { before: {}, context: { delay: 'broken' }, isReached: inStack('UPDATE_ROLLBACK') },
  ],
  ['a stack is deleted', { before: {}, command: 'destroy', isReached: inStack('DELETE_IN_PROGRESS') }],
])('A local service that is killed while %s is consistent after it is started again', async (title, phase) => {
  const { before, context = {}, command = 'deploy', isReached } = phase;
  // A cached image would not be built again.
  const unique: Record<string, string> = title.includes('built') ? { mark: randomUUID() } : {};
  const first = before === undefined ? undefined : await machine.cdk('deploy', before);
  const countBefore = (await jobs()).length;
  const interrupted = machine.cdk(command, { ...context, ...unique });
  await until(isReached, 10);
  await machine.end('SIGKILL');
  machine.killCommands();
  await interrupted;
  await machine.up();
  await until(async () => !(await stackStatus()).endsWith('_IN_PROGRESS'));

  const healthy = context.delay === 'broken' ? (before ?? {}) : context;
  const after = await machine.cdk('deploy', { ...healthy, ...unique });
  expect([first?.code ?? 0, after.code, await invoke(after), await endpoints()]).toEqual([
    0,
    0,
    'hello',
    ['InService'],
  ]);
  const all = await jobs();
  expect(all.every(({ status }) => status !== 'InProgress' && status !== 'Stopping')).toBe(true);
  // Each job has ended once. A stack that did not exist before is created and trained again; another one is not trained again.
  expect(all.map(({ ends }) => ends)).toEqual(all.map(() => 1));
  const isNew = before === undefined || command === 'destroy';
  expect(all.length).toBeLessThanOrEqual(countBefore + (before === undefined ? 2 : isNew ? 1 : 0));
  expect(containers().length).toBe(1);
  await machine.byoa('down');
  expect(containers()).toEqual([]);
});
