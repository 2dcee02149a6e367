import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { type Bench, alternating, median } from './bench';
import { FOLDER, installPackages } from './synth/packages';

const ROUNDS = 15;
const MAX_OVER_ALPHA = 0.9;

/** Runs code in a new process, next to the installed packages and with the newest aws-cdk-lib. */
function run(code: string): unknown {
  const args = ['--require', path.join(__dirname, 'synth', 'newest.cjs'), '-e', code];
  return JSON.parse(spawnSync(process.execPath, args, { encoding: 'utf8', cwd: FOLDER }).stdout);
}

/** The CDK modules that the library loads. */
function requiredModules(library: string): string[] {
  const code = `
    const before = new Set(Object.keys(require.cache));
    require(${JSON.stringify(library)});
    const loaded = Object.keys(require.cache).filter((file) => !before.has(file) && !file.includes('/${library}/'));
    process.stdout.write(JSON.stringify(loaded));`;
  return run(code) as string[];
}

interface Import {
  readonly milliseconds: number;
  readonly megabytes: number;
}

/** The time and memory that a new process takes to load the modules. */
function load(modules: string[]): Import {
  const code = `
    const modules = ${JSON.stringify(modules)};
    const rss = process.memoryUsage().rss;
    const started = process.hrtime.bigint();
    for (const name of modules) require(name);
    const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
    process.stdout.write(JSON.stringify({ milliseconds, megabytes: (process.memoryUsage().rss - rss) / 2 ** 20 }));`;
  return run(code) as Import;
}

/** Loading the library, compared with the CDK modules that it requires, and with its peers. */
export const bench: Bench = async ({ isShort }) => {
  const { ours: library, alpha } = await installPackages();
  const candidates: Record<string, string[]> = {
    ours: [library],
    'required CDK modules': requiredModules(library),
    'aws-cdk-lib/aws-sagemaker': ['aws-cdk-lib', 'aws-cdk-lib/aws-sagemaker'],
    alpha: [alpha],
  };
  const samples = await alternating(Object.keys(candidates), isShort ? 1 : ROUNDS, (name) => load(candidates[name]));
  const of = (member: keyof Import): Record<string, number> =>
    Object.fromEntries([...samples].map(([name, all]) => [name, median(all.map((sample) => sample[member]))]));
  const [{ ours: time, ...others }, { ours: memory, ...otherMemory }] = [of('milliseconds'), of('megabytes')];
  const overhead = time - others['required CDK modules'];
  return [
    {
      metric: 'load time',
      unit: 'ms',
      ours: time,
      peers: others,
      goal: `at most ${MAX_OVER_ALPHA} × alpha`,
      met: time <= MAX_OVER_ALPHA * others.alpha,
    },
    {
      metric: 'load time beyond the required CDK modules',
      unit: 'ms',
      ours: overhead,
      peers: {},
    },
    { metric: 'memory', unit: 'MB', ours: memory, peers: otherMemory },
  ];
};
