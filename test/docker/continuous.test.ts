import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  ListModelPackagesCommand,
  ListTrainingJobsCommand,
  type ModelApprovalStatus,
  SageMakerClient,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type CommandResult, LocalMachine, ROOT, outputOf, until } from './local-machine';

const machine = new LocalMachine(path.join(ROOT, 'examples', 'continuous', 'app.ts'));
const DATA = path.join(ROOT, 'assets', 'breast-cancer', 'data');
const GROUP = 'breast-cancer-continuous';

let bucket = '';
let endpoint = '';
let stateMachineArn = '';

beforeAll(() => machine.up());
afterAll(() => machine.remove());

const succeeded = ({ code, output }: CommandResult): void => {
  if (code !== 0) throw new Error(output);
};

async function upload(key: string, lines: string[]): Promise<void> {
  await machine.client(S3Client).send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: lines.join('\n') }));
}

const rows = (set: string): string[] =>
  readFileSync(path.join(DATA, set, `${set}.csv`), 'utf8')
    .trim()
    .split('\n');

/** The same rows with the opposite diagnosis. */
const inverted = (lines: string[]): string[] =>
  lines.map((line) => (line.startsWith('1') ? `0${line.slice(1)}` : `1${line.slice(1)}`));

interface Execution {
  readonly status?: string;
  readonly output?: string;
  readonly cause?: string;
}

/** The outputs and statuses of all executions of the workflow, the oldest first. */
async function executions(): Promise<Execution[]> {
  const client = machine.client(SFNClient);
  const { executions: list = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn }));
  const described = list.map(({ executionArn }) => client.send(new DescribeExecutionCommand({ executionArn })));
  return (await Promise.all(described)).reverse();
}

/** Fires the schedule that looks for new data when the data has settled, and waits for the end of the execution that it starts. */
async function trainOnNewData(): Promise<Execution> {
  const before = (await executions()).length;
  succeeded(await machine.byoa('advance', '6m'));
  succeeded(await machine.byoa('fire', 'RetrainingNewData'));
  // The schedule can have fired itself, so that a second execution was skipped.
  const started = async (): Promise<Execution[]> =>
    (await executions()).slice(before).filter(({ output = 'Train' }) => output.includes('Train'));
  await until(
    async () => (await started()).length > 0 && (await started()).every(({ status }) => status !== 'RUNNING'),
  );
  const [ended] = await started();
  if (ended.status !== 'SUCCEEDED') throw new Error(`The execution has failed: ${ended.cause}`);
  return ended;
}

async function versions(): Promise<{ version?: number; status?: ModelApprovalStatus; arn?: string }[]> {
  const { ModelPackageSummaryList = [] } = await machine
    .client(SageMakerClient)
    .send(
      new ListModelPackagesCommand({ ModelPackageGroupName: GROUP, SortBy: 'CreationTime', SortOrder: 'Ascending' }),
    );
  return ModelPackageSummaryList.map(({ ModelPackageVersion, ModelApprovalStatus, ModelPackageArn }) => ({
    version: ModelPackageVersion,
    status: ModelApprovalStatus,
    arn: ModelPackageArn,
  }));
}

/** The version that the hosting stack has. */
async function released(): Promise<string | undefined> {
  const { Stacks = [] } = await machine
    .client(CloudFormationClient)
    .send(new DescribeStacksCommand({ StackName: 'ContinuousHosting' }));
  const isIdle = Stacks[0]?.StackStatus?.endsWith('_COMPLETE') === true && !Stacks[0].StackStatus.includes('CLEANUP');
  const value = Stacks[0]?.Parameters?.find(({ ParameterValue }) => ParameterValue === '/breast-cancer/released');
  return isIdle ? value?.ResolvedValue?.split('/').at(-1) : undefined;
}

async function predict(): Promise<string> {
  const command = new InvokeEndpointCommand({
    EndpointName: endpoint,
    ContentType: 'text/csv',
    Accept: 'application/json',
    Body: readFileSync(path.join(DATA, 'request.csv')),
  });
  const { Body } = await machine.client(SageMakerRuntimeClient).send(command);
  return Buffer.from(Body).toString();
}

