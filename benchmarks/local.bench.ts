import {
  DeleteModelPackageCommand,
  DeleteModelPackageGroupCommand,
  DescribeEndpointCommand,
  DescribeTrainingJobCommand,
  ListModelPackagesCommand,
  ListTrainingJobsCommand,
  SageMakerClient,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { DockerEngine } from '../local/container';
import { type Bench, type Measured, alternating, median, percentile } from './bench';

const ROOT = path.join(__dirname, '..');
const BYOA = path.join(ROOT, 'dist', 'bin', 'byoa.js');
const CDK = path.join(ROOT, 'node_modules', 'aws-cdk', 'bin', 'cdk');
const ROW = readFileSync(path.join(ROOT, 'assets/breast-cancer/data/validation/validation.csv'), 'utf8')
  .split('\n')[0]
  .slice(2);

const MAX_OVERHEAD_SECONDS = 20;
/** The overhead of an invocation, relative to a direct request; less than the milliseconds does not matter. */
const MAX_PROXY_SHARE = 0.3;
const MAX_PROXY_MILLISECONDS = 0.3;
const MIN_THROUGHPUT = 0.6;
const CONNECTIONS = 16;
const LOAD_SECONDS = 5;
const LOAD_ROUNDS = 3;
const UPDATES = 500;
const MAX_MEMORY_RATIO = 1.2;
const CONCURRENT = 1_000;
const SEQUENCE = 100_000;
const ROUNDS = 20;
const PER_ROUND = 100;

const agent = new Agent({ keepAlive: true });

const HEADERS = {
  'content-type': 'text/csv',
  // The local service does not verify signatures, but requires one.
  authorization: 'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/sagemaker/aws4_request',
};

/** Sends one request and returns the response time in milliseconds. Any status other than 200 is an error. */
function invoke(url: string): Promise<number> {
  const started = process.hrtime.bigint();
  return new Promise((resolve, reject) => {
    const invocation = request(url, { method: 'POST', agent, headers: HEADERS }, (response) => {
      response.resume();
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(Number(process.hrtime.bigint() - started) / 1e6);
        else reject(new Error(`${url} returned status ${response.statusCode}`));
      });
    });
    invocation.on('error', reject);
    invocation.end(ROW);
  });
}

function residentMegabytes(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}

/** Invokes the container and the service in turn, so that other load on the machine affects both equally. */
async function compare(
  direct: string,
  proxied: string,
  rounds: number,
): Promise<{ direct: number[]; proxied: number[] }> {
  const times = { direct: [] as number[], proxied: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    for (let index = 0; index < PER_ROUND; index++) times.direct.push(await invoke(direct));
    for (let index = 0; index < PER_ROUND; index++) times.proxied.push(await invoke(proxied));
  }
  return times;
}

/** The overhead of the local service for a deployment and for an invocation, and its memory after many invocations. */
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
    const measured = await invocations(
      `${url}/endpoints/${endpoint}/invocations`,
      service.pid ?? 0,
      isShort ? 0.05 : 1,
    );
    return [...results, ...measured];
  } finally {
    agent.destroy();
    spawnSync(process.execPath, [BYOA, 'local', 'down', '--directory', state]);
    rmSync(directory, { recursive: true, force: true });
  }
};

/**
 * Deploys the example twice. The first deployment includes the image build and push by the engine. The overhead of the service is
 * the time of the second deployment without the training.
 */
async function deployment(
  state: string,
  directory: string,
  url: string,
): Promise<{ endpoint: string; results: Measured[] }> {
  const outputs = path.join(directory, 'outputs.json');
  const cdk = (...args: string[]): void => {
    const command = [process.execPath, CDK, ...args, '--output', path.join(directory, 'cdk.out')];
    const { status, stderr } = spawnSync(
      process.execPath,
      [BYOA, 'local', 'run', '--directory', state, '--', ...command],
      { cwd: ROOT, encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`cdk ${args[0]} failed:\n${stderr}`);
  };
  const deploy = async (): Promise<{ endpoint: string; seconds: number }> => {
    const started = Date.now();
    cdk('deploy', '--require-approval', 'never', '--outputs-file', outputs);
    const [{ EndpointName }] = Object.values(JSON.parse(readFileSync(outputs, 'utf8')) as { EndpointName: string }[]);
    await invoke(`${url}/endpoints/${EndpointName}/invocations`);
    return { endpoint: EndpointName, seconds: (Date.now() - started) / 1000 };
  };
  const first = await deploy();
  cdk('destroy', '--force');
  await removeGroup(url);
  const { endpoint, seconds } = await deploy();
  const training = await trainingSeconds(url);
  const overhead = seconds - training;
  return {
    endpoint,
    results: [
      {
        metric: 'deployment and first prediction, without image build and training',
        unit: 's',
        ours: overhead,
        peers: { training, 'image build and push': first.seconds - seconds },
        goal: `at most ${MAX_OVERHEAD_SECONDS} s`,
        met: overhead <= MAX_OVERHEAD_SECONDS,
      },
    ],
  };
}

function sagemaker(endpoint: string): SageMakerClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return new SageMakerClient({ endpoint, region: 'us-east-1', credentials });
}

/** Deletes the model package group of the example, which has a fixed name and is retained when its stack is deleted. */
async function removeGroup(url: string): Promise<void> {
  const client = sagemaker(url);
  const ModelPackageGroupName = 'breast-cancer';
  const { ModelPackageSummaryList = [] } = await client.send(new ListModelPackagesCommand({ ModelPackageGroupName }));
  for (const { ModelPackageArn } of ModelPackageSummaryList) {
    await client.send(new DeleteModelPackageCommand({ ModelPackageName: ModelPackageArn }));
  }
  await client.send(new DeleteModelPackageGroupCommand({ ModelPackageGroupName }));
}

