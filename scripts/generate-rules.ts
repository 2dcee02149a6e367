/** Writes the rules in `scripts/rules/` to `docs/rules.md`: `npm run generate:rules`. */
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import type { RuleSection } from '../lib/private/rules';
import { type Message, messages } from './messages';
import { reportedMessages } from './reports';
import { type Rule, SECTIONS, type Section } from './rules';

export const DOCUMENT = path.join(__dirname, '..', 'docs', 'rules.md');

const INTRODUCTION = `<!-- Generated from scripts/rules/ by \`npm run generate:rules\`. -->

# Rules that are checked at synthesis

The library checks these rules at \`cdk synth\`, before a deployment would fail. Values that are only known at deployment (tokens) are not
checked. An _error_ prevents the deployment, and a _warning_ does not. The source of a rule is the page where AWS states it, or
an issue that shows the error of AWS. Other sources:

- _design_: the library protects the stack, for example from a name that is already used. AWS would accept the value, or never receives
  it. A rule that is _stricter than AWS_ has a link to what AWS accepts.
- _implied by_: the page defines the properties in a way that excludes the value, but does not state that AWS rejects it.
- _not documented_: no page of AWS states or implies the rule.

Below each rule are the texts of its errors, with \`…\` for values. The limits of single values, such as the length of a name, are one rule,
and so are the types of properties: both apply to [all stages](#all-stages). Each error and warning ends with a link to the section of its
object, which names the other sections with rules for the object.
The [container contract](contract.md) lists what SageMaker expects from a container.
`;

/** The complete texts in the library that state a rule, with `…` for each value that is inserted. */
function textsOf(rule: Rule, found: readonly Message[]): string[] {
  const stating = found.filter((message) => states(rule, message));
  return [...new Set(stating.map(({ text }) => text.replace(/\s+/g, ' ').trim()))];
}

/** Whether a message of the library states a rule. */
export function states(rule: Rule, { file, text }: Message): boolean {
  return rule.messages.some((part) => `${file}: ${text}`.includes(part));
}

/** Names the other sections with rules that the errors and warnings with a link to a section can state. */
function otherSections(section: Section, linked: readonly Message[]): string[] {
  const [everywhere, ...others] = Object.entries(SECTIONS);
  if (section === everywhere[1]) return [];
  const named = others.filter(
    ([, other]) => other !== section && other.rules.some((rule) => linked.some((message) => states(rule, message))),
  );
  const links = [everywhere, ...named].map(([anchor, { title }]) => `[${title}](#${anchor})`);
  return [`These objects also have rules in: ${links.join(', ')}.`];
}

/**
 * The document with all rules, each with a heading, so that it has an anchor, and with the texts of its errors, so that a search for an error
 * finds the rule. The links are at its end, so that the document can be read as text.
 */
export function render(): string {
  const found = messages();
  const links = new Map<string, string>();
  const referenced = (source: string): string =>
    source.replace(/\[([^\]]+)\]\(([^)]+)\)/g, (_, title: string, url: string) => {
      links.set(title, url);
      return `[${title}]`;
    });
  const entry = (rule: Rule): string => {
    const texts = textsOf(rule, found);
    return [
      `### ${rule.rule.replace(/\.$/, '')}`,
      `_${rule.result === 'warning' ? 'Warning' : 'Error'}._ Source: ${referenced(rule.source)}.`,
      ...(texts.length === 0 ? [] : [`\`\`\`text\n${texts.join('\n')}\n\`\`\``]),
    ].join('\n\n');
  };
  const reported = reportedMessages();
  const sections = Object.entries(SECTIONS).map(([anchor, section]) => {
    const others = otherSections(section, reported.get(anchor as RuleSection) ?? []);
    return [`## ${section.title}`, ...others, ...section.rules.map(entry)].join('\n\n');
  });
  const definitions = [...links].map(([title, url]) => `[${title}]: ${url}\n`).sort();
  return [INTRODUCTION, '\n', sections.join('\n\n'), '\n\n', ...definitions].join('');
}

if (require.main === module) writeFileSync(DOCUMENT, render());
