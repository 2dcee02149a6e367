// npm run corpus: every container of the corpus through all checks, and through the local mode of SageMaker's Python SDK.
// Writes the table of checks into docs/checks.md and the whole result into docs/checks-corpus.md. With names of containers, only
// those, and the others where there is no result of them yet.
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
  readonly one: CorpusCase;
  readonly result: CheckResult;

  /** What the SDK's local mode says of it: the end of its error, or that all went well. */
  readonly sdk: string;
}

/** As the linter wants it. */
async function write(file: string, text: string): Promise<void> {
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), parser: 'markdown' }));
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

async function writeChecks(): Promise<void> {
  const file = path.join(ROOT, 'docs', 'checks.md');
  const rows = CHECKS.map(({ id, group, severity, title, fact }) => [`\`${id}\``, group, severity, title, fact]);
  const text = readFileSync(file, 'utf8').replace(
    /(<!-- checks: [^>]*-->)[^]*(<!-- \/checks -->)/,
    `$1\n\n${table(['check', 'group', 'severity', 'holds when nothing is found', 'requirement'], rows)}\n\n$2`,
  );
  await write(file, text);
}

const NOTHING = 'nothing';
const SDK_SECONDS = 30;
const SDK_SAYS = 'SDK: ';

/** Trains the container in the local mode of the SDK, and serves it where its defect is in that; what the SDK says. */
function withSdk(one: CorpusCase): string {
  if (!existsSync(PYTHON) || spawnSync('docker-compose', ['version']).status !== 0) return 'not run';
  const image = `byoa-corpus-${one.name}`;
  const directory = path.join(ROOT, 'test', 'fixtures', 'containers', one.name);
  if (spawnSync('docker', ['build', '--quiet', '--tag', image, directory]).status !== 0) return 'not built';
  const isServed = one.group === 'serving' || one.finds === null;
  const args = [path.join(ROOT, 'scripts', 'sdk-local-mode.py'), image, ...(isServed ? ['--serve'] : [])];
  // A file and no pipe: the compose process that the SDK leaves would hold that open.
  const output = path.join(mkdtempSync(path.join(tmpdir(), 'sdk-')), 'output');
  const file = openSync(output, 'w');
  const stdio = ['ignore' as const, file, 'ignore' as const];
  const { status } = spawnSync(PYTHON, args, { stdio, timeout: SDK_SECONDS * 1000, killSignal: 'SIGKILL' });
  closeSync(file);
  removeOf(image);
  const lines = readFileSync(output, 'utf8').split('\n');
  rmSync(path.dirname(output), { recursive: true });
  if (status === null) return `no end within ${SDK_SECONDS} s`;
  if (status === 0) return NOTHING;
  const said =
    lines
      .reverse()
      .find((line) => line.startsWith(SDK_SAYS))
      ?.slice(SDK_SAYS.length) ?? `exit code ${status}`;
  // The command with the places of this run's files tells nobody anything.
  return said.replace(/\['docker-compose'.*?\]/, '`docker-compose up`').slice(0, 140);
}

/** The SDK leaves what it has started. */
function removeOf(image: string): void {
  const { stdout } = spawnSync('docker', ['ps', '--all', '--quiet', '--filter', `ancestor=${image}`], {
    encoding: 'utf8',
  });
  const containers = stdout.split('\n').filter((id) => id !== '');
  if (containers.length > 0) spawnSync('docker', ['rm', '--force', ...containers]);
  spawnSync('docker', ['network', 'rm', 'sagemaker-local']);
  spawnSync('docker', ['image', 'rm', image]);
}

const TABLE = path.join(ROOT, 'docs', 'checks-corpus.md');

/** The rows that are there already, by the name of the container. */
function rowsBefore(): Map<string, string[]> {
  const text = existsSync(TABLE) ? readFileSync(TABLE, 'utf8') : '';
  const rows = [...text.matchAll(/^\| (.*) \|$/gm)].slice(2).map(([, cells]) => cells.split(' | '));
  return new Map(rows.map((cells) => [cells[0].trim(), cells.map((cell) => cell.trim())]));
}

function row({ one, result, sdk }: Row): string[] {
  const found = [...new Set(result.findings.map(({ id }) => id))];
  const others = found.filter((id) => id !== one.finds);
  const isRight = one.finds === null ? found.length === 0 : found.includes(one.finds);
  return [one.name, one.finds ?? NOTHING, isRight ? 'yes' : 'NO', others.join(', '), sdk];
}

async function writeTable(rows: string[][]): Promise<void> {
  const defects = rows.filter(([, defect]) => defect !== NOTHING);
  const clean = rows.filter(([, defect]) => defect === NOTHING);
  const right = (some: string[][]): string =>
    `${some.filter(([, , found]) => found === 'yes').length} of ${some.length}`;
  await write(
    TABLE,
    [
      '# The corpus of containers',
      `Written by \`npm run corpus\`: each container of \`test/fixtures/containers\` through all checks. Each has one defect or none. ${right(defects)} defects are found, and ${right(clean)} containers without any are found to have none. "Also found" are consequences of the defect elsewhere. The last column is what the local mode of SageMaker's Python SDK says when the same container trains there, and serves, if its defect is in that.`,
      table(['container', 'its defect', 'right', 'also found', 'SDK local mode'], rows),
      '',
    ].join('\n\n'),
  );
}

async function main(names: string[]): Promise<void> {
  await writeChecks();
  if (names.includes('--checks-only')) return;
  buildBase();
  const before = names.length > 0 ? rowsBefore() : new Map<string, string[]>();
  const rows: string[][] = [];
  for (const one of corpus()) {
    const known = names.length === 0 || names.includes(one.name) ? undefined : before.get(one.name);
    const cells = known ?? row({ one, result: await check(one), sdk: withSdk(one) });
    rows.push(cells);
    if (known === undefined) console.log(cells.join(' | '));
  }
  await writeTable(rows);
}

void main(process.argv.slice(2));
