import { readFileSync } from 'node:fs';
import { Stack, Tags } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { repository } from '../package.json';
import * as sagemaker from '../lib';
import { RULES_PAGE, type RuleSection } from '../lib/private/rules';
import { DOCUMENT, render, states } from '../scripts/generate-rules';
import { librarySources, messages } from '../scripts/messages';
import { reportedMessages } from '../scripts/reports';
import { EXEMPT, SECTIONS } from '../scripts/rules';
import { PlainImage, newAlgorithm, newStack } from './stacks';

const rules = Object.values(SECTIONS).flatMap((section) => section.rules);
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

describe('The link of an error or a warning', () => {
  const reported = reportedMessages();
  const page = readFileSync(DOCUMENT, 'utf8');

  test('leads to the page of this repository', () => {
    expect(RULES_PAGE).toBe(`${repository.url.replace(/\.git$/, '')}/blob/main/docs/rules.md`);
  });

  test('leads to a heading of the page', () => {
    const titles = [...page.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    const anchors = titles.map((title) => title.toLowerCase().replaceAll(',', '').replaceAll(' ', '-'));
    expect(Object.keys(SECTIONS)).toEqual(anchors);
    expect(anchors).toEqual(expect.arrayContaining([...reported.keys()]));
  });

  test('leads to a section with the rule, or to one that names the section with the rule', () => {
    const bodies = page.split(/^## /m).slice(1);
    const anchors = Object.keys(SECTIONS);
    const listed = (anchor: RuleSection): string[] => {
      const [, others = ''] = /^These objects also have rules in: (.*)\.$/m.exec(bodies[anchors.indexOf(anchor)]) ?? [];
      return [anchor, ...[...others.matchAll(/\(#([a-z-]+)\)/g)].map(([, other]) => other)];
    };
    const lost = [...reported].flatMap(([anchor, linked]) => {
      const shown = listed(anchor).flatMap((one) => SECTIONS[one as RuleSection].rules);
      const unlisted = linked.filter((message) => rules.some((rule) => states(rule, message)));
      return unlisted
        .filter((message) => !shown.some((rule) => states(rule, message)))
        .map(({ file, text }) => `${anchor}: ${file}: ${text}`);
    });
    expect(lost).toEqual([]);
  });

  test('is part of every message that states a rule', () => {
    const linked = [...reported.values()].flat();
    const everywhere = SECTIONS['all-stages'].rules;
    const without = messages().filter(
      (message) =>
        rules.some((rule) => states(rule, message) && !everywhere.includes(rule)) &&
        !linked.some(({ file, text }) => file === message.file && text === message.text),
    );
    expect(without).toEqual([]);
  });

  test('is added in one place', () => {
    const others = librarySources().filter(
      ([file, source]) =>
        !['private/rules.ts', 'testing/requests-of.ts'].includes(file) &&
        /new Error\(|\.add(Warning|WarningV2|Error|ErrorV2|Info)\(|\.addValidation\(/.test(source.text),
    );
    expect(others.map(([file]) => file)).toEqual([]);
  });

  test.each<[string, () => unknown, RuleSection]>([
    ['one error', () => sagemaker.Hyperparameter.integer('', { min: 1, max: 2 }), 'algorithms'],
    ['several errors', () => sagemaker.Hyperparameter.integer('', { min: 3, max: 2 }), 'algorithms'],
    ['the type of an argument', () => sagemaker.ContainerImage.fromAsset(1 as never), 'all-stages'],
    ['the name of an imported resource', () => sagemaker.Model.fromModelName(new Stack(), 'Model', '-'), 'all-stages'],
    [
      'a construct',
      () => new sagemaker.TrainingJob(new Stack(), 'Job', { trainingJobName: 1 } as never),
      'training-and-tuning',
    ],
    [
      'a call that is not possible',
      () => sagemaker.ContainerImage.fromRegistry('python:3.12').bind(new Stack()),
      'images',
    ],
  ])('is the last line of an error about %s', (_, cause, section) => {
    const lines = linesOf(cause);
    expect(lines.at(-1)).toBe(`See ${RULES_PAGE}#${section}`);
    expect(lines.filter((line) => line.startsWith('See '))).toHaveLength(1);
  });

  test('is part of a warning, before its id', () => {
    const stack = newStack();
    const hyperparameter = sagemaker.Hyperparameter.integer('a', { min: 1, max: 2, required: true, defaultValue: 1 });
    newAlgorithm(stack, { hyperparameters: [hyperparameter] });
    const link = `\nSee ${RULES_PAGE}#algorithms [ack: cdk-sagemaker-algorithm:requiredDefault]`;
    const warnings = Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('required hyperparameters'));
    expect(warnings.map(({ entry }) => entry.data)).toEqual([expect.stringContaining(link)]);
  });

  test('is the last line of the errors of a validation at the end of synthesis', () => {
    const stack = newStack();
    const tags = { 'aws:a': '1', 'aws:b': '2' };
    const model = new sagemaker.Model(stack, 'Model', { image: new PlainImage('example.com/a:1') });
    Object.entries(tags).forEach(([key, value]) => Tags.of(model).add(key, value));
    const lines = linesOf(() => Template.fromStack(stack));
    expect(lines.filter((line) => line.startsWith('See '))).toEqual([`See ${RULES_PAGE}#all-stages`]);
  });
});

function linesOf(cause: () => unknown): string[] {
  try {
    cause();
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
}
