import {
  DescribeEndpointCommand,
  DescribeTrainingJobCommand,
  ListEndpointsCommand,
  ListTrainingJobsCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');
const BYOA = path.join(ROOT, 'dist', 'bin', 'byoa.js');
const CDK = path.join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
const APP = path.join(__dirname, 'fixtures', 'local-app', 'app.ts');
const ROWS = readFileSync(path.join(ROOT, 'assets/breast-cancer/data/validation/validation.csv'), 'utf8').split('\n');
const ROW = ROWS[0].slice(2);

const directory = mkdtempSync(path.join(tmpdir(), 'local-'));
const state = path.join(directory, 'state');
let service: ChildProcess;
let url: string;

async function up(): Promise<void> {
  service = spawn(process.execPath, [BYOA, 'local', 'up', '--directory', state, '--port', '0'], { stdio: 'ignore' });
  const file = path.join(state, 'running.json');
  const runs = (): boolean => existsSync(file) && readFileSync(file, 'utf8').includes(`"pid":${service.pid},`);
  await until(runs);
  ({ url } = JSON.parse(readFileSync(file, 'utf8')) as { url: string });
}

async function ended(signal: NodeJS.Signals): Promise<void> {
  const over = new Promise((resolve) => service.once('close', resolve));
  service.kill(signal);
  await over;
}

/** Looks again and again: what is waited for has no event to listen to. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}

function client<T>(Client: new (config: object) => T): T {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return new Client({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 });
}

/** The real `cdk`, through `byoa local run`; nothing of it is told that it does not talk to AWS. */
function cdk(command: string, context: Record<string, string> = {}): Promise<{ code: number; output: string }> {
  const options = Object.entries(context).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const approval = command === 'deploy' ? ['--require-approval', 'never'] : ['--force'];
  const app = ['--app', `${process.execPath} --import tsx ${APP}`, '--output', path.join(directory, 'cdk.out')];
  const words = [process.execPath, CDK, command, ...approval, ...app, ...options];
  const child = spawn(process.execPath, [BYOA, 'local', 'run', '--directory', state, '--', ...words], { cwd: ROOT });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code: code ?? 1, output })));
}

function outputOf(output: string, name: string): string {
  return new RegExp(`Local\\.${name} = (\\S+)`).exec(output)?.[1] ?? '';
}

async function predict(EndpointName: string): Promise<number> {
  const answer = await client(SageMakerRuntimeClient).send(
    new InvokeEndpointCommand({ EndpointName, ContentType: 'text/csv', Body: ROW }),
  );
  return (JSON.parse(Buffer.from(answer.Body).toString()) as { predictions: unknown[] }).predictions.length;
}

async function jobs(): Promise<(string | undefined)[]> {
  const { TrainingJobSummaries = [] } = await client(SageMakerClient).send(new ListTrainingJobsCommand({}));
  return TrainingJobSummaries.map(({ TrainingJobName }) => TrainingJobName);
}

