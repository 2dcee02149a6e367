// Compiles the TypeScript snippets of docs/ and the examples of the API against the built package, each in the constructor of a stack.
// jsii-rosetta compiles the examples and those of the README in the same way.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { complete, examplesOf, pages, snippetsOf } from './doc-snippets.mjs';

const FOLDER = path.join('.cache', 'snippets');

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const examples = examplesOf('.');
const snippets = [...pages().flatMap(snippetsOf), ...examples];
const files = new Map(snippets.map((snippet, index) => [path.resolve(FOLDER, `${index}.ts`), snippet]));
files.forEach((snippet, file) => writeFileSync(file, complete(snippet)));

const program = ts.createProgram([...files.keys()], {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.CommonJS,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: ['node', 'jest'],
  paths: {
    'cdk-sagemaker-algorithm': [path.resolve('dist/index.d.ts')],
    'cdk-sagemaker-algorithm/testing': [path.resolve('dist/testing/index.d.ts')],
    'cdk-sagemaker-algorithm/check': [path.resolve('dist/types/local/check/index.d.ts')],
  },
});
const errors = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
  const { page, line } = files.get(file?.fileName ?? '') ?? { page: file?.fileName, line: 0 };
  return `${page}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
});
errors.forEach((error) => console.error(error));
const count = snippets.length - examples.length;
console.log(`${count} snippets of docs/ and ${examples.length} examples of the API compiled, ${errors.length} errors.`);
if (errors.length > 0) process.exitCode = 1;
