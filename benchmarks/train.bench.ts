import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { DockerEngine, train, withRun } from '../local/container';
import { type Bench, type Measured, alternating, median } from './bench';

const ROUNDS = 9;
const COMMAND_ROUNDS = 3;
const MAX_OVER_DOCKER = 0.3;
const MAX_RATIO = 1.1;
const FASTER_IN_PROCESS = 3.5;
const FASTER_AS_COMMAND = 2.5;
const ROOT = path.join(__dirname, '..');
const BYOA = path.join(ROOT, 'dist', 'bin', 'byoa.js');
const PYTHON = path.join(ROOT, '.cache', 'venv', 'bin', 'python');
const SDK_SCRIPT = path.join(ROOT, 'scripts', 'sdk-local-mode.py');
const DATA = path.join(ROOT, 'test', 'fixtures', 'containers', 'data', 'train');
const IMAGE = 'byoa-bench-train';
const SDK = 'SDK local mode';

const engine = new DockerEngine();

async function seconds(work: () => Promise<unknown> | void): Promise<number> {
  const started = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - started) / 1e9;
}

async function ours(): Promise<void> {
  const outputDirectory = mkdtempSync(path.join(tmpdir(), 'bench-train-'));
  const channels = [{ name: 'train', directory: DATA }];
  await withRun(engine, (run) => train(run, { jobName: 'bench', image: IMAGE, channels, outputDirectory }));
  rmSync(outputDirectory, { recursive: true });
}

/** Creates the same files and mounts as a short script would. */
function dockerRun(): void {
  const directory = mkdtempSync(path.join(tmpdir(), 'bench-docker-'));
  for (const name of ['input/config', 'input/data/train', 'model', 'output/data']) {
    mkdirSync(path.join(directory, name), { recursive: true });
  }
  cpSync(DATA, path.join(directory, 'input/data/train'), { recursive: true });
  for (const name of ['hyperparameters', 'inputdataconfig', 'resourceconfig']) {
    writeFileSync(path.join(directory, 'input/config', `${name}.json`), '{}');
  }
  execFileSync('docker', ['run', '--rm', '--volume', `${directory}:/opt/ml`, IMAGE, 'train'], { stdio: 'ignore' });
  execFileSync('tar', ['-czf', path.join(directory, 'model.tar.gz'), '-C', path.join(directory, 'model'), '.']);
  rmSync(directory, { recursive: true });
}

/** A Python process that has imported the SDK, and trains on request. */
class SdkProcess {
  private readonly child = spawn(PYTHON, [SDK_SCRIPT, IMAGE, '--times', '1000', '--wait'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  private readonly lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();

  /** Trains once and returns the time in seconds that the SDK reports. */
  public async train(): Promise<number> {
    this.child.stdin.write('\n');
    for (;;) {
      const line = await this.lines.next();
      if (line.done === true) throw new Error('The Python process of the SDK exited.');
      if (line.value.startsWith('{')) return (JSON.parse(line.value) as { seconds: number }).seconds;
    }
  }

  public end(): void {
    this.child.stdin.end();
  }
}

/** The time of the runner for one job of an image that does nothing. */
export const bench: Bench = async ({ isShort }) => {
  execFileSync('docker', ['build', '--quiet', '--tag', IMAGE, path.join(__dirname, 'train')], { stdio: 'ignore' });
  const hasSdk = existsSync(PYTHON) && spawnSync('docker-compose', ['version']).status === 0;
  const sdk = hasSdk ? new SdkProcess() : undefined;
  try {
    const peers = hasSdk ? [SDK] : [];
    await sdk?.train(); // imports the SDK
    const inProcess = await alternating(['ours', 'docker run', ...peers], isShort ? 1 : ROUNDS, (name) =>
      name === 'ours' ? seconds(ours) : name === SDK ? (sdk?.train() ?? 0) : seconds(dockerRun),
    );
    const commands: Record<string, () => void> = {
      ours: () =>
        void spawnSync(process.execPath, [BYOA, 'train', IMAGE, '--channel', `train=${DATA}`, '--output', tmpdir()]),
      [SDK]: () => void spawnSync(PYTHON, [SDK_SCRIPT, IMAGE]),
    };
    const asCommand = await alternating(['ours', ...peers], isShort ? 1 : COMMAND_ROUNDS, (name) =>
      seconds(commands[name]),
    );
    return results(inProcess, asCommand);
  } finally {
    sdk?.end();
    removeSdkContainers();
  }
};

function results(inProcess: Map<string, number[]>, asCommand: Map<string, number[]>): Measured[] {
  const of = (samples: Map<string, number[]>): { ours: number; peers: Record<string, number> } => {
    const { ours: own, ...peers } = Object.fromEntries([...samples].map(([name, all]) => [name, median(all)]));
    return { ours: own, peers };
  };
  const [process_, command] = [of(inProcess), of(asCommand)];
  const overhead = process_.ours - process_.peers['docker run'];
  const speedup = (metric: string, min: number, times: typeof process_): Measured[] =>
    times.peers[SDK] === undefined
      ? []
      : [
          {
            metric,
            unit: 'ratio',
            ours: times.peers[SDK] / times.ours,
            peers: {},
            goal: `at least ${min} ×`,
            met: times.peers[SDK] / times.ours >= min,
          },
        ];
  return [
    {
      ...{ metric: 'one job, in process', unit: 's', ...process_ },
      goal: `at most ${MAX_RATIO} × docker run`,
      met: process_.ours <= MAX_RATIO * process_.peers['docker run'],
    },
    {
      metric: 'overhead over docker run',
      unit: 's',
      ours: overhead,
      peers: {},
      goal: `at most ${MAX_OVER_DOCKER} s`,
      met: overhead <= MAX_OVER_DOCKER,
    },
    ...speedup('speedup over the SDK, in process', FASTER_IN_PROCESS, process_),
    { metric: 'one job, as a command', unit: 's', ...command },
    ...speedup('speedup over the SDK, as a command', FASTER_AS_COMMAND, command),
  ];
}

/** The SDK does not remove its containers and its network. */
function removeSdkContainers(): void {
  const ids = execFileSync('docker', ['ps', '--all', '--quiet', '--filter', `ancestor=${IMAGE}`], { encoding: 'utf8' });
  const containers = ids.split('\n').filter((id) => id !== '');
  if (containers.length > 0) spawnSync('docker', ['rm', '--force', ...containers]);
  spawnSync('docker', ['network', 'rm', 'sagemaker-local']);
}
