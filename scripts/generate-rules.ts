/** Writes the rules in `rules.ts` to `docs/rules.md`: `npm run generate:rules`. */
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { RULES, type Rule } from './rules';

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

The limits of single values, such as the length of a name, are one row, and so are the types of properties: both apply to all stages.
The [container contract](contract.md) lists what SageMaker expects from a container.
`;

/** A table whose columns are aligned, as Prettier formats it. */
function table(rows: string[][]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  const lines = [rows[0], widths.map((width) => '-'.repeat(width)), ...rows.slice(1)];
  return lines.map((cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |\n`).join('');
}

/** The document with all rules. The links are at its end, so that the tables can be read as text. */
export function render(): string {
  const links = new Map<string, string>();
  const referenced = (source: string): string =>
    source.replace(/\[([^\]]+)\]\(([^)]+)\)/g, (_, title: string, url: string) => {
      links.set(title, url);
      return `[${title}]`;
    });
  const cells = ({ rule, result, source }: Rule): string[] => [rule, result ?? 'error', referenced(source)];
  const stages = Object.entries(RULES).map(
    ([stage, rules]) => `\n## ${stage}\n\n${table([['Rule', 'Result', 'Source'], ...rules.map(cells)])}`,
  );
  const definitions = [...links].map(([title, url]) => `[${title}]: ${url}\n`).sort();
  return [INTRODUCTION, ...stages, '\n', ...definitions].join('');
}

if (require.main === module) writeFileSync(DOCUMENT, render());
