import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { type Bench, alternating, median } from './bench';

const ROUNDS = 15;
const MAX_MILLISECONDS = 30;
const ROOT = path.join(__dirname, '..');

/** Modules of the CDK that the library itself loads, found once by loading it. */
function modulesOfLibrary(): string[] {
  const code = `
    const before = new Set(Object.keys(require.cache));
    require(${JSON.stringify(path.join(ROOT, 'dist'))});
    const loaded = Object.keys(require.cache).filter((file) => !before.has(file) && file.includes('/node_modules/'));
    process.stdout.write(JSON.stringify(loaded));`;
  return JSON.parse(spawnSync(process.execPath, ['-e', code], { encoding: 'utf8', cwd: ROOT }).stdout) as string[];
}

interface Import {
  readonly milliseconds: number;
  readonly megabytes: number;
}

/** What loading modules takes in a new process, over what the process takes without. */
function load(modules: string[]): Import {
  const code = `
    const modules = ${JSON.stringify(modules)};
    const rss = process.memoryUsage().rss;
    const started = process.hrtime.bigint();
    for (const one of modules) require(one);
    const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
    process.stdout.write(JSON.stringify({ milliseconds, megabytes: (process.memoryUsage().rss - rss) / 2 ** 20 }));`;
  return JSON.parse(spawnSync(process.execPath, ['-e', code], { encoding: 'utf8', cwd: ROOT }).stdout) as Import;
}

/** Loading the library, beside the modules of the CDK that it needs anyway, and beside others. */
export const bench: Bench = async ({ isShort }) => {
  const ways: Record<string, string[]> = {
    ours: [path.join(ROOT, 'dist')],
    'CDK modules it needs': modulesOfLibrary(),
    'aws-cdk-lib/aws-sagemaker': ['aws-cdk-lib', 'aws-cdk-lib/aws-sagemaker'],
    alpha: ['@aws-cdk/aws-sagemaker-alpha'],
  };
  const samples = await alternating(Object.keys(ways), isShort ? 1 : ROUNDS, (way) => load(ways[way]));
  const of = (member: keyof Import): Record<string, number> =>
    Object.fromEntries([...samples].map(([way, all]) => [way, median(all.map((one) => one[member]))]));
  const [{ ours: time, ...others }, { ours: memory, ...otherMemory }] = [of('milliseconds'), of('megabytes')];
  const over = time - others['CDK modules it needs'];
  return [
    { metric: 'loading', unit: 'ms', ours: time, peers: others },
    {
      metric: 'loading over the modules it needs',
      unit: 'ms',
      ours: over,
      peers: {},
      goal: `at most ${MAX_MILLISECONDS} ms`,
      met: over <= MAX_MILLISECONDS,
    },
    { metric: 'memory', unit: 'MB', ours: memory, peers: otherMemory },
  ];
};
