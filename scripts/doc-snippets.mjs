// The TypeScript snippets of the documentation and the examples of the API, as complete files.
import { loadAssemblyFromPath } from '@jsii/spec';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const FIXTURE = readFileSync('rosetta/default.ts-fixture', 'utf8');

/** The pages of the documentation, without those that `npm run docs` writes. */
export function pages() {
  const files = readdirSync('docs', { recursive: true }).filter((file) => file.endsWith('.md'));
  return files.filter((file) => !file.startsWith(`reference${path.sep}`)).map((file) => path.join('docs', file));
}

/** The snippets of a page, each with its first line. */
export function snippetsOf(page) {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(/^```ts( nofixture)?\n([\s\S]*?)^```/gm)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length,
    isWhole: match[1] !== undefined,
    code: match[2],
  }));
}

/** The snippet in the constructor of a stack, from which its imports and declarations are moved, unless it is a complete file. */
export function complete({ code, isWhole }) {
  if (isWhole) return code;
  const outside = /^(import|declare) [\s\S]*?;\n/gm;
  const moved = [...code.matchAll(outside)].map(([text]) => text).join('');
  return moved + FIXTURE.replace('/// here', () => code.replace(outside, ''));
}

/** The examples of the docstrings of types, from the assembly that the build writes. */
export function examplesOf(directory) {
  const { types = {} } = loadAssemblyFromPath(directory);
  return Object.values(types).flatMap(({ docs, name, locationInModule }) => {
    if (docs?.example === undefined) return [];
    const page = `${locationInModule?.filename} (example of ${name})`;
    return [{ page, line: locationInModule?.line, isWhole: false, code: `${docs.example}\n` }];
  });
}
