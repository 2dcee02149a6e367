import { readFileSync } from 'node:fs';
import { DOCUMENT, render } from '../scripts/generate-rules';
import { messages } from '../scripts/messages';
import { EXEMPT, RULES } from '../scripts/rules';

const rules = Object.values(RULES).flat();
const exempt = Object.values(EXEMPT).flat();
const found = messages().map((message) => ({ ...message, entry: `${message.file}: ${message.text}` }));

test('Every error and every warning of the library states a rule, or is exempt with a reason', () => {
  const covered = [...rules.flatMap((rule) => rule.messages), ...exempt];
  const missing = found.filter(({ entry }) => !covered.some((part) => entry.includes(part)));
  expect(missing.map(({ entry }) => entry)).toEqual([]);
});

test('A rule is an error or a warning like its messages', () => {
  const differing = rules.flatMap(({ result = 'error', messages: parts }) =>
    found.filter(
      ({ entry, result: reported }) =>
        parts.some((part) => entry.includes(part)) && reported !== undefined && reported !== result,
    ),
  );
  expect(differing.map(({ entry }) => entry)).toEqual([]);
});

test('Every message of a rule and every exempt text is in the library, and belongs to one rule only', () => {
  const parts = [...rules.flatMap((rule) => rule.messages), ...exempt];
  expect(parts.filter((part) => !found.some(({ entry }) => entry.includes(part)))).toEqual([]);
  const ambiguous = found.filter(({ entry, file }) => {
    const owners = rules.filter((rule) => rule.messages.some((part) => entry.includes(part)));
    // The file of the limits also contains the rules on unique names and on known values.
    return owners.length > 1 && file !== 'private/validation.ts';
  });
  expect(ambiguous.map(({ entry }) => entry)).toEqual([]);
});

test('docs/rules.md contains the rules: `npm run generate:rules` writes it', () => {
  expect(readFileSync(DOCUMENT, 'utf8')).toEqual(render());
});
