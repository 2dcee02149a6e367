import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { CHECKS } from '../local/check';

const DOCUMENT = readFileSync(path.join(__dirname, '..', 'docs', 'contract.md'), 'utf8');

/** The entries of the document by their anchors: from each anchor to the next one. */
const ENTRIES = new Map(
  DOCUMENT.split(/(?=<a id=")/)
    .slice(1)
    .map((text) => [/^<a id="([^"]+)">/.exec(text)?.[1] ?? text, text]),
);

const CHECKS_BY_FACT = new Map<string, string[]>();
for (const { id, fact } of CHECKS) {
  for (const one of fact.split(', ')) CHECKS_BY_FACT.set(one, [...(CHECKS_BY_FACT.get(one) ?? []), id]);
}

/** The ids after `Check:` or `Checks:`. */
function checksNamedIn(entry: string): string[] {
  const [, named = ''] = /\bChecks?: ((?:`[a-z-]+`,?\s*)+)/.exec(entry) ?? [];
  return [...named.matchAll(/`([a-z-]+)`/g)].map(([, id]) => id);
}

describe('docs/contract.md', () => {
  test('has an entry, with a lower-case anchor, for each id that a check prints', () => {
    const missing = [...CHECKS_BY_FACT.keys()].filter((fact) => !ENTRIES.has(fact.toLowerCase()));
    expect(missing).toEqual([]);
  });

  test('names at each entry exactly the checks that print its id', () => {
    const documented = [...ENTRIES].map(([anchor, text]) => [anchor, checksNamedIn(text).sort()]);
    const printed = [...ENTRIES.keys()].map((anchor) => [
      anchor,
      [...(CHECKS_BY_FACT.get(anchor.toUpperCase()) ?? [])].sort(),
    ]);
    expect(documented).toEqual(printed);
  });

  test('begins each entry with the id of its anchor, and gives each anchor once', () => {
    const anchors = [...DOCUMENT.matchAll(/<a id="([^"]+)">/g)].map(([, anchor]) => anchor);
    expect(anchors).toEqual([...new Set(anchors)]);
    const differing = [...ENTRIES].filter(
      ([anchor, text]) => !text.startsWith(`<a id="${anchor}"></a>**${anchor.toUpperCase()}** `),
    );
    expect(differing).toEqual([]);
  });

  test('refers to anchors, headings and sources that exist, and to every source that it defines', () => {
    const headings = [...DOCUMENT.matchAll(/^## (.*)$/gm)].map(([, title]) =>
      title.toLowerCase().replaceAll(',', '').replaceAll(' ', '-'),
    );
    const targets = [...DOCUMENT.matchAll(/\]\(#([^)]+)\)/g)].map(([, target]) => target);
    expect(targets.filter((target) => !ENTRIES.has(target) && !headings.includes(target))).toEqual([]);

    const defined = [...DOCUMENT.matchAll(/^\[([^\]]+)\]: https:/gm)].map(([, label]) => label);
    const text = DOCUMENT.replace(/```[\s\S]*?```|`[^`\n]*`|^\[[^\]]+\]: .*$/gm, '');
    const used = [...text.matchAll(/\[([^\]]+)\](?![(])/g)].map(([, label]) => label.replace(/\s+/g, ' '));
    expect([...new Set(used)].sort()).toEqual(defined.sort());
  });
});
