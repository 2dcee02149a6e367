// npm run bench -- [NAME…] [--short] [--json]: measures this project and its peers in the same run.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import * as path from 'node:path';
import type { Bench, Measured } from './bench';
import { ALPHA_VERSION } from './synth/packages';

const names = readdirSync(__dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace('.bench.ts', ''));
const args = process.argv.slice(2);
const selected = args.filter((arg) => !arg.startsWith('--'));
const unknown = [
  ...selected.filter((name) => !names.includes(name)),
  ...args.filter((arg) => arg.startsWith('--') && !['--short', '--json'].includes(arg)),
];

/** The hardware and software versions of the measurement. */
function machine(): string {
  const [{ model }] = cpus();
  const docker = version('docker', ['version', '--format', '{{.Server.Version}}']);
  const versions = ['aws-cdk-lib', 'aws-cdk-lib-newest'].map((name) => `${name} ${versionOf(name)}`).join(', ');
  return `${cpus().length} × ${model.trim()}, Node.js ${process.version}, Docker ${docker}, ${versions}, @aws-cdk/aws-sagemaker-alpha ${ALPHA_VERSION}`;
}

function versionOf(name: string): string {
  const file = path.join(__dirname, '..', 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function version(program: string, args: string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'not installed';
  }
}

const number = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

function table(results: Measured[]): string {
  const head = ['metric', 'ours', 'peers', 'ratio', 'goal', 'result'];
  const rows = results.map(({ metric, unit, ours, peers, goal, met }) => [
    `${metric} (${unit})`,
    number(ours),
    Object.entries(peers)
      .map(([name, value]) => `${name}: ${number(value)}`)
      .join('; '),
    Object.values(peers)
      .filter((value) => value !== 0)
      .map((value) => `${(ours / value).toFixed(2)} ×`)
      .join('; '),
    goal ?? '',
    met === undefined ? '' : met ? 'met' : 'MISSED',
  ]);
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column].length)));
  const line = (cells: string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

async function main(): Promise<void> {
  const isJson = args.includes('--json');
  execFileSync(process.execPath, ['scripts/build.mjs', '--if-stale'], {
    cwd: path.join(__dirname, '..'),
    stdio: ['ignore', 2, 2],
  });
  for (const name of selected.length > 0 ? selected : names) {
    const { bench } = (await import(path.join(__dirname, `${name}.bench.ts`))) as { bench: Bench };
    const results = await bench({ isShort: args.includes('--short') });
    if (isJson) console.log(JSON.stringify({ name, machine: machine(), results }));
    else console.log(`\n# ${name}\n\n${machine()}\n\n${table(results)}`);
  }
}

if (unknown.length > 0) {
  console.error(`Unknown arguments: ${unknown.join(', ')}. Benchmarks: ${names.join(', ')}; options: --short, --json.`);
  process.exitCode = 2;
} else {
  void main();
}
