import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { type Bench, alternating, median } from './bench';

const ROUNDS = 15;
const MAX_MILLISECONDS = 30;
const ROOT = path.join(__dirname, '..');

/** The CDK modules that the library loads. */
function requiredModules(): string[] {
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

/** The time and memory that a new process takes to load the modules. */
function load(modules: string[]): Import {
  const code = `
    const modules = ${JSON.stringify(modules)};
    const rss = process.memoryUsage().rss;
    const started = process.hrtime.bigint();
    for (const name of modules) require(name);
    const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
    process.stdout.write(JSON.stringify({ milliseconds, megabytes: (process.memoryUsage().rss - rss) / 2 ** 20 }));`;
  return JSON.parse(spawnSync(process.execPath, ['-e', code], { encoding: 'utf8', cwd: ROOT }).stdout) as Import;
}

/** Loading the library, compared with the CDK modules that it requires, and with its peers. */
export const bench: Bench = async ({ isShort }) => {
  const candidates: Record<string, string[]> = {
    ours: [path.join(ROOT, 'dist')],
    'required CDK modules': requiredModules(),
    'aws-cdk-lib/aws-sagemaker': ['aws-cdk-lib', 'aws-cdk-lib/aws-sagemaker'],
    alpha: ['@aws-cdk/aws-sagemaker-alpha'],
  };
  const samples = await alternating(Object.keys(candidates), isShort ? 1 : ROUNDS, (name) => load(candidates[name]));
  const of = (member: keyof Import): Record<string, number> =>
    Object.fromEntries([...samples].map(([name, all]) => [name, median(all.map((sample) => sample[member]))]));
  const [{ ours: time, ...others }, { ours: memory, ...otherMemory }] = [of('milliseconds'), of('megabytes')];
  const overhead = time - others['required CDK modules'];
  return [
    { metric: 'load time', unit: 'ms', ours: time, peers: others },
    {
      metric: 'load time beyond the required CDK modules',
      unit: 'ms',
      ours: overhead,
      peers: {},
      goal: `at most ${MAX_MILLISECONDS} ms`,
      met: overhead <= MAX_MILLISECONDS,
    },
    { metric: 'memory', unit: 'MB', ours: memory, peers: otherMemory },
  ];
};
