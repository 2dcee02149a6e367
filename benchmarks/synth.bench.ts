import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { build } from 'esbuild';
import { type Bench, type Measured, alternating, median } from './bench';
import { IMPLEMENTATIONS, type Synthesis } from './synth/implementations';

const ROUNDS = 5;
const COUNTS = [1, 10, 100, 300];
const MAX_OVER_L1 = 1.25;
const ROLE = 'L1 with iam.Role';

const PROGRAM = path.join(__dirname, '..', '.cache', 'bench', 'implementations.js');

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

function sample(implementation: string, count: number): Synthesis {
  const args = ['--require', path.join(__dirname, 'synth', 'newest.cjs'), PROGRAM, implementation, String(count)];
  const env = { ...process.env, CDK_VALIDATION: 'false' };
  return JSON.parse(
    execFileSync(process.execPath, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] }),
  ) as Synthesis;
}

/** The synthesis of N algorithms with model, endpoint configuration and endpoint, without the schema validation of the CDK. */
export const bench: Bench = async ({ isShort }) => {
  await compile();
  const counts = isShort ? [1, 10] : COUNTS;
  const implementations = Object.keys(IMPLEMENTATIONS);
  const results: Measured[] = [];
  const cpu: number[] = [];
  for (const count of counts) {
    const samples = await alternating(implementations, isShort ? 1 : ROUNDS, (name) => sample(name, count));
    const of = (name: string, member: keyof Synthesis): number =>
      median((samples.get(name) ?? []).map((synthesis) => synthesis[member]));
    const measured = (metric: string, unit: string, member: keyof Synthesis): Measured => ({
      metric: `${count}: ${metric}`,
      unit,
      ours: of('ours', member),
      peers: Object.fromEntries(
        implementations.filter((name) => name !== 'ours').map((name) => [name, of(name, member)]),
      ),
    });
    const time = measured('CPU time', 's', 'cpuSeconds');
    cpu.push(time.ours);
    results.push(
      {
        ...time,
        goal: `at most ${MAX_OVER_L1} × L1 with iam.Role, and below alpha`,
        met: time.ours <= MAX_OVER_L1 * time.peers[ROLE] && time.ours < time.peers.alpha,
      },
      measured('wall time', 's', 'seconds'),
      measured('memory', 'MB', 'megabytes'),
      measured('template size', 'bytes', 'bytes'),
      measured('resources', 'count', 'resources'),
    );
  }
  return [...results, ...growth(counts, cpu)];
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
