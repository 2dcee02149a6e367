import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { CHECKS } from '../../../../local/check';

describe('The catalog of checks', () => {
  test('has unique ids, and a title and the ids of requirements for each check', () => {
    expect(new Set(CHECKS.map(({ id }) => id)).size).toBe(CHECKS.length);
    expect(CHECKS.filter(({ title, fact }) => title === '' || !/^[A-J]\d+(, [A-J]\d+)*$/.test(fact))).toEqual([]);
  });

  test('is the table in docs/checks.md, with an anchor for each check (npm run corpus -- --checks-only writes it)', () => {
    const text = readFileSync(path.join(__dirname, '..', '..', '..', '..', 'docs', 'checks.md'), 'utf8');
    const [, table = ''] = /<!-- checks: [^>]*-->([^]*)<!-- \/checks -->/.exec(text) ?? [];
    const rows = table.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
    const documented = rows
      .filter(([, id = '']) => /^<a id="[a-z-]+"><\/a>`[a-z-]+`$/.test(id))
      .map((row) => row.slice(1, 5).join(' | '));
    const checks = CHECKS.map(({ id, group, severity, title }) =>
      [`<a id="${id}"></a>\`${id}\``, group, severity, title].join(' | '),
    );
    expect(documented).toEqual(checks);
  });

  test('links each requirement in docs/checks.md to its anchor in docs/contract.md', () => {
    const text = readFileSync(path.join(__dirname, '..', '..', '..', '..', 'docs', 'checks.md'), 'utf8');
    const links = CHECKS.map(({ fact }) =>
      fact
        .split(', ')
        .map((id) => `[${id}](contract.md#${id.toLowerCase()})`)
        .join(', '),
    );
    expect(links.filter((link) => !text.includes(link))).toEqual([]);
  });
});
