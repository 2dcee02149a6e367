import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { DockerEngine, type Server, serve, train, withRun } from '../local/container';
import { NoResponse, sendRequest } from '../local/http';
import { type Bench, type Measured, alternating, median } from './bench';

const ROUNDS = 3;
const SECONDS = 5;
const CONNECTIONS = [1, 16, 64];
const MIN_RATIO = 3;
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
    const servers: Record<string, Server> = {
      ours: await serve(run, { image: inference, model }),
      [FLASK]: await serve(run, { image: await flaskImage(), model }),
    };
    const results: Measured[] = [];
    for (const connections of isShort ? [16] : CONNECTIONS) {
      const samples = await alternating(Object.keys(servers), isShort ? 1 : ROUNDS, (name) =>
        load(client, containerUrl(servers[name]), connections, isShort ? 1 : SECONDS),
      );
      results.push(...measuredAt(connections, samples));
    }
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

function measuredAt(connections: number, samples: Map<string, Load[]>): Measured[] {
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
    { ...rate, goal: `at least ${MIN_RATIO} ×`, met: rate.ours >= MIN_RATIO * rate.peers[FLASK] },
    both('p50', 'ms', (one) => one.p50),
    { ...p99, goal: 'lower', met: p99.ours < p99.peers[FLASK] },
    { ...failed, goal: 'zero', met: failed.ours === 0 },
  ];
}
