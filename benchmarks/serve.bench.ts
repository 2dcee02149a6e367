import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DockerEngine, type Server, serve, train, withRun } from '../local/container';
import { NoResponse, sendRequest } from '../local/http';
import { type Bench, type Measured, alternating, median } from './bench';

const ROUNDS = 3;
const SECONDS = 5;
/** The numbers of connections, with the least ratio of the requests per second, and the greatest ratio of the 99th percentile. */
const LOADS = [
  { connections: 1, minRate: 3, maxP99: 1 },
  { connections: 16, minRate: 4, maxP99: 0.5 },
  { connections: 64, minRate: 4, maxP99: 0.5 },
];
const COLD_STARTS = 7;
const MAX_COLD_START = 1 / 3;
const POLL_MS = 2;
const BODY_BYTES = 25 * 1024 * 1024;
const ROOT = path.join(__dirname, '..');
const EXAMPLE = path.join(ROOT, 'assets', 'breast-cancer');
const FLASK = 'nginx + gunicorn + flask';

const engine = new DockerEngine();
const platform = 'linux/amd64';

interface Load {
  readonly requests: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
}

/** Builds an image with the code of the example behind nginx, gunicorn and Flask. */
async function flaskImage(): Promise<string> {
  const directory = mkdtempSync(path.join(tmpdir(), 'bench-serve-'));
  cpSync(path.join(__dirname, 'serve', 'flask'), directory, { recursive: true });
  for (const name of ['rows.py', 'serving.py']) cpSync(path.join(EXAMPLE, 'program', name), path.join(directory, name));
  try {
    return await engine.build({ directory, platform }, () => undefined);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The URL of a server for other containers. */
function containerUrl({ url }: Server): string {
  const port = new URL(url).port;
  const rows = execFileSync('docker', ['ps', '--format', '{{.ID}} {{.Ports}}'], { encoding: 'utf8' }).split('\n');
  const [id] = rows.find((row) => row.includes(`:${port}->`))?.split(' ') ?? [''];
  const address = execFileSync('docker', ['inspect', '--format', '{{.NetworkSettings.IPAddress}}', id], {
    encoding: 'utf8',
  });
  return `http://${address.trim()}:8080/invocations`;
}

function load(image: string, url: string, connections: number, seconds: number): Load {
  const args = ['--threads', '1', '--connections', String(connections), '--duration', `${seconds}s`, '--latency'];
  const output = execFileSync('docker', ['run', '--rm', image, ...args, '--script', '/post.lua', url], {
    encoding: 'utf8',
  });
  return JSON.parse(output.trim().split('\n').pop() ?? '') as Load;
}

/** Whether the server accepts a body at the limit of real-time endpoints: neither status 413 nor a closed connection. */
async function acceptsLargeBody({ url }: Server): Promise<boolean> {
  const body = Buffer.alloc(BODY_BYTES, 'x');
  const headers = { 'Content-Type': 'text/csv' };
  const response = await sendRequest(`${url}/invocations`, { method: 'POST', headers, body, timeoutSeconds: 60 });
  return !(response instanceof NoResponse) && response.status !== 413;
}

/** The response to the rows of the validation data, without their labels. */
async function predictions({ url }: Server): Promise<string> {
  const rows = readFileSync(path.join(EXAMPLE, 'data', 'validation', 'validation.csv'), 'utf8')
    .trim()
    .split('\n');
  const body = Buffer.from(rows.map((row) => row.slice(row.indexOf(',') + 1)).join('\n'));
  const headers = { 'Content-Type': 'text/csv' };
  const response = await sendRequest(`${url}/invocations`, { method: 'POST', headers, body, timeoutSeconds: 60 });
  if (response instanceof NoResponse) throw response;
  return JSON.stringify(JSON.parse(response.body.toString()));
}

/** The time in milliseconds from the start of the program to its first response with status 200 to a ping. */
async function coldStart(image: string, model: string): Promise<number> {
  const port = await freePort();
  const options = ['--publish', `127.0.0.1:${port}:8080`, '--volume', `${model}:/opt/ml/model:ro`];
  const id = execFileSync('docker', ['create', ...options, image, 'serve'], { encoding: 'utf8' }).trim();
  try {
    // A ping before the container has an address is lost, and the engine repeats it after a second.
    execFileSync('docker', ['start', id], { stdio: 'ignore' });
    while (!(await isHealthy(port))) await pause(POLL_MS);
    const healthy = Date.now();
    const format = ['--format', '{{.State.StartedAt}}'];
    return healthy - Date.parse(execFileSync('docker', ['inspect', ...format, id], { encoding: 'utf8' }).trim());
  } finally {
    execFileSync('docker', ['rm', '--force', id], { stdio: 'ignore' });
  }
}

async function isHealthy(port: number): Promise<boolean> {
  const response = await sendRequest(`http://127.0.0.1:${port}/ping`, { timeoutSeconds: 5 });
  return !(response instanceof NoResponse) && response.status === 200;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The inference container of the example compared with a Flask server, with the same model. */
export const bench: Bench = async ({ isShort }) =>
  withRun(engine, async (run) => {
    const image = await engine.build({ directory: EXAMPLE, platform }, () => undefined);
    const inference = await engine.build({ directory: EXAMPLE, target: 'inference', platform }, () => undefined);
    const client = await engine.build({ directory: path.join(__dirname, 'serve', 'load'), platform }, () => undefined);
    const channels = [{ name: 'train', directory: path.join(EXAMPLE, 'data', 'train') }];
    const { modelArtifact: model } = await train(run, {
      jobName: 'bench',
      image,
      channels,
      outputDirectory: run.directory(),
    });
    const images: Record<string, string> = { ours: inference, [FLASK]: await flaskImage() };
    const directory = run.directory();
    execFileSync('tar', ['-xzf', model ?? '', '-C', directory]);
    const starts = await alternating(Object.keys(images), isShort ? 1 : COLD_STARTS, (name) =>
      coldStart(images[name], directory),
    );
    const servers: Record<string, Server> = {
      ours: await serve(run, { image: images.ours, model }),
      [FLASK]: await serve(run, { image: images[FLASK], model }),
    };
    const results: Measured[] = [measuredColdStart(starts)];
    for (const goal of isShort ? LOADS.slice(1, 2) : LOADS) {
      const { connections } = goal;
      const samples = await alternating(Object.keys(servers), isShort ? 1 : ROUNDS, (name) =>
        load(client, containerUrl(servers[name]), connections, isShort ? 1 : SECONDS),
      );
      results.push(...measuredAt(goal, samples));
    }
    const isEqual = (await predictions(servers.ours)) === (await predictions(servers[FLASK]));
    results.push({
      metric: 'equal predictions for the validation data',
      unit: '1 = yes',
      ours: Number(isEqual),
      peers: {},
      goal: 'yes',
      met: isEqual,
    });
    const [own, flask] = [await acceptsLargeBody(servers.ours), await acceptsLargeBody(servers[FLASK])];
    results.push({
      metric: 'request body of 25 MB accepted',
      unit: '1 = yes',
      ours: Number(own),
      peers: { [FLASK]: Number(flask) },
      goal: 'yes',
      met: own,
    });
    return results;
  });

function measuredColdStart(samples: Map<string, number[]>): Measured {
  const [ours, flask] = ['ours', FLASK].map((name) => median(samples.get(name) ?? []));
  return {
    metric: 'start of the program to the first status 200 of /ping',
    unit: 'ms',
    ours,
    peers: { [FLASK]: flask },
    goal: 'at most a third',
    met: ours <= MAX_COLD_START * flask,
  };
}

function measuredAt(
  { connections, minRate, maxP99 }: (typeof LOADS)[number],
  samples: Map<string, Load[]>,
): Measured[] {
  const of = (name: string, value: (load: Load) => number): number => median((samples.get(name) ?? []).map(value));
  const both = (metric: string, unit: string, value: (load: Load) => number): Measured => ({
    metric: `${connections} connections: ${metric}`,
    unit,
    ours: of('ours', value),
    peers: { [FLASK]: of(FLASK, value) },
  });
  const rate = both('requests per second', '1/s', (one) => one.requests / one.seconds);
  const p99 = both('p99', 'ms', (one) => one.p99);
  const failed = both('failed requests', 'share', (one) => one.failed / Math.max(one.requests, 1));
  return [
    { ...rate, goal: `at least ${minRate} ×`, met: rate.ours >= minRate * rate.peers[FLASK] },
    both('p50', 'ms', (one) => one.p50),
    { ...p99, goal: maxP99 === 1 ? 'lower' : `at most ${maxP99} ×`, met: p99.ours <= maxP99 * p99.peers[FLASK] },
    { ...failed, goal: 'zero', met: failed.ours === 0 },
  ];
}
