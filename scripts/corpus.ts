// npm run corpus: every container of the corpus through all checks, and through the local mode of SageMaker's Python SDK.
// Writes the table of checks into docs/checks.md and the whole result into docs/checks-corpus.md.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
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

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function writeChecks(): void {
  const file = path.join(ROOT, 'docs', 'checks.md');
  const rows = CHECKS.map(({ id, group, severity, title, fact }) => [`\`${id}\``, group, severity, title, fact]);
  const text = readFileSync(file, 'utf8').replace(
    /(<!-- checks: [^>]*-->)[^]*(<!-- \/checks -->)/,
    `$1\n\n${table(['check', 'group', 'severity', 'holds when nothing is found', 'requirement'], rows)}\n\n$2`,
  );
  writeFileSync(file, text);
}

/** Trains and serves the container as `LocalSession` does. */
function withSdk({ name }: CorpusCase): string {
  if (!existsSync(PYTHON)) return 'not run';
  const script = path.join(ROOT, 'scripts', 'sdk-local-mode.py');
  const { status, stdout, stderr } = spawnSync(PYTHON, [script, name], { encoding: 'utf8', timeout: 180_000 });
  if (status === null) return 'hangs';
  return status === 0 ? 'nothing' : ((stdout || stderr).trim().split('\n').pop() ?? '').slice(0, 120);
}

async function main(): Promise<void> {
  writeChecks();
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
  writeFileSync(
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
