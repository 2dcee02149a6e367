import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DescribeEndpointCommand, DescribeModelPackageCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import {
  InvokeEndpointAsyncCommand,
  InvokeEndpointCommand,
  type InvokeEndpointCommandInput,
  SageMakerRuntimeClient,
} from '@aws-sdk/client-sagemaker-runtime';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { create } from 'tar';
import { type Ended, LocalMachine, containers, outputOf, until } from './local-machine';

const machine = new LocalMachine(path.join(__dirname, 'fixtures', 'hosting-app', 'app.ts'));
const directory = mkdtempSync(path.join(tmpdir(), 'hosting-'));
const archive = path.join(directory, 'model.tar.gz');
let deployed: Ended;

beforeAll(async () => {
  writeFileSync(path.join(directory, 'name'), 'one of many');
  await create({ gzip: true, cwd: directory, file: archive }, ['name']);
  await machine.up();
  deployed = await machine.cdk('deploy', { archive });
});
afterAll(() => machine.remove());

async function ask(
  EndpointName: string,
  question: string,
  more: Partial<InvokeEndpointCommandInput> = {},
): Promise<string> {
  const command = new InvokeEndpointCommand({ EndpointName, Body: question, ...more });
  const { Body } = await machine.client(SageMakerRuntimeClient).send(command);
  return Buffer.from(Body).toString().trim();
}

async function logged(logGroupName: string, filterPattern?: string): Promise<string[]> {
  const command = new FilterLogEventsCommand({ logGroupName, filterPattern });
  const { events = [] } = await machine.client(CloudWatchLogsClient).send(command);
  return events.map(({ message = '' }) => message);
}

async function object(uri = ''): Promise<string> {
  const [, , Bucket, ...key] = uri.split('/');
  const command = new GetObjectCommand({ Bucket, Key: key.join('/') });
  const found = async (): Promise<string | undefined> =>
    machine
      .client(S3Client)
      .send(command)
      .then(({ Body }) => Body?.transformToString())
      .catch(() => undefined);
  await until(async () => (await found()) !== undefined);
  return (await found()) ?? '';
}

test('The whole in one construct is deployed with everything beside it', async () => {
  expect([deployed.code, deployed.code === 0 ? '' : deployed.output]).toEqual([0, '']);
  expect(await ask('whole', 'note')).toBe('first');
  const endpoint = await machine.client(SageMakerClient).send(new DescribeEndpointCommand({ EndpointName: 'whole' }));
  expect(endpoint.ProductionVariants?.[0].CurrentInstanceCount).toBe(2);
});

test('Containers in a row are asked what the one before has answered', async () => {
  expect(await ask('pipeline', '?')).toBe('ab?');
});

test('Containers that callers choose answer alone', async () => {
  const answers = ['a', 'b'].map((TargetContainerHostname) => ask('direct', '?', { TargetContainerHostname }));
  expect(await Promise.all(answers)).toEqual(['a?', 'b?']);
});

test('One container holds many models, and loads the one that is asked for', async () => {
  const TargetModel = outputOf(deployed, 'Hosting', 'Archives');
  expect(await ask('many', '?', { TargetModel })).toBe('one of many?');
});

test('A variant of weight 0 is asked only by its name', async () => {
  const answers = await Promise.all([...Array(8).keys()].map(() => ask('weighted', '?')));
  expect(new Set(answers)).toEqual(new Set(['1 ?']));
  expect(await ask('weighted', '?', { TargetVariant: 'weight0' })).toBe('0 ?');
});

test('A shadow sees what the other variant is asked, and nobody sees its answers', async () => {
  expect(await ask('shadowed', 'question-1')).toBe('seen question-1');
  await until(async () => (await logged('/aws/sagemaker/Endpoints/shadowed', 'question-1')).length > 0);
  expect(await logged('/aws/sagemaker/Endpoints/shadowed')).toEqual(['asked question-1']);
  await expect(ask('shadowed', '?', { TargetVariant: 'shadow' })).rejects.toThrow('Variant shadow not found');
  const { ShadowProductionVariants: shadows } = await machine
    .client(SageMakerClient)
    .send(new DescribeEndpointCommand({ EndpointName: 'shadowed' }));
  expect(shadows?.map(({ VariantName, CurrentWeight }) => [VariantName, CurrentWeight])).toEqual([['shadow', 1]]);
});

test('Answers that come later are objects, and topics are told of them', async () => {
  const later = async (key: string, Body: string) => {
    await machine.client(S3Client).send(new PutObjectCommand({ Bucket: 'answers', Key: key, Body }));
    const InputLocation = `s3://answers/${key}`;
    return machine
      .client(SageMakerRuntimeClient)
      .send(new InvokeEndpointAsyncCommand({ EndpointName: 'later', InputLocation, ContentType: 'text/csv' }));
  };
  const good = await later('in/1', 'question');
  expect(await object(good.OutputLocation)).toBe('answer to question');
  const bad = await later('in/2', 'status 500');
  expect(await object(bad.FailureLocation)).toContain('Received server error (500) from main');

  const topics = ['done', 'failed'].map((topic) => `sns/us-east-1/000000000000/${topic}`);
  await until(async () =>
    (await Promise.all(topics.map((topic) => logged(topic)))).every(({ length }) => length === 1),
  );
  const [[done], [failed]] = await Promise.all(topics.map((topic) => logged(topic)));
  expect(JSON.parse(done)).toMatchObject({
    invocationStatus: 'Completed',
    responseParameters: { outputLocation: good.OutputLocation, contentType: 'text/csv' },
    responseBody: { content: Buffer.from('answer to question').toString('base64'), encoding: 'BASE64' },
    inferenceId: good.InferenceId,
  });
  expect(JSON.parse(failed)).toMatchObject({ invocationStatus: 'Failed', inferenceId: bad.InferenceId });
});

test('A version is approved in place, and the others go on as they are', async () => {
  const ModelPackageName = outputOf(deployed, 'Hosting', 'Version');
  const decided = () => machine.client(SageMakerClient).send(new DescribeModelPackageCommand({ ModelPackageName }));
  expect(await decided()).toMatchObject({
    ModelApprovalStatus: 'PendingManualApproval',
    ApprovalDescription: 'It is PendingManualApproval',
    CustomerMetadataProperties: { 'seen-as-PendingManualApproval': 'yes' },
  });
  const again = await machine.cdk('deploy', { archive, status: 'Approved' });
  expect([again.code, outputOf(again, 'Hosting', 'Version')]).toEqual([0, ModelPackageName]);
  expect(await decided()).toMatchObject({
    ModelApprovalStatus: 'Approved',
    ApprovalDescription: 'It is Approved',
    CustomerMetadataProperties: { 'seen-as-Approved': 'yes' },
  });
  expect(await ask('whole', 'note')).toBe('first');
});

test('Another hyperparameter trains again, and the endpoint of the whole moves to the new model', async () => {
  const again = await machine.cdk('deploy', { archive, status: 'Approved', note: 'second' });
  expect([again.code, await ask('whole', 'note')]).toEqual([0, 'second']);
});

test('What is destroyed leaves no container', async () => {
  const { code, output } = await machine.cdk('destroy', { archive, status: 'Approved', note: 'second' });
  expect([code, code === 0 ? '' : output, containers()]).toEqual([0, '', []]);
});
