// The TypeScript snippets of the documentation, as complete files.
import { readFileSync } from 'node:fs';

const FIXTURE = readFileSync('rosetta/default.ts-fixture', 'utf8');

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
