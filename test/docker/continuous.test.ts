import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { type Execution, Lifecycle, underLoad } from './lifecycle';
import { LocalMachine, ROOT, outputOf, succeeded, until } from './local-machine';

const machine = new LocalMachine(path.join(ROOT, 'examples', 'continuous', 'app.ts'));
const lifecycle = new Lifecycle(machine, {
  group: 'breast-cancer-continuous',
  parameter: '/breast-cancer/released',
  trainingStack: 'ContinuousTraining',
  hostingStack: 'ContinuousHosting',
});
const WORKFLOW = 'breast-cancer-retraining';
const DATA = path.join(ROOT, 'assets', 'breast-cancer', 'data');

let bucket = '';
let endpoint = '';

beforeAll(() => machine.up());
afterAll(() => machine.remove());

const upload = (key: string, lines: string[]): Promise<void> => lifecycle.upload(bucket, key, lines.join('\n'));

const rows = (set: string): string[] =>
  readFileSync(path.join(DATA, set, `${set}.csv`), 'utf8')
    .trim()
    .split('\n');

/** The same rows with the opposite diagnosis. */
const inverted = (lines: string[]): string[] =>
  lines.map((line) => (line.startsWith('1') ? `0${line.slice(1)}` : `1${line.slice(1)}`));

/** Fires the schedule that looks for new data when the data has settled, and waits for the end of the execution that it starts. */
async function trainOnNewData(): Promise<Execution> {
  const before = (await lifecycle.executions(WORKFLOW)).length;
  succeeded(await machine.byoa('advance', '6m'));
  succeeded(await machine.byoa('fire', 'RetrainingNewData'));
  // The schedule can have fired itself, so that a second execution was skipped.
  const started = async (): Promise<Execution[]> =>
    (await lifecycle.executions(WORKFLOW)).slice(before).filter(({ output = 'Train' }) => output.includes('Train'));
  await until(
    async () => (await started()).length > 0 && (await started()).every(({ status }) => status !== 'RUNNING'),
  );
  const [ended] = await started();
  if (ended.status !== 'SUCCEEDED') throw new Error(`The execution has failed: ${ended.cause}`);
  return ended;
}

const predict = (): Promise<string> =>
  lifecycle.invoke({
    EndpointName: endpoint,
    ContentType: 'text/csv',
    Accept: 'application/json',
    Body: readFileSync(path.join(DATA, 'request.csv')),
  });

/** The keys and the contents of the objects that the nightly jobs have written. */
async function scores(): Promise<Record<string, string>> {
  const { Contents = [] } = await machine
    .client(S3Client)
    .send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'scores/' }));
  const texts = Contents.map(async ({ Key = '' }) => [Key, await lifecycle.download(bucket, Key)] as const);
  return Object.fromEntries(await Promise.all(texts));
}

test('Both stacks are deployed without a version and without an endpoint', async () => {
  const training = await machine.cdk('deploy', {}, 'ContinuousTraining');
  succeeded(training);
  const hosting = await machine.cdk('deploy', {}, 'ContinuousHosting');
  succeeded(hosting);
  bucket = outputOf(training, 'ContinuousTraining', 'DataBucket');
  endpoint = outputOf(hosting, 'ContinuousHosting', 'EndpointName');
  expect(await lifecycle.released()).toBe('none');
  await expect(predict()).rejects.toThrow('not found');
  const { code, output } = await machine.byoa('fire', 'NightlySchedule');
  expect(code).not.toBe(0);
  expect(output).toContain('No schedule has the name "NightlySchedule".');
});

let firstPrediction = '';

test('The first data trains, registers and releases version 1', async () => {
  await upload('validation/validation.csv', rows('validation'));
  await upload('train/first.csv', rows('train').slice(0, 150));
  const { status, output } = await trainOnNewData();
  expect([status, JSON.parse(output ?? '{}')]).toMatchObject(['SUCCEEDED', { Gate: { IsAccepted: true } }]);
  expect(await lifecycle.versions()).toMatchObject([{ version: 1, status: 'Approved' }]);
  await until(async () => (await lifecycle.released()) === '1');
  firstPrediction = await predict();
  expect(JSON.parse(firstPrediction)).toHaveProperty('predictions');
});

test('The schedule that exists from the first release scores data with the released version', async () => {
  await upload('unlabeled/rows.csv', readFileSync(path.join(DATA, 'request.csv'), 'utf8').trim().split('\n'));
  succeeded(await machine.byoa('fire', 'NightlySchedule'));
  await until(async () => Object.keys(await scores()).length > 0);
  const [[key, text]] = Object.entries(await scores());
  expect(key).toMatch(/^scores\/[^/]+\/rows\.csv\.out$/);
  const { predictions } = JSON.parse(firstPrediction) as { predictions: { label: string; probability: number }[] };
  expect(text).toBe(predictions.map(({ label, probability }) => `${label},${probability.toFixed(6)}\n`).join(''));
});

test('Data that makes the model worse ends as rejected, with both figures, and releases nothing', async () => {
  await upload('train/worse.csv', inverted(rows('train').slice(0, 140)));
  const { status, output } = await trainOnNewData();
  const { Gate } = JSON.parse(output ?? '{}') as { Gate: { Reason: string; IsAccepted: boolean } };
  expect([status, Gate.IsAccepted]).toEqual(['SUCCEEDED', false]);
  expect(Gate.Reason).toMatch(/^validation:auc is [0-9.]+, but/);
  expect([(await lifecycle.versions()).length, await predict()]).toEqual([1, firstPrediction]);
});

test('A burst of good data starts one execution and releases version 2, and no request fails during the release', async () => {
  const jobs = (await lifecycle.trainingJobs()).length;
  await upload('train/worse.csv', rows('train').slice(150, 250));
  await upload('train/second.csv', rows('train').slice(250, 350));
  await upload('train/third.csv', rows('train').slice(350));
  const { failures, responses } = await underLoad(predict, async () => {
    expect(await trainOnNewData()).toMatchObject({ status: 'SUCCEEDED' });
    await until(async () => (await lifecycle.released()) === '2');
  });
  expect(failures).toEqual([]);
  expect(responses).toBeGreaterThan(0);
  expect([(await lifecycle.trainingJobs()).length, (await predict()) === firstPrediction]).toEqual([jobs + 1, false]);
});

test('A rejection of the released version by hand releases the version before it, and an approval the newer one again', async () => {
  const [, second] = await lifecycle.versions();
  await lifecycle.decide(second.arn, 'Rejected');
  await until(async () => (await lifecycle.released()) === '1');
  expect(await predict()).toBe(firstPrediction);
  await lifecycle.decide(second.arn, 'Approved');
  await until(async () => (await lifecycle.released()) === '2');
  expect((await predict()) === firstPrediction).toBe(false);
});

test('Unchanged stacks are deployed without a job, a release or a change of the released version', async () => {
  const before = [
    (await lifecycle.trainingJobs()).length,
    (await lifecycle.executions(WORKFLOW)).length,
    await lifecycle.released(),
  ];
  succeeded(await machine.cdk('deploy', {}, 'ContinuousTraining'));
  succeeded(await machine.cdk('deploy', {}, 'ContinuousHosting'));
  expect([
    (await lifecycle.trainingJobs()).length,
    (await lifecycle.executions(WORKFLOW)).length,
    await lifecycle.released(),
  ]).toEqual(before);
});
