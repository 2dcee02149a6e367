import {
  DeleteModelPackageCommand,
  DeleteModelPackageGroupCommand,
  DescribeTrainingJobCommand,
  ListModelPackagesCommand,
  ListTrainingJobsCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { type Bench, type Measured, percentile } from './bench';

const ROOT = path.join(__dirname, '..');
const BYOA = path.join(ROOT, 'dist', 'bin', 'byoa.js');
const CDK = path.join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
const ROW = readFileSync(path.join(ROOT, 'assets/breast-cancer/data/validation/validation.csv'), 'utf8')
  .split('\n')[0]
  .slice(2);

const MAX_OVERHEAD_SECONDS = 20;
const MAX_PROXY_MILLISECONDS = 1;
const MAX_MEMORY_RATIO = 1.2;
const CONCURRENT = 1_000;
const SEQUENCE = 10_000;
const ROUNDS = 20;
const PER_ROUND = 100;

const agent = new Agent({ keepAlive: true });

/** Asks once, and tells how many milliseconds the answer took; any other answer than success is an error. */
function ask(url: string): Promise<number> {
  const started = process.hrtime.bigint();
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', agent, headers: { 'content-type': 'text/csv' } }, (response) => {
      response.resume();
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(Number(process.hrtime.bigint() - started) / 1e6);
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    });
    asked.on('error', reject);
    asked.end(ROW);
  });
}

function residentMegabytes(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}

/** Asks the container and the service by turns, so that whatever else the machine does hits both. */
async function compare(
  direct: string,
  proxied: string,
  rounds: number,
): Promise<{ direct: number[]; proxied: number[] }> {
  const times = { direct: [] as number[], proxied: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    for (let index = 0; index < PER_ROUND; index++) times.direct.push(await ask(direct));
    for (let index = 0; index < PER_ROUND; index++) times.proxied.push(await ask(proxied));
  }
  return times;
}

/** The local service: what it adds to a deployment and to an invocation, and what many invocations do to it. */
export const bench: Bench = async ({ isShort }) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'bench-local-'));
  const state = path.join(directory, 'state');
  const service = spawn(process.execPath, [BYOA, 'local', 'up', '--directory', state, '--port', '0'], {
    stdio: 'ignore',
  });
  try {
    while (!existsSync(path.join(state, 'running.json'))) await new Promise((resolve) => setTimeout(resolve, 50));
    const { url } = JSON.parse(readFileSync(path.join(state, 'running.json'), 'utf8')) as { url: string };
    const { endpoint, results } = await deployment(state, directory, url);
    const asked = await invocations(`${url}/endpoints/${endpoint}/invocations`, service.pid ?? 0, isShort ? 0.05 : 1);
    return [...results, ...asked];
  } finally {
    agent.destroy();
    spawnSync(process.execPath, [BYOA, 'local', 'down', '--directory', state]);
    rmSync(directory, { recursive: true, force: true });
  }
};

/**
 * Deploys the example twice: the first time the engine builds and pushes its image, whose time is the engine's own; what the
 * second one takes over training is the project's.
 */
async function deployment(
  state: string,
  directory: string,
  url: string,
): Promise<{ endpoint: string; results: Measured[] }> {
  const outputs = path.join(directory, 'outputs.json');
  const cdk = (...words: string[]): void => {
    const command = [process.execPath, CDK, ...words, '--output', path.join(directory, 'cdk.out')];
    const { status, stderr } = spawnSync(
      process.execPath,
      [BYOA, 'local', 'run', '--directory', state, '--', ...command],
      { cwd: ROOT, encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`cdk ${words[0]} failed:\n${stderr}`);
  };
  const deploy = async (): Promise<{ endpoint: string; seconds: number }> => {
    const started = Date.now();
    cdk('deploy', '--require-approval', 'never', '--outputs-file', outputs);
    const [{ EndpointName }] = Object.values(JSON.parse(readFileSync(outputs, 'utf8')) as { EndpointName: string }[]);
    await ask(`${url}/endpoints/${EndpointName}/invocations`);
    return { endpoint: EndpointName, seconds: (Date.now() - started) / 1000 };
  };
  const first = await deploy();
  cdk('destroy', '--force');
  await removeGroup(url);
  const { endpoint, seconds } = await deploy();
  const training = await trainingSeconds(url);
  const own = seconds - training;
  return {
    endpoint,
    results: [
      {
        metric: 'deployment and first prediction, without image build and training',
        unit: 's',
        ours: own,
        peers: { training, 'build and push by the engine': first.seconds - seconds },
        goal: `at most ${MAX_OVERHEAD_SECONDS} s`,
        met: own <= MAX_OVERHEAD_SECONDS,
      },
    ],
  };
}

function sagemaker(endpoint: string): SageMakerClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return new SageMakerClient({ endpoint, region: 'us-east-1', credentials });
}

