import { styleText } from 'node:util';
import type { CheckResult, Finding, Outcome, Severity } from '../core/finding';
import { contractUrl } from './contract';
import type { ReportOptions } from './options';
import { summaryOf } from './summary';

const COLORS: Record<Severity, 'red' | 'yellow' | 'cyan'> = { error: 'red', warning: 'yellow', note: 'cyan' };

type Paint = (style: Parameters<typeof styleText>[0], words: string) => string;

/** For reading: the findings, each with its fix and evidence, and a summary of each result. */
export function text(results: CheckResult[], { isColored = false }: ReportOptions): string {
  const paint: Paint = (style, words) => (isColored ? styleText(style, words) : words);
  const sections = results.flatMap((result) => [
    ...result.findings.map((finding) => findingText(finding, paint)),
    `${result.image}: ${summaryOf(result)}.`,
    ...inconclusive(result.checks),
  ]);
  return sections.join('\n\n');
}

function findingText({ id, severity, message, fix, fact, evidence }: Finding, paint: Paint): string {
  return [
    `${paint(COLORS[severity], `${severity}: ${id}`)} ${paint('dim', `(${fact})`)}`,
    `  ${message}`,
    `  ${paint('bold', 'Fix:')} ${fix}`,
    ...evidence.map((line) => paint('dim', `  | ${line}`)),
    `  See ${contractUrl(fact)}`,
  ].join('\n');
}

/** The inconclusive checks, a line per reason. */
function inconclusive(checks: Outcome[]): string[] {
  const idsByReason = new Map<string, string[]>();
  for (const { id, status, reason = '' } of checks) {
    if (status === 'inconclusive') idsByReason.set(reason, [...(idsByReason.get(reason) ?? []), id]);
  }
  if (idsByReason.size === 0) return [];
  return [
    ['Inconclusive checks:', ...[...idsByReason].map(([reason, ids]) => `  ${reason}: ${ids.join(', ')}`)].join('\n'),
  ];
}
