// Checks prose and names against the word list in words.json: `node scripts/words.mjs [file…]`, by default all tracked files.
//
// `phrases` are searched in prose: Markdown, comments, docstrings and strings that contain a space, across line breaks.
// `openings` are phrases that must not begin a docstring, a test title or a sentence, unless it is a question.
// `names` are searched as words of identifiers (`fault` finds `faultOf` and `isFault`, not `default`) and of paths.
// A space in `find` stands for any white space; code in Markdown and in template strings is not prose. `exempt` lists the path
// prefixes to which an entry, or the whole list, does not apply. Runs in the root of the repository.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const CHECKED =
  /^(README|CONTRIBUTING|CHANGELOG)\.md$|^(docs|examples|assets|lib|local|bin|scripts|benchmarks|test|rosetta)\//;
const LANGUAGES = [
  [/\.md$/, markdown],
  [/\.([cm]?[jt]s|ts-fixture|java|go)$/, (text) => mask(text, SLASH_COMMENTS)],
  [/\.(py|sh|pl|ya?ml)$|\/(Dockerfile|train|serve[a-z-]*)$/, (text) => mask(text, HASH_COMMENTS)],
];

// Comments, regular expressions (to skip the quotes in them) and strings.
const STRINGS = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/;
const SLASH_COMMENTS = any(
  /(?:(?<=^[ \t]*)\/\/[^\n]*\n\s*)*\/\/[^\n]*/,
  /\/\*[\s\S]*?\*\//,
  /(?<=[(=,:!&|?;[{}]\s*)\/(?:\\.|\[(?:\\.|[^\]\n])*\]|[^/\\\n])+\/[a-z]*/,
  STRINGS,
  /`(?:\\.|[^`\\])*`/,
);
const HASH_COMMENTS = any(/"""[\s\S]*?"""/, STRINGS, /(?:(?<=^[ \t]*)#[^\n]*\n\s*)*(?<=^|\s)#[^\n]*/);

function any(...patterns) {
  return new RegExp(patterns.map(({ source }) => source).join('|'), 'gm');
}

/** The prose of a source file at its original offsets: a line break ends a fragment, all else is blank. */
function mask(text, fragments) {
  let masked = '';
  for (const { 0: found, index } of text.matchAll(fragments)) {
    masked += '\n'.repeat(index - masked.length) + proseOf(found);
  }
  return masked + '\n'.repeat(text.length - masked.length);
}

function proseOf(fragment) {
  const blank = (marks) => ' '.repeat(marks.length);
  if (/^\/[/*]|^#|^"""/.test(fragment)) {
    const text = fragment
      .replace(/^(\/\*\*?|"""|\/\/+|#+!?)|(\*\/|""")$/g, (mark) => '\n'.repeat(mark.length))
      .replace(/(?<=\n[ \t]*)(\*(?!\/)|\/\/+|#+)/g, blank);
    return paragraphs(text);
  }
  const isProse = !fragment.startsWith('/') && /\p{L} /u.test(fragment);
  if (!isProse) return '\n'.repeat(fragment.length);
  const withoutCode = fragment.slice(1, -1).replace(/\$\{[^}]*\}/g, (code) => '_'.repeat(code.length));
  return `\n${withoutCode}\n`;
}

/** Joins the lines of a paragraph; blank lines, tags, headings, list items and table cells stay apart. */
function paragraphs(text) {
  return text.replace(/\n(?=[ \t]*[^\s@#|>*+\d-])/g, ' ').replace(/^ (?=\s*\S)/, '\n');
}

function markdown(text) {
  const parts = text.split(/^(```[^\n]*\n[\s\S]*?^```$)/m);
  const masked = parts.map((part, index) => (index % 2 === 1 ? mask(part, SLASH_COMMENTS) : markdownProse(part)));
  return masked.join('');
}

function markdownProse(text) {
  const blank = (found) => found.replace(/[^\n]/g, '_');
  const withoutCode = text.replace(/`[^`\n]*`/g, blank).replace(/(?<=\]\()[^)\s]*(?=\))/g, blank);
  return paragraphs(withoutCode).replace(/ *\| */g, (cell) => '\n'.repeat(cell.length));
}

const spaced = (find) => find.replaceAll(' ', '[ \\t]+');

const COMPILE = {
  phrases: (find) => new RegExp(`(?<![\\w-])(?:${spaced(find)})(?![\\w])`, 'gimu'),
  openings: (find) =>
    new RegExp(`(?<=^[ \\t]*(?:@\\w+ (?:- )?|[-*\\d.]+ +)?|[.!] )(?:${find}) (?![^.\\n]*\\?)[^.\\n]{0,40}`, 'gmu'),
  names: (find) => {
    const capitalized = find.replace(/[a-z]/i, (letter) => letter.toUpperCase());
    return new RegExp(
      `(?<![A-Za-z])(?:${find})(?![a-z])|(?:${capitalized})(?![a-z])|(?<![A-Z])(?:${find.toUpperCase()})(?![A-Z])`,
      'gu',
    );
  },
};

function compile(list) {
  return Object.entries(COMPILE).flatMap(([kind, compiled]) =>
    list[kind].map(({ find, write, exempt = [] }) => ({ kind, pattern: compiled(find), write, exempt })),
  );
}

function findingsIn(file, rules) {
  const [, proseIn] = LANGUAGES.find(([names]) => names.test(file)) ?? [];
  const text = proseIn === undefined ? '' : readFileSync(file, 'utf8');
  const prose = proseIn?.(text) ?? '';
  const findings = rules
    .filter(({ exempt }) => !exempt.some((prefix) => file.startsWith(prefix)))
    .flatMap(({ kind, pattern, write }) => {
      const inPath = kind === 'names' ? [...file.matchAll(pattern)] : [];
      const inText = [...(kind === 'names' ? text : prose).matchAll(pattern)];
      return [
        ...inPath.map(({ 0: found }) => ({ line: 1, found, write })),
        ...inText.map(({ 0: found, index }) => ({ line: text.slice(0, index).split('\n').length, found, write })),
      ];
    });
  return findings
    .sort((one, other) => one.line - other.line)
    .map(({ line, found, write }) => ({ place: `${file}:${line}`, found: found.replace(/\s+/g, ' ').trim(), write }));
}

function filesToCheck(given, exempt) {
  if (given.length > 0) return given;
  const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard']);
  const files = tracked.toString().trim().split('\n');
  return files.filter(
    (file) => CHECKED.test(file) && existsSync(file) && !exempt.some((prefix) => file.startsWith(prefix)),
  );
}

const list = JSON.parse(readFileSync('scripts/words.json', 'utf8'));
const rules = compile(list);
const findings = filesToCheck(process.argv.slice(2), list.exempt).flatMap((file) => findingsIn(file, rules));
for (const { place, found, write } of findings) console.log(`${place}: "${found}": write ${write}`);
if (findings.length > 0) {
  const lines = new Set(findings.map(({ place }) => place)).size;
  console.error(`${findings.length} findings on ${lines} lines. The words are listed in scripts/words.json.`);
  process.exitCode = 1;
}
