import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { build } from 'esbuild';
import { type Bench, type Measured, alternating, median } from './bench';
import { type Synthesis, WAYS } from './synth/ways';

const ROUNDS = 5;
const COUNTS = [1, 10, 100, 300];
const MAX_OVER_L1 = 1.25;
const ROLE = 'L1 with iam.Role';

const PROGRAM = path.join(__dirname, '..', '.cache', 'bench', 'ways.js');

/** Plain JavaScript, as an app is that nobody compiles while it runs. */
async function compile(): Promise<void> {
  await build({
    entryPoints: [path.join(__dirname, 'synth', 'ways.ts')],
    outfile: PROGRAM,
    bundle: true,
    platform: 'node',
    target: 'node20',
    external: ['aws-cdk-lib'],
  });
}

function sample(way: string, count: number): Synthesis {
  const args = ['--require', path.join(__dirname, 'synth', 'newest.cjs'), PROGRAM, way, String(count)];
  const env = { ...process.env, CDK_VALIDATION: 'false' };
  return JSON.parse(
    execFileSync(process.execPath, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] }),
  ) as Synthesis;
}

/** Synthesizing N algorithms with model, configuration and endpoint, without the schema validation of the CDK. */
export const bench: Bench = async ({ isShort }) => {
  await compile();
  const counts = isShort ? [1, 10] : COUNTS;
  const ways = Object.keys(WAYS);
  const results: Measured[] = [];
  const cpu: number[] = [];
  for (const count of counts) {
    const samples = await alternating(ways, isShort ? 1 : ROUNDS, (way) => sample(way, count));
    const of = (way: string, member: keyof Synthesis): number =>
      median((samples.get(way) ?? []).map((one) => one[member]));
    const measured = (metric: string, unit: string, member: keyof Synthesis): Measured => ({
      metric: `${count}: ${metric}`,
      unit,
      ours: of('ours', member),
      peers: Object.fromEntries(ways.filter((way) => way !== 'ours').map((way) => [way, of(way, member)])),
    });
    const time = measured('CPU', 's', 'cpuSeconds');
    cpu.push(time.ours);
    results.push(
      {
        ...time,
        goal: `at most ${MAX_OVER_L1} × L1 with iam.Role, and below alpha`,
        met: time.ours <= MAX_OVER_L1 * time.peers[ROLE] && time.ours < time.peers.alpha,
      },
      measured('wall', 's', 'seconds'),
      measured('memory', 'MB', 'megabytes'),
      measured('template', 'bytes', 'bytes'),
      measured('resources', 'count', 'resources'),
    );
  }
  return [...results, ...growth(counts, cpu)];
};

/** What one more costs where there are many, over what one more costs where there are few. */
function growth(counts: number[], cpu: number[]): Measured[] {
  if (counts.length < 4) return [];
  const slope = (from: number, to: number): number => (cpu[to] - cpu[from]) / (counts[to] - counts[from]);
  const ratio = slope(2, 3) / slope(0, 2);
  return [
    {
      metric: 'CPU of one more, 100 to 300 over 1 to 100',
      unit: 'ratio',
      ours: ratio,
      peers: {},
      goal: 'linear: at most 1.25',
      met: ratio <= 1.25,
    },
  ];
}
