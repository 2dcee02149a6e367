import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeEndpointCommand, DescribeModelPackageCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import {
  InvokeEndpointAsyncCommand,
  InvokeEndpointCommand,
  type InvokeEndpointCommandInput,
  SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { create } from 'tar';
import { buildBase } from '../corpus';
import { type Execution, Lifecycle } from './lifecycle';
import { type CommandResult, LocalMachine, containers, outputOf, until } from './local-machine';

const machine = new LocalMachine(path.join(__dirname, 'fixtures', 'hosting-app', 'app.ts'));
const directory = mkdtempSync(path.join(tmpdir(), 'hosting-'));
const archive = path.join(directory, 'model.tar.gz');
let deployed: CommandResult;

/** The name of the image that AWS provides, with a tag that AWS does not use. */
const TOOLKIT = '763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:script-server';
const context = { archive, toolkit: TOOLKIT.split(':')[1] };

beforeAll(async () => {
  writeFileSync(path.join(directory, 'name'), 'one of many');
  await create({ gzip: true, cwd: directory, file: archive }, ['name']);
  buildBase();
  execFileSync('docker', ['build', '--quiet', '--tag', TOOLKIT, path.join(__dirname, 'fixtures', 'script-server')]);
  await machine.up();
  deployed = await machine.cdk('deploy', context);
});
afterAll(async () => {
  await machine.remove();
  spawnSync('docker', ['image', 'rm', TOOLKIT]);
});

async function invoke(
  EndpointName: string,
  body: string,
  more: Partial<InvokeEndpointCommandInput> = {},
): Promise<string> {
  const command = new InvokeEndpointCommand({ EndpointName, Body: body, ...more });
  const { Body } = await machine.client(SageMakerRuntimeClient).send(command);
  return Buffer.from(Body).toString().trim();
}

/** The messages of a log group. */
async function messages(logGroupName: string, filterPattern?: string): Promise<string[]> {
  const command = new FilterLogEventsCommand({ logGroupName, filterPattern });
  const { events = [] } = await machine.client(CloudWatchLogsClient).send(command);
  return events.map(({ message = '' }) => message);
}

/** The content of an S3 object, as soon as it exists. */
async function objectContent(uri = ''): Promise<string> {
  const [, , Bucket, ...key] = uri.split('/');
  const command = new GetObjectCommand({ Bucket, Key: key.join('/') });
  const content = async (): Promise<string | undefined> =>
    machine
      .client(S3Client)
      .send(command)
      .then(({ Body }) => Body?.transformToString())
      .catch(() => undefined);
  await until(async () => (await content()) !== undefined);
  return (await content()) ?? '';
}

test('An algorithm with all its stages in one construct is deployed together with other hosting resources', async () => {
  expect([deployed.code, deployed.code === 0 ? '' : deployed.output]).toEqual([0, '']);
  expect(await invoke('whole', 'note')).toBe('first');
  const endpoint = await machine.client(SageMakerClient).send(new DescribeEndpointCommand({ EndpointName: 'whole' }));
  expect(endpoint.ProductionVariants?.[0].CurrentInstanceCount).toBe(2);
});

test('The image of a toolkit runs a script that was added to the model artifact of a training job', async () => {
  expect(await invoke('scripted', 'question')).toBe('first, question');
});

test('Each container of a serial inference pipeline receives the response of the previous one', async () => {
  expect(await invoke('pipeline', '?')).toBe('ab?');
});

test('A container of a direct multi-container endpoint is invoked by its host name', async () => {
  const responses = ['a', 'b'].map((TargetContainerHostname) => invoke('direct', '?', { TargetContainerHostname }));
  expect(await Promise.all(responses)).toEqual(['a?', 'b?']);
});

test('A multi-model endpoint loads the model that is invoked', async () => {
  const TargetModel = outputOf(deployed, 'Hosting', 'Archives');
  expect(await invoke('many', '?', { TargetModel })).toBe('one of many?');
});

test('A variant with weight 0 is invoked only as a target variant', async () => {
  const responses = await Promise.all([...Array(8).keys()].map(() => invoke('weighted', '?')));
  expect(new Set(responses)).toEqual(new Set(['1 ?']));
  expect(await invoke('weighted', '?', { TargetVariant: 'weight0' })).toBe('0 ?');
});

/** The running containers with an environment variable. */
function containersWith(variable: string): string[] {
  const format = '{{.State.Running}} {{range .Config.Env}}{{println .}}{{end}}';
  return containers().filter((id) => {
    const { stdout } = spawnSync('docker', ['inspect', '--format', format, id], { encoding: 'utf8' });
    return stdout.startsWith('true') && stdout.split('\n').some((line) => line.endsWith(variable));
  });
}

test('A container that ends while it serves is replaced, and the endpoint responds again', async () => {
  const [before] = containersWith('PREFIX=1 ');
  spawnSync('docker', ['kill', before]);
  await until(() => Promise.resolve(containersWith('PREFIX=1 ').some((id) => id !== before)));
  await until(async () => (await invoke('weighted', '?').catch(() => '')) === '1 ?');
  expect(await messages('/aws/sagemaker/Endpoints/weighted', 'replaces')).toEqual([
    'The local service replaces the container: it exited with code 137.',
  ]);
});

test('A shadow variant receives a copy of each request, and its responses are discarded', async () => {
  expect(await invoke('shadowed', 'question-1')).toBe('seen question-1');
  await until(async () => (await messages('/aws/sagemaker/Endpoints/shadowed', 'question-1')).length > 0);
  expect(await messages('/aws/sagemaker/Endpoints/shadowed')).toEqual(['received question-1']);
  await expect(invoke('shadowed', '?', { TargetVariant: 'shadow' })).rejects.toThrow('Variant shadow not found');
  const { ShadowProductionVariants: shadows } = await machine
    .client(SageMakerClient)
    .send(new DescribeEndpointCommand({ EndpointName: 'shadowed' }));
  expect(shadows?.map(({ VariantName, CurrentWeight }) => [VariantName, CurrentWeight])).toEqual([['shadow', 1]]);
});

test('Asynchronous inference writes responses to S3 and publishes notifications to topics', async () => {
  const invokeAsync = async (key: string, Body: string) => {
    await machine.client(S3Client).send(new PutObjectCommand({ Bucket: 'responses', Key: key, Body }));
    const InputLocation = `s3://responses/${key}`;
    return machine
      .client(SageMakerRuntimeClient)
      .send(new InvokeEndpointAsyncCommand({ EndpointName: 'later', InputLocation, ContentType: 'text/csv' }));
  };
  const good = await invokeAsync('in/1', 'question');
  expect(await objectContent(good.OutputLocation)).toBe('response to question');
  const bad = await invokeAsync('in/2', 'status 500');
  expect(await objectContent(bad.FailureLocation)).toContain('Received server error (500) from main');

  const topics = ['done', 'failed'].map((topic) => `sns/us-east-1/000000000000/${topic}`);
  await until(async () =>
    (await Promise.all(topics.map((topic) => messages(topic)))).every(({ length }) => length === 1),
  );
  const [[done], [failed]] = await Promise.all(topics.map((topic) => messages(topic)));
  expect(JSON.parse(done)).toMatchObject({
    invocationStatus: 'Completed',
    responseParameters: { outputLocation: good.OutputLocation, contentType: 'text/csv' },
    responseBody: { content: Buffer.from('response to question').toString('base64'), encoding: 'BASE64' },
    inferenceId: good.InferenceId,
  });
  expect(JSON.parse(failed)).toMatchObject({ invocationStatus: 'Failed', inferenceId: bad.InferenceId });
});

describe('A monitor', () => {
  const lifecycle = new Lifecycle(machine, {
    group: '',
    parameter: '',
    trainingStack: 'Hosting',
    hostingStack: 'Hosting',
  });
  const put = (Key: string, Body: string) => lifecycle.upload('watched', Key, Body);

  /** Advances the time until a condition is met: an execution waits between two descriptions of its job. */
  async function later(isMet: () => Promise<boolean>): Promise<void> {
    while (!(await isMet())) await machine.byoa('advance', '1m');
  }

  /** Fires the schedule three hours later, when the captured data is complete, and waits for the outcome. */
  async function analyze(): Promise<Execution> {
    const before = (await lifecycle.executions('drift')).length;
    const { code, output } = await machine.byoa('advance', '3h');
    expect([code, code === 0 ? '' : output]).toEqual([0, '']);
    await machine.byoa('fire', 'DriftSchedule');
    const started = async (): Promise<Execution | undefined> => (await lifecycle.executions('drift')).at(before);
    await later(async () => ![undefined, 'RUNNING'].includes((await started())?.status));
    return (await started())!;
  }
  const alarmState = async (): Promise<string | undefined> => {
    const { MetricAlarms: alarms = [] } = await machine.client(CloudWatchClient).send(new DescribeAlarmsCommand({}));
    return alarms.find(({ MetricName }) => MetricName === 'Violations')?.StateValue;
  };

  test('finds captured requests that the baseline lacks, and its alarm starts a training', async () => {
    await put('baseline/requests', 'known');
    for (const request of ['known', 'drifted', 'known', 'unseen'])
      await invoke('watched', request, { ContentType: 'text/csv' });
    const { status, output = '', cause } = await analyze();
    expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
    expect(JSON.parse(output)).toMatchObject({ SelectData: { HasData: true }, Report: { Violations: 2 } });
    expect(await messages('/aws/sagemaker/ProcessingJobs', 'analyzed')).toEqual([
      expect.stringMatching(/^analyzed 4 requests to watched from \S+:00:00Z to \S+:00:00Z$/),
    ]);
    await later(async () => (await alarmState()) === 'ALARM');
    await later(async () => (await lifecycle.executions('retraining'))[0]?.status === 'SUCCEEDED');
  });

  test('runs no job for hours without requests, and its alarm keeps its state', async () => {
    const jobs = await lifecycle.processingJobs();
    const { status, output = '' } = await analyze();
    expect([status, JSON.parse(output)]).toMatchObject(['SUCCEEDED', { SelectData: { HasData: false } }]);
    expect([await lifecycle.processingJobs(), await alarmState()]).toEqual([jobs, 'ALARM']);
  });
});

test('A model package is approved without a replacement, and endpoints keep their models', async () => {
  const ModelPackageName = outputOf(deployed, 'Hosting', 'Version');
  const describeVersion = () =>
    machine.client(SageMakerClient).send(new DescribeModelPackageCommand({ ModelPackageName }));
  expect(await describeVersion()).toMatchObject({
    ModelApprovalStatus: 'PendingManualApproval',
    ApprovalDescription: 'It is PendingManualApproval',
    CustomerMetadataProperties: { 'seen-as-PendingManualApproval': 'yes' },
  });
  const again = await machine.cdk('deploy', { ...context, status: 'Approved' });
  expect([again.code, outputOf(again, 'Hosting', 'Version')]).toEqual([0, ModelPackageName]);
  expect(await describeVersion()).toMatchObject({
    ModelApprovalStatus: 'Approved',
    ApprovalDescription: 'It is Approved',
    CustomerMetadataProperties: { 'seen-as-Approved': 'yes' },
  });
  expect(await invoke('whole', 'note')).toBe('first');
});

test('A changed hyperparameter trains a new model, and the endpoints are updated to it, with the script', async () => {
  let again: CommandResult | undefined;
  const deployment = machine
    .cdk('deploy', { ...context, status: 'Approved', note: 'second' })
    .then((result) => (again = result));
  // The endpoint has rollback alarms: its baking period takes its full time.
  while (again === undefined) await Promise.race([deployment, machine.byoa('advance', '5m')]);
  expect([(await deployment).code, await invoke('whole', 'note')]).toEqual([0, 'second']);
  expect(await invoke('scripted', 'question')).toBe('second, question');
});

test('A destroyed stack leaves no container', async () => {
  const { code, output } = await machine.cdk('destroy', { ...context, status: 'Approved', note: 'second' });
  expect([code, code === 0 ? '' : output, containers()]).toEqual([0, '', []]);
});
