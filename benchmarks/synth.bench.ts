import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { build } from 'esbuild';
import { type Bench, type Measured, alternating, median } from './bench';
import { withContextDirectory } from './synth/context';
import { IMPLEMENTATIONS, LIFECYCLES, type Synthesis } from './synth/implementations';
import { FOLDER, installPackages } from './synth/packages';

const ROUNDS = 7;
const LIFECYCLE_ROUNDS = 3;
const COUNTS = [1, 10, 100, 300];
const MAX_OVER_L1 = 1.15;
const MAX_BYTES_OVER_L1 = 1.25;
const ROLE = 'L1 with iam.Role';
const SAME_STATEMENTS = 'alpha with our statements';

const PROGRAM = path.join(FOLDER, 'implementations.js');

/** Compiles to JavaScript beforehand, so that the compilation is not measured. */
async function compile(): Promise<void> {
  await build({
    entryPoints: [path.join(__dirname, 'synth', 'implementations.ts')],
    outfile: PROGRAM,
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: ['aws-cdk-lib'],
  });
}

function sample(implementation: string, argument: string): Synthesis {
  const args = ['--require', path.join(__dirname, 'synth', 'newest.cjs'), PROGRAM, implementation, argument];
  const env = { ...process.env, CDK_VALIDATION: 'false' };
  return JSON.parse(
    execFileSync(process.execPath, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] }),
  ) as Synthesis;
}

type Metric = (metric: string, unit: string, member: keyof Synthesis) => Measured;

/** The medians of several syntheses of each implementation. */
async function measure(implementations: string[], rounds: number, argument: string, subject: string): Promise<Metric> {
  const samples = await alternating(implementations, rounds, (name) => sample(name, argument));
  const of = (name: string, member: keyof Synthesis): number =>
    median((samples.get(name) ?? []).map((synthesis) => synthesis[member]));
  const peers = implementations.filter((name) => name !== 'ours');
  return (metric, unit, member) => ({
    metric: `${subject}: ${metric}`,
    unit,
    ours: of('ours', member),
    peers: Object.fromEntries(peers.map((name) => [name, of(name, member)])),
  });
}

/**
 * The synthesis of N algorithms with model, endpoint configuration and endpoint, without the schema validation of the CDK, and that of the
 * lifecycle of an algorithm whose images are built from a large directory.
 */
export const bench: Bench = async ({ isShort }) => {
  await installPackages();
  await compile();
  const results: Measured[] = [];
  const cpu: number[] = [];
  const counts = isShort ? [1, 10] : COUNTS;
  for (const count of counts) {
    const metric = await measure(Object.keys(IMPLEMENTATIONS), isShort ? 1 : ROUNDS, String(count), String(count));
    const time = metric('CPU time', 's', 'cpuSeconds');
    const size = metric('template size', 'bytes', 'bytes');
    cpu.push(time.ours);
    results.push(
      {
        ...time,
        goal: `at most ${MAX_OVER_L1} × L1 with iam.Role, at most alpha, and below alpha with our statements`,
        met:
          time.ours <= MAX_OVER_L1 * time.peers[ROLE] &&
          time.ours <= time.peers.alpha &&
          time.ours < time.peers[SAME_STATEMENTS],
      },
      metric('wall time', 's', 'seconds'),
      metric('memory', 'MB', 'megabytes'),
      {
        ...size,
        goal: `at most ${MAX_BYTES_OVER_L1} × L1 with iam.Role`,
        met: size.ours <= MAX_BYTES_OVER_L1 * size.peers[ROLE],
      },
      metric('resources', 'count', 'resources'),
    );
  }
  return [...results, ...growth(counts, cpu), await lifecycle(isShort)];
};

/** The cost of a further algorithm in a large app, relative to that in a small one. */
function growth(counts: number[], cpu: number[]): Measured[] {
  if (counts.length < 4) return [];
  const slope = (from: number, to: number): number => (cpu[to] - cpu[from]) / (counts[to] - counts[from]);
  const ratio = slope(2, 3) / slope(0, 2);
  return [
    {
      metric: 'CPU time of a further algorithm, 100 to 300 relative to 1 to 100',
      unit: 'ratio',
      ours: ratio,
      peers: {},
      goal: 'linear: at most 1.25',
      met: ratio <= 1.25,
    },
  ];
}

function lifecycle(isShort: boolean): Promise<Measured> {
  return withContextDirectory(async (directory) => {
    const rounds = isShort ? 1 : LIFECYCLE_ROUNDS;
    const metric = await measure(Object.keys(LIFECYCLES), rounds, directory, 'lifecycle, 2 GiB of sources');
    return metric('CPU time', 's', 'cpuSeconds');
  });
}