async function jobCount(): Promise<number> {
  const { TrainingJobSummaries = [] } = await machine.client(SageMakerClient).send(new ListTrainingJobsCommand({}));
  return TrainingJobSummaries.length;
}

test('Both stacks are deployed without a version and without an endpoint', async () => {
  const training = await machine.cdk('deploy', {}, 'ContinuousTraining');
  succeeded(training);
  const hosting = await machine.cdk('deploy', {}, 'ContinuousHosting');
  succeeded(hosting);
  bucket = outputOf(training, 'ContinuousTraining', 'DataBucket');
  stateMachineArn = outputOf(training, 'ContinuousTraining', 'StateMachine');
  endpoint = outputOf(hosting, 'ContinuousHosting', 'EndpointName');
  expect(await released()).toBe('none');
  await expect(predict()).rejects.toThrow('not found');
});

let firstPrediction = '';

test('The first data trains, registers and releases version 1', async () => {
  await upload('validation/validation.csv', rows('validation'));
  await upload('train/first.csv', rows('train').slice(0, 150));
  const { status, output } = await trainOnNewData();
  expect([status, JSON.parse(output ?? '{}')]).toMatchObject(['SUCCEEDED', { Gate: { IsAccepted: true } }]);
  expect(await versions()).toMatchObject([{ version: 1, status: 'Approved' }]);
  await until(async () => (await released()) === '1');
  firstPrediction = await predict();
  expect(JSON.parse(firstPrediction)).toHaveProperty('predictions');
});

test('Data that makes the model worse ends as rejected, with both figures, and releases nothing', async () => {
  await upload('train/worse.csv', inverted(rows('train').slice(0, 140)));
  const { status, output } = await trainOnNewData();
  const { Gate } = JSON.parse(output ?? '{}') as { Gate: { Reason: string; IsAccepted: boolean } };
  expect([status, Gate.IsAccepted]).toEqual(['SUCCEEDED', false]);
  expect(Gate.Reason).toMatch(/^validation:auc is [0-9.]+, but/);
  expect([(await versions()).length, await predict()]).toEqual([1, firstPrediction]);
});

test('A burst of good data starts one execution and releases version 2, and no request fails during the release', async () => {
  const jobs = await jobCount();
  await upload('train/worse.csv', rows('train').slice(150, 250));
  await upload('train/second.csv', rows('train').slice(250, 350));
  await upload('train/third.csv', rows('train').slice(350));
  let requests = 0;
  const failures: unknown[] = [];
  let isLoaded = true;
  const load = (async () => {
    while (isLoaded)
      await predict().then(
        () => requests++,
        (error: unknown) => failures.push(error),
      );
  })();
  try {
    expect(await trainOnNewData()).toMatchObject({ status: 'SUCCEEDED' });
    await until(async () => (await released()) === '2');
  } finally {
    isLoaded = false;
    await load;
  }
  expect(failures).toEqual([]);
  expect(requests).toBeGreaterThan(0);
  expect([await jobCount(), (await predict()) === firstPrediction]).toEqual([jobs + 1, false]);
});

test('A rejection of the released version by hand releases the version before it, and an approval the newer one again', async () => {
  const [, second] = await versions();
  const set = (ModelApprovalStatus: ModelApprovalStatus): Promise<unknown> =>
    machine
      .client(SageMakerClient)
      .send(new UpdateModelPackageCommand({ ModelPackageArn: second.arn, ModelApprovalStatus }));
  await set('Rejected');
  await until(async () => (await released()) === '1');
  expect(await predict()).toBe(firstPrediction);
  await set('Approved');
  await until(async () => (await released()) === '2');
  expect((await predict()) === firstPrediction).toBe(false);
});

test('Unchanged stacks are deployed without a job, a release or a change of the released version', async () => {
  const before = [await jobCount(), (await executions()).length, await released()];
  succeeded(await machine.cdk('deploy', {}, 'ContinuousTraining'));
  succeeded(await machine.cdk('deploy', {}, 'ContinuousHosting'));
  expect([await jobCount(), (await executions()).length, await released()]).toEqual(before);
});
