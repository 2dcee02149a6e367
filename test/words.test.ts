import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '..');
const LINT = path.join(ROOT, 'scripts', 'words.mjs');

interface Entry {
  readonly find: string;
  readonly write: string;
  readonly example: string;
  readonly exempt?: string[];
}

type Kind = 'openings' | 'phrases' | 'names';
type WordList = Record<Kind, Entry[]> & { readonly exempt: string[] };

const WORDS = JSON.parse(readFileSync(path.join(ROOT, 'scripts', 'words.json'), 'utf8')) as WordList;
const KINDS: Kind[] = ['openings', 'phrases', 'names'];
const FIND_MEND: Entry = { find: 'to (mend|repair)', write: 'to fix', example: 'How to mend it.' };

let repository: string;

beforeEach(() => {
  repository = mkdtempSync(path.join(tmpdir(), 'words-'));
  execFileSync('git', ['init', '--quiet'], { cwd: repository });
});

afterEach(() => rmSync(repository, { recursive: true }));

/** Runs the lint in a repository that has these files and this word list. */
function lint(files: Record<string, string>, words: WordList = WORDS): { status: number | null; findings: string[] } {
  for (const [name, content] of Object.entries({ ...files, 'scripts/words.json': JSON.stringify(words) })) {
    mkdirSync(path.dirname(path.join(repository, name)), { recursive: true });
    writeFileSync(path.join(repository, name), content);
  }
  const { status, stdout } = spawnSync(process.execPath, [LINT], { cwd: repository, encoding: 'utf8' });
  return { status, findings: stdout.split('\n').filter((line) => line !== '') };
}

const listOf = (part: Partial<WordList>): WordList => ({ exempt: [], openings: [], phrases: [], names: [], ...part });

describe('The word lint', () => {
  test.each(KINDS)('finds the example of each entry of `%s`, at its line', (kind) => {
    const lines = WORDS[kind].map(({ example }) => (kind === 'names' ? example : `/** ${example} */`));
    const { status, findings } = lint({ 'lib/sample.ts': lines.join('\n') });
    const missed = WORDS[kind].filter(
      ({ write }, index) =>
        !findings.some(
          (line) => line.startsWith(`lib/sample.ts:${index + 1}: "`) && line.endsWith(`": write ${write}`),
        ),
    );
    expect(missed).toEqual([]);
    expect(status).toBe(1);
  });

  test('passes plain English, and words that only contain a listed one', () => {
    const files = {
      'README.md': '# Defaults\n\nWhat is a model? The default is fault tolerant. Use `whoever` or `is told`.\n',
      'lib/sample.ts': "/** The S3 location of the model. */\nconst isDefault = { maskable: 'invoked once' };\n",
    };
    expect(lint(files)).toEqual({ status: 0, findings: [] });
  });

  test.each([
    ['a docstring that is wrapped', 'lib/a.ts', '\n/**\n * The error says how to\n * mend it.\n */', 3],
    ['consecutive line comments', 'lib/a.ts', '  // The error says how to\n  // mend it.', 1],
    ['a Markdown paragraph', 'docs/a.md', 'The error says how to\nmend it.', 1],
    ['a Markdown table', 'docs/a.md', '| how |\n| --- |\n| how to mend it |', 3],
    ['a comment of a Markdown snippet', 'README.md', '```ts\n\nf(); // how to mend it\n```\n', 3],
    ['a string', 'test/a.ts', "const a = /'/;\ntest('how to mend it', f);", 2],
    ['a template string', 'test/a.ts', 'const a = `${"to mend"} how to mend it`;', 1],
    ['a Python docstring', 'assets/a.py', 'x = 1\n"""How to mend it."""', 2],
    ['a comment of a Dockerfile', 'assets/Dockerfile', 'FROM mend\n# How to mend it.', 2],
  ])('finds a phrase once in %s', (_, file, content, line) => {
    const words = listOf({ phrases: [FIND_MEND] });
    expect(lint({ [file]: content }, words).findings).toEqual([`${file}:${line}: "to mend": write to fix`]);
  });

  test('finds an opening at the start of a docstring, a tag, a title, a sentence and a list item only', () => {
    const openings = [{ find: 'What', write: 'a noun phrase', example: '' }];
    const content = [
      '/** What it is. */',
      '/** One. What it is. */',
      '/**\n * What it is.\n * @default - What it is.\n */',
      "test('What it is', f);",
      '/** It is\n * What it is. */',
      '/** What is it? */',
    ].join('\n');
    const { findings } = lint({ 'lib/a.ts': content, 'docs/a.md': '- What it is\n' }, listOf({ openings }));
    const places = findings.map((line) => line.split(': ')[0]);
    expect(places).toEqual(['docs/a.md:1', ...[1, 2, 4, 5, 7].map((line) => `lib/a.ts:${line}`)]);
  });

  test('finds a name as a word of identifiers and of file names', () => {
    const names = [{ find: 'faults?', write: 'error', example: '' }];
    const { findings } = lint(
      { 'lib/fault.ts': 'isFault; faultOf;\nMAX_FAULTS; isDefault; faulty;' },
      listOf({ names }),
    );
    expect(findings).toEqual([
      'lib/fault.ts:1: "fault": write error',
      'lib/fault.ts:1: "Fault": write error',
      'lib/fault.ts:1: "fault": write error',
      'lib/fault.ts:2: "FAULTS": write error',
    ]);
  });

  test('leaves out exempt files, of one entry or of the whole list, and files that are not documentation or code', () => {
    const phrases = [{ ...FIND_MEND, exempt: ['CHANGELOG.md'] }];
    const text = 'How to mend it.\n';
    const files = { 'CHANGELOG.md': text, 'docs/old/a.md': text, 'docs/a.md': text, 'docs/a.csv': text, LICENSE: text };
    const { findings } = lint(files, listOf({ exempt: ['docs/old/'], phrases }));
    expect(findings).toEqual(['docs/a.md:1: "to mend": write to fix']);
  });

  test('recommends no words that it reports itself', () => {
    const text = KINDS.flatMap((kind) => WORDS[kind].map(({ write }) => `- ${write}`)).join('\n');
    expect(lint({ 'docs/a.md': text }).findings).toEqual([]);
  });
});