function containers(): string[] {
  const { stdout } = spawnSync('docker', ['ps', '--all', '--quiet', '--filter', 'label=cdk-sagemaker-algorithm.run'], {
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((id) => id !== '');
}

/** What `byoa local status` prints. */
function status(): string {
  return spawnSync(process.execPath, [BYOA, 'local', 'status', '--directory', state], { encoding: 'utf8' }).stdout;
}

let first: { job: string; endpoint: string; config?: string };

beforeAll(up, 60_000);
afterAll(async () => {
  if (service.exitCode === null) await ended('SIGINT');
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

describe('The unmodified cdk, against this machine', () => {
  test('deploys a stack that trains and hosts, and its endpoint answers', async () => {
    const { code, output } = await cdk('deploy');
    expect([code, output.includes('CREATE_FAILED')]).toEqual([0, false]);
    const [job, endpoint] = [outputOf(output, 'Job'), outputOf(output, 'EndpointName')];
    const { TrainingJobStatus } = await client(SageMakerClient).send(
      new DescribeTrainingJobCommand({ TrainingJobName: job }),
    );
    expect([TrainingJobStatus, await predict(endpoint), await jobs()]).toEqual(['Completed', 1, [job]]);
    const { EndpointConfigName } = await client(SageMakerClient).send(
      new DescribeEndpointCommand({ EndpointName: endpoint }),
    );
    expect(status()).toMatch(/^Local: CREATE_COMPLETE\n {2}written down, without effect: .*AWS::IAM::Role/);
    first = { job, endpoint, config: EndpointConfigName };
  });

  test('changes nothing when nothing has changed', async () => {
    const { code, output } = await cdk('deploy');
    expect([code, output.includes('(no changes)'), await jobs()]).toEqual([0, true, [first.job]]);
  });

  test('starts no job when only the inference image changes, and a new one when a hyperparameter does, while all requests are answered', async () => {
    let isOver = false;
    let count = 0;
    const asked = (async () => {
      for (; !isOver; count++) await predict(first.endpoint);
    })();
    const image = await cdk('deploy', { mark: 'second' });
    const afterImage = await jobs();
    const update = await cdk('deploy', { mark: 'second', epochs: '4' });
    isOver = true;
    await asked;
    expect([image.code, afterImage]).toEqual([0, [first.job]]);
    expect([update.code, await jobs()]).toEqual([0, [outputOf(update.output, 'Job'), first.job]]);
    expect(count).toBeGreaterThan(10);
    const { EndpointConfigName } = await client(SageMakerClient).send(
      new DescribeEndpointCommand({ EndpointName: first.endpoint }),
    );
    expect(EndpointConfigName).not.toBe(first.config);
    first = { ...first, config: EndpointConfigName };
  });

  test('tells in its own output why training has failed, and rolls back', async () => {
    const { code, output } = await cdk('deploy', { mark: 'second', epochs: '4', data: 'README.md' });
    expect(code).toBe(1);
    expect(output).toMatch(/failed: AlgorithmError: .*train/);
    expect(status()).toContain('Local: UPDATE_ROLLBACK_COMPLETE\n');
    expect(await predict(first.endpoint)).toBe(1);
  });

  test('goes on with the old model when the new one never gets healthy', async () => {
    const { code, output } = await cdk('deploy', { mark: 'second', epochs: '4', broken: 'yes' });
    expect([code, status()]).toEqual([1, expect.stringContaining('Local: UPDATE_ROLLBACK_COMPLETE\n')]);
    expect(output).toContain('The container did not become healthy');
    const endpoint = await client(SageMakerClient).send(new DescribeEndpointCommand({ EndpointName: first.endpoint }));
    expect([endpoint.EndpointStatus, endpoint.EndpointConfigName]).toEqual(['InService', first.config]);
    expect(await predict(first.endpoint)).toBe(1);
  });

  test('finds everything again after the service was killed', async () => {
    await ended('SIGKILL');
    await up();
    const inService = async (): Promise<boolean> => {
      const { EndpointStatus } = await client(SageMakerClient).send(
        new DescribeEndpointCommand({ EndpointName: first.endpoint }),
      );
      return EndpointStatus === 'InService';
    };
    await until(inService);
    expect([await predict(first.endpoint), containers().length]).toEqual([1, 1]);
  });

  test('destroys the stack, and leaves no container', async () => {
    const { code } = await cdk('destroy');
    const { Endpoints } = await client(SageMakerClient).send(new ListEndpointsCommand({}));
    expect([code, Endpoints, containers()]).toEqual([0, [], []]);
  });
});

test('`byoa local down` leaves nothing', async () => {
  const over = new Promise((resolve) => service.once('close', resolve));
  const { status } = spawnSync(process.execPath, [BYOA, 'local', 'down', '--directory', state]);
  await over;
  expect([status, existsSync(state), containers()]).toEqual([0, false, []]);
});
