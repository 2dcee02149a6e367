// npm run corpus [-- --checks-only | <container>...]
//
// Writes the table of checks to docs/checks.md. Then runs all checks, and the local mode of the SageMaker Python SDK, on each container of
// the corpus, and writes the results to docs/checks-corpus.md. With names of containers, only these are run, and the results of the others
// are kept. With --checks-only, no containers are run, and all results are kept.
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { CHECKS, type CheckResult } from '../local/check';
import { type CorpusCase, buildBase, check, corpus } from '../test/corpus';

const ROOT = path.join(__dirname, '..');
const PYTHON = path.join(ROOT, '.cache', 'venv', 'bin', 'python');

interface Row {
  readonly container: CorpusCase;
  readonly result: CheckResult;

  /** The result of the SDK's local mode: the end of its error message, or `nothing`. */
  readonly sdk: string;
}

async function write(file: string, text: string): Promise<void> {
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), parser: 'markdown' }));
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

async function writeChecks(): Promise<void> {
  const file = path.join(ROOT, 'docs', 'checks.md');
  const rows = CHECKS.map(({ id, group, severity, title, fact }) => [
    `<a id="${id}"></a>\`${id}\``,
    group,
    severity,
    title,
    fact.replaceAll(/\w+/g, (requirement) => `[${requirement}](contract.md#${requirement.toLowerCase()})`),
  ]);
  const text = readFileSync(file, 'utf8').replace(
    /(<!-- checks: [^>]*-->)[^]*(<!-- \/checks -->)/,
    `$1\n\n${table(['check', 'group', 'severity', 'requirement', 'contract'], rows)}\n\n$2`,
  );
  await write(file, text);
}

const NOTHING = 'nothing';
const SDK_SECONDS = 30;
const SDK_ERROR = 'SDK: ';

/** Trains the container in the local mode of the SDK, serves it if its defect is in serving, and returns the result. */
function runWithSdk(container: CorpusCase): string {
  if (!existsSync(PYTHON) || spawnSync('docker-compose', ['version']).status !== 0) return 'not run';
  // The local mode of the SDK runs the containers of processing jobs with credentials only.
  if (container.processing !== undefined) return 'not run';
  const image = `byoa-corpus-${container.name}`;
  const directory = path.join(ROOT, 'test', 'fixtures', 'containers', container.name);
  if (spawnSync('docker', ['build', '--quiet', '--tag', image, directory]).status !== 0) return 'not built';
  const isServed = container.group === 'serving' || container.finds === null;
  const args = [path.join(ROOT, 'scripts', 'sdk-local-mode.py'), image, ...(isServed ? ['--serve'] : [])];
  // A file, not a pipe: a compose process that the SDK leaves behind would keep a pipe open.
  const output = path.join(mkdtempSync(path.join(tmpdir(), 'sdk-')), 'output');
  const file = openSync(output, 'w');
  const stdio = ['ignore' as const, file, 'ignore' as const];
  const { status } = spawnSync(PYTHON, args, { stdio, timeout: SDK_SECONDS * 1000, killSignal: 'SIGKILL' });
  closeSync(file);
  cleanUp(image);
  const lines = readFileSync(output, 'utf8').split('\n');
  rmSync(path.dirname(output), { recursive: true });
  if (status === null) return `no end within ${SDK_SECONDS} s`;
  if (status === 0) return NOTHING;
  const error =
    lines
      .reverse()
      .find((line) => line.startsWith(SDK_ERROR))
      ?.slice(SDK_ERROR.length) ?? `exit code ${status}`;
  // The command line contains paths of this run.
  return error.replace(/\['docker-compose'.*?\]/, '`docker-compose up`').slice(0, 140);
}

/** Removes the containers and the network that the SDK does not remove, and the image. */
function cleanUp(image: string): void {
  const { stdout } = spawnSync('docker', ['ps', '--all', '--quiet', '--filter', `ancestor=${image}`], {
    encoding: 'utf8',
  });
  const containers = stdout.split('\n').filter((id) => id !== '');
  if (containers.length > 0) spawnSync('docker', ['rm', '--force', ...containers]);
  spawnSync('docker', ['network', 'rm', 'sagemaker-local']);
  spawnSync('docker', ['image', 'rm', image]);
}

const TABLE = path.join(ROOT, 'docs', 'checks-corpus.md');

/** The rows of the last run by the name of the container. */
function knownRows(): Map<string, string[]> {
  const text = existsSync(TABLE) ? readFileSync(TABLE, 'utf8') : '';
  const rows = [...text.matchAll(/^\| (.*) \|$/gm)].slice(2).map(([, cells]) => cells.split(' | '));
  return new Map(rows.map((cells) => [cells[0].trim(), cells.map((cell) => cell.trim())]));
}

function row({ container, result, sdk }: Row): string[] {
  const found = [...new Set(result.findings.map(({ id }) => id))];
  const others = found.filter((id) => id !== container.finds);
  const isCorrect = container.finds === null ? found.length === 0 : found.includes(container.finds);
  return [container.name, container.finds ?? NOTHING, isCorrect ? 'yes' : 'NO', others.join(', '), sdk];
}

async function writeTable(rows: string[][]): Promise<void> {
  const defects = rows.filter(([, defect]) => defect !== NOTHING);
  const clean = rows.filter(([, defect]) => defect === NOTHING);
  const correct = (results: string[][]): string =>
    `${results.filter(([, , isCorrect]) => isCorrect === 'yes').length} of ${results.length}`;
  await write(
    TABLE,
    [
      '# The corpus of containers',
      'This page is written by `npm run corpus`, which runs all checks on each container in `test/fixtures/containers`. A container has one defect or none.',
      `The checks find ${correct(defects)} defects, and report nothing for ${correct(clean)} containers without a defect. The column "also found" lists findings that are consequences of the defect. The last column is the error that the local mode of the SageMaker Python SDK reports for the same container when it trains and, if the defect is in serving, serves.`,
      table(['container', 'defect', 'found', 'also found', 'SDK local mode'], rows),
      '',
    ].join('\n\n'),
  );
}

async function main(names: string[]): Promise<void> {
  await writeChecks();
  if (names.includes('--checks-only')) return writeTable([...knownRows().values()]);
  buildBase();
  const before = names.length > 0 ? knownRows() : new Map<string, string[]>();
  const rows: string[][] = [];
  for (const container of corpus()) {
    const isSelected = names.length === 0 || names.includes(container.name);
    const known = isSelected ? undefined : before.get(container.name);
    const cells = known ?? row({ container, result: await check(container), sdk: runWithSdk(container) });
    rows.push(cells);
    if (known === undefined) console.log(cells.join(' | '));
  }
  await writeTable(rows);
}

void main(process.argv.slice(2));
