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

function percentile(values: number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)];
}

function residentMegabytes(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024;
}

/** Asks the container and the service by turns, so that whatever else the machine does hits both. */
async function compare(direct: string, proxied: string): Promise<{ direct: number[]; proxied: number[] }> {
  const times = { direct: [] as number[], proxied: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    for (let index = 0; index < PER_ROUND; index++) times.direct.push(await ask(direct));
    for (let index = 0; index < PER_ROUND; index++) times.proxied.push(await ask(proxied));
  }
  return times;
}

function report(metric: string, value: string, goal: string, isMet: boolean): void {
  console.log(`${metric.padEnd(58)} ${value.padStart(12)}   goal: ${goal.padEnd(10)} ${isMet ? 'met' : 'MISSED'}`);
}

/** The local service: what it adds to a deployment and to an invocation, and what many invocations do to it. */
export async function run(): Promise<void> {
  spawnSync(process.execPath, ['scripts/build.mjs', '--if-stale'], { cwd: ROOT, stdio: 'inherit' });
  const directory = mkdtempSync(path.join(tmpdir(), 'bench-local-'));
  const state = path.join(directory, 'state');
  const service = spawn(process.execPath, [BYOA, 'local', 'up', '--directory', state, '--port', '0'], {
    stdio: 'ignore',
  });
  try {
    while (!existsSync(path.join(state, 'running.json'))) await new Promise((resolve) => setTimeout(resolve, 50));
    const { url } = JSON.parse(readFileSync(path.join(state, 'running.json'), 'utf8')) as { url: string };
    const endpoint = await deployment(state, directory, url);
    await invocations(`${url}/endpoints/${endpoint}/invocations`, service.pid ?? 0);
  } finally {
    agent.destroy();
    spawnSync(process.execPath, [BYOA, 'local', 'down', '--directory', state]);
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * Deploys the example twice: the first time the engine builds and pushes its image, whose time is the engine's own; what the
 * second one takes over training is the project's.
 */
async function deployment(state: string, directory: string, url: string): Promise<string> {
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
  console.log(`building and pushing by the engine took ${(first.seconds - seconds).toFixed(1)} s before`);
  report(
    `deployment, training (${training.toFixed(1)} s) and first prediction, without it`,
    `${own.toFixed(1)} s`,
    `${MAX_OVERHEAD_SECONDS} s`,
    own <= MAX_OVERHEAD_SECONDS,
  );
  return endpoint;
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

async function invocations(proxied: string, pid: number): Promise<void> {
  const [container] = execFileSync('docker', ['ps', '--quiet', '--filter', 'label=cdk-sagemaker-algorithm.run'], {
    encoding: 'utf8',
  }).split('\n');
  const address = execFileSync('docker', ['port', container, '8080/tcp'], { encoding: 'utf8' }).trim().split('\n')[0];
  const direct = `http://${address}/invocations`;
  await compare(direct, proxied);
  const times = await compare(direct, proxied);
  for (const [name, share] of [
    ['p50', 0.5],
    ['p99', 0.99],
  ] as const) {
    const [ours, peer] = [percentile(times.proxied, share), percentile(times.direct, share)];
    report(
      `invocation ${name}: ${ours.toFixed(2)} ms, container alone ${peer.toFixed(2)} ms, overhead`,
      `${(ours - peer).toFixed(2)} ms`,
      name === 'p50' ? `${MAX_PROXY_MILLISECONDS} ms` : 'none',
      name !== 'p50' || ours - peer <= MAX_PROXY_MILLISECONDS,
    );
  }
  for (let index = 0; index < SEQUENCE / 10; index++) await ask(proxied);
  const before = residentMegabytes(pid);
  const started = Date.now();
  for (let index = SEQUENCE / 10; index < SEQUENCE; index++) await ask(proxied);
  const rate = (0.9 * SEQUENCE) / ((Date.now() - started) / 1000);
  const ratio = residentMegabytes(pid) / before;
  report(
    `memory after ${SEQUENCE} over that after ${SEQUENCE / 10} invocations (${before.toFixed(0)} MB), ${rate.toFixed(0)}/s`,
    ratio.toFixed(2),
    String(MAX_MEMORY_RATIO),
    ratio <= MAX_MEMORY_RATIO,
  );
  const all = await Promise.allSettled(Array.from({ length: CONCURRENT }, () => ask(proxied)));
  const failed = all.filter(({ status }) => status === 'rejected').length;
  report(`errors of ${CONCURRENT} concurrent invocations`, String(failed), '0', failed === 0);
}
