// Translates the snippets of the README and of docs/ to Python and Java with jsii-rosetta, each to a file, and prints those that it cannot
// translate. The code for Go is meant to be read, and does not compile with any imports: docs/decisions/0020-site.md.
//
//   node scripts/transliterate.mjs DIRECTORY
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TargetLanguage, Translator } from 'jsii-rosetta';
import { completeJava } from './java-snippets.mjs';
import { complete, pages, snippetsOf } from './doc-snippets.mjs';

/** The reasons for which a snippet stays in TypeScript. */
const REASONS = [
  [/^test\(/m, 'a test with Jest'],
  [/=> ?\(?\{?$/m, 'a function, which jsii-rosetta does not translate'],
];

/** A directory in which the library is installed, since types decide how a snippet is translated. */
function installIn(directory) {
  const modules = path.join(directory, 'node_modules');
  mkdirSync(modules, { recursive: true });
  for (const name of readdirSync('node_modules'))
    symlinkSync(path.resolve('node_modules', name), path.join(modules, name));
  symlinkSync(process.cwd(), path.join(modules, 'cdk-sagemaker-algorithm'));
  return directory;
}

const [output] = process.argv.slice(2);
const directory = installIn(path.join(output, 'project'));
const snippets = ['README.md', ...pages()].flatMap(snippetsOf);
const reasonOf = ({ code }) => REASONS.find(([expression]) => expression.test(code))?.[1];
const translatable = snippets.filter((snippet) => reasonOf(snippet) === undefined);

const translated = new Translator(false).translateSnippets(
  translatable.map((snippet) => ({
    visibleSource: complete(snippet),
    location: { api: { api: 'file', fileName: `${snippet.page}:${snippet.line}` } },
    parameters: { $compilation: directory, $directory: directory },
    strict: false,
  })),
  [TargetLanguage.PYTHON, TargetLanguage.JAVA],
);
translated.forEach((snippet, index) => {
  const { page, line } = translatable[index];
  const name = `${page.replaceAll(path.sep, '-')}-${line}`;
  const sourceIn = (language) => snippet.get(language)?.source ?? '';
  writeFileSync(path.join(output, `${name}.py`), sourceIn(TargetLanguage.PYTHON));
  const className = name.replace(/\W/g, '_');
  const { code, reason } = completeJava(sourceIn(TargetLanguage.JAVA), className);
  if (code === undefined) console.log(`${page}:${line} is not translated to Java: ${reason}`);
  else writeFileSync(path.join(output, `${className}.java`), code);
});
for (const snippet of snippets) {
  const reason = reasonOf(snippet);
  if (reason !== undefined) console.log(`${snippet.page}:${snippet.line} is not translated: ${reason}`);
}
console.log(`${translatable.length} of ${snippets.length} snippets are translated.`);