/** The run time of the containers of the last training job. */
async function trainingSeconds(url: string): Promise<number> {
  const client = sagemaker(url);
  const { TrainingJobSummaries = [] } = await client.send(new ListTrainingJobsCommand({ SortOrder: 'Descending' }));
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
    await throughput(direct, proxied, share),
    ...(await memory(proxied, pid, share)),
    await failures(proxied, CONCURRENT * share),
  ];
}

function latencies(times: { direct: number[]; proxied: number[] }): Measured[] {
  const both = ([name, share]: readonly [string, number]): Measured => ({
    metric: `invocation, ${name}`,
    unit: 'ms',
    ours: percentile(times.proxied, share),
    peers: { 'direct request to the container': percentile(times.direct, share) },
  });
  const all = (
    [
      ['p50', 0.5],
      ['p99', 0.99],
    ] as const
  ).map(both);
  const directly = all[0].peers['direct request to the container'];
  const overhead = all[0].ours - directly;
  return [
    ...all,
    {
      metric: 'overhead of the service, p50',
      unit: 'ms',
      ours: overhead,
      peers: {},
      goal: `at most ${MAX_PROXY_SHARE} × the direct request, or ${MAX_PROXY_MILLISECONDS} ms`,
      met: overhead <= Math.max(MAX_PROXY_SHARE * directly, MAX_PROXY_MILLISECONDS),
    },
    {
      metric: 'sequential invocations',
      unit: '1/s',
      ours: 1000 / average(times.proxied),
      peers: { 'direct request to the container': 1000 / average(times.direct) },
    },
  ];
}

const average = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The requests per second on several connections, generated by wrk in a container of the network of this machine. */
async function throughput(direct: string, proxied: string, share: number): Promise<Measured> {
  const directory = path.join(__dirname, 'serve', 'load');
  const image = await new DockerEngine().build({ directory, platform: 'linux/amd64' }, () => undefined);
  const args = [
    '--threads',
    '1',
    '--connections',
    String(CONNECTIONS),
    '--duration',
    `${Math.max(1, LOAD_SECONDS * share)}s`,
  ];
  const header = ['--header', `authorization: ${HEADERS.authorization}`];
  const samples = await alternating([direct, proxied], share < 1 ? 1 : LOAD_ROUNDS, async (url) => {
    const command = ['run', '--rm', '--network', 'host', image, ...args, ...header, '--script', '/post.lua', url];
    // Not synchronously: the connections of this process that the service closes meanwhile must be noticed.
    const { stdout: output } = await promisify(execFile)('docker', command);
    const { requests, seconds } = JSON.parse(output.trim().split('\n').pop() ?? '') as Record<string, number>;
    return requests / seconds;
  });
  const [peer, ours] = [direct, proxied].map((url) => median(samples.get(url) ?? []));
  return {
    metric: `${CONNECTIONS} connections: invocations`,
    unit: '1/s',
    ours,
    peers: { 'direct request to the container': peer },
    goal: `at least ${MIN_THROUGHPUT} ×`,
    met: ours >= MIN_THROUGHPUT * peer,
  };
}

/** The memory of the service after many invocations and updates, relative to that after a tenth of the invocations. */
async function memory(proxied: string, pid: number, share: number): Promise<Measured[]> {
  const [count, updates] = [SEQUENCE * share, UPDATES * share];
  for (let index = 0; index < count / 10; index++) await invoke(proxied);
  const before = residentMegabytes(pid);
  for (let index = count / 10; index < count; index++) await invoke(proxied);
  const afterInvocations = residentMegabytes(pid) / before;
  await update(proxied, updates);
  const afterUpdates = residentMegabytes(pid) / before;
  const measured = (what: string, ratio: number): Measured => ({
    metric: `memory after ${what}, relative to ${count / 10} invocations`,
    unit: 'ratio',
    ours: ratio,
    peers: {},
    goal: `at most ${MAX_MEMORY_RATIO}`,
    met: ratio <= MAX_MEMORY_RATIO,
  });
  return [
    measured(`${count} invocations`, afterInvocations),
    measured(`${updates} further updates of the endpoint`, afterUpdates),
  ];
}

/** Updates the weight of the first variant of an endpoint a number of times. Its containers remain. */
async function update(proxied: string, count: number): Promise<void> {
  const { origin, pathname } = new URL(proxied);
  const [, , EndpointName] = pathname.split('/');
  const client = sagemaker(origin);
  const { ProductionVariants = [] } = await client.send(new DescribeEndpointCommand({ EndpointName }));
  const { VariantName } = ProductionVariants[0];
  for (let index = 1; index <= count; index++) {
    const DesiredWeightsAndCapacities = [{ VariantName, DesiredWeight: index }];
    await client.send(new UpdateEndpointWeightsAndCapacitiesCommand({ EndpointName, DesiredWeightsAndCapacities }));
    for (;;) {
      const { EndpointStatus } = await client.send(new DescribeEndpointCommand({ EndpointName }));
      if (EndpointStatus === 'InService') break;
    }
  }
}

async function failures(proxied: string, count: number): Promise<Measured> {
  const all = await Promise.allSettled(Array.from({ length: count }, () => invoke(proxied)));
  const failed = all.filter(({ status }) => status === 'rejected').length;
  return {
    metric: `failed of ${count} concurrent invocations`,
    unit: 'count',
    ours: failed,
    peers: {},
    goal: 'zero',
    met: failed === 0,
  };
}