/** The group of the example outlives its stack, as registries do, and has a name of its own. */
async function removeGroup(url: string): Promise<void> {
  const client = sagemaker(url);
  const ModelPackageGroupName = 'breast-cancer';
  const { ModelPackageSummaryList = [] } = await client.send(new ListModelPackagesCommand({ ModelPackageGroupName }));
  for (const { ModelPackageArn } of ModelPackageSummaryList) {
    await client.send(new DeleteModelPackageCommand({ ModelPackageName: ModelPackageArn }));
  }
  await client.send(new DeleteModelPackageGroupCommand({ ModelPackageGroupName }));
}

/** How long the containers of the last training job have run. */
async function trainingSeconds(url: string): Promise<number> {
  const client = sagemaker(url);
  const { TrainingJobSummaries = [] } = await client.send(new ListTrainingJobsCommand({}));
  const { TrainingJobName } = TrainingJobSummaries[0];
  const { SecondaryStatusTransitions = [] } = await client.send(new DescribeTrainingJobCommand({ TrainingJobName }));
  const trained = SecondaryStatusTransitions.find(({ Status }) => Status === 'Training');
  return ((trained?.EndTime?.getTime() ?? 0) - (trained?.StartTime?.getTime() ?? 0)) / 1000;
}

async function invocations(proxied: string, pid: number, share: number): Promise<Measured[]> {
  const [container] = execFileSync('docker', ['ps', '--quiet', '--filter', 'label=cdk-sagemaker-algorithm.run'], {
    encoding: 'utf8',
  }).split('\n');
  const address = execFileSync('docker', ['port', container, '8080/tcp'], { encoding: 'utf8' }).trim().split('\n')[0];
  const direct = `http://${address}/invocations`;
  const rounds = Math.max(1, ROUNDS * share);
  await compare(direct, proxied, rounds);
  const times = await compare(direct, proxied, rounds);
  return [
    ...latencies(times),
    await memory(proxied, pid, SEQUENCE * share),
    await failures(proxied, CONCURRENT * share),
  ];
}

function latencies(times: { direct: number[]; proxied: number[] }): Measured[] {
  const both = ([name, share]: readonly [string, number]): Measured => ({
    metric: `an invocation, ${name}`,
    unit: 'ms',
    ours: percentile(times.proxied, share),
    peers: { 'the container itself': percentile(times.direct, share) },
  });
  const all = (
    [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const
  ).map(both);
  const over = all[0].ours - all[0].peers['the container itself'];
  return [
    ...all,
    {
      metric: 'overhead of the service, p50',
      unit: 'ms',
      ours: over,
      peers: {},
      goal: `at most ${MAX_PROXY_MILLISECONDS} ms`,
      met: over <= MAX_PROXY_MILLISECONDS,
    },
    {
      metric: 'invocations one after the other',
      unit: '1/s',
      ours: 1000 / average(times.proxied),
      peers: { 'the container itself': 1000 / average(times.direct) },
    },
  ];
}

const average = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What many invocations leave in memory. */
async function memory(proxied: string, pid: number, count: number): Promise<Measured> {
  for (let index = 0; index < count / 10; index++) await ask(proxied);
  const before = residentMegabytes(pid);
  for (let index = count / 10; index < count; index++) await ask(proxied);
  const ratio = residentMegabytes(pid) / before;
  return {
    metric: `memory after ${count} over that after ${count / 10} invocations`,
    unit: 'ratio',
    ours: ratio,
    peers: {},
    goal: `at most ${MAX_MEMORY_RATIO}`,
    met: ratio <= MAX_MEMORY_RATIO,
  };
}

async function failures(proxied: string, count: number): Promise<Measured> {
  const all = await Promise.allSettled(Array.from({ length: count }, () => ask(proxied)));
  const failed = all.filter(({ status }) => status === 'rejected').length;
  return {
    metric: `failed of ${count} at a time`,
    unit: 'count',
    ours: failed,
    peers: {},
    goal: 'none',
    met: failed === 0,
  };
}
