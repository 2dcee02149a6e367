// npm run corpus: every container of the corpus through all checks, and through the local mode of SageMaker's Python SDK.
// Writes the table of checks into docs/checks.md and the whole result into docs/checks-corpus.md.
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
  if (status === 0) return 'nothing';
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

async function main(): Promise<void> {
  await writeChecks();
  if (process.argv.includes('--checks-only')) return;
  buildBase();
  const rows: Row[] = [];
  for (const one of corpus()) {
    const result = await check(one);
    const sdk = withSdk(one);
    rows.push({ one, result, sdk });
    console.log(
      `${one.name}: ${[...new Set(result.findings.map(({ id }) => id))].join(', ') || 'nothing'}; SDK: ${sdk}`,
    );
  }
  const cells = rows.map(({ one, result, sdk }) => {
    const found = [...new Set(result.findings.map(({ id }) => id))];
    const others = found.filter((id) => id !== one.finds);
    const isRight = one.finds === null ? found.length === 0 : found.includes(one.finds);
    return [one.name, one.finds ?? 'nothing', isRight ? 'yes' : 'NO', others.join(', '), sdk];
  });
  const found = rows.filter(({ one, result }) => result.findings.some(({ id }) => id === one.finds)).length;
  const defects = rows.filter(({ one }) => one.finds !== null).length;
  await write(
    path.join(ROOT, 'docs', 'checks-corpus.md'),
    [
      '# The corpus of containers',
      `Written by \`npm run corpus\`: each container of \`test/fixtures/containers\` through all checks. Each has one defect or none. ${found} of ${defects} defects are found. "Also found" are consequences of the defect in the other half of the image. The last column is what the local mode of SageMaker's Python SDK says when the same container trains and serves there.`,
      table(['container', 'its defect', 'found', 'also found', 'SDK local mode'], cells),
      '',
    ].join('\n\n'),
  );
}

void main();
