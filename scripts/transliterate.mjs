// Translates the snippets of the README and of docs/ to Python with jsii-rosetta, each to a file, and prints those that it cannot translate.
// The code that jsii-rosetta writes for Java and Go is meant to be read: it lacks imports, and Go needs pointers that it does not write.
//
//   node scripts/transliterate.mjs DIRECTORY
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TargetLanguage, Translator } from 'jsii-rosetta';
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
  [TargetLanguage.PYTHON],
);
translated.forEach((snippet, index) => {
  const { page, line } = translatable[index];
  const file = path.join(output, `${page.replaceAll(path.sep, '-')}-${line}.py`);
  writeFileSync(file, snippet.get(TargetLanguage.PYTHON)?.source ?? '');
});
for (const snippet of snippets) {
  const reason = reasonOf(snippet);
  if (reason !== undefined) console.log(`${snippet.page}:${snippet.line} is not translated: ${reason}`);
}
console.log(`${translatable.length} of ${snippets.length} snippets are translated.`);
