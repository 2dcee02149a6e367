import { styleText } from 'node:util';
import type { CheckResult, Finding, Outcome, Severity } from '../core/check';
import type { ReportOptions } from './index';

const COLORS: Record<Severity, 'red' | 'yellow' | 'cyan'> = { error: 'red', warning: 'yellow', note: 'cyan' };

/** For people: findings first, the worst first, each with how to mend it and what proves it. */
export function text(results: CheckResult[], options: ReportOptions): string {
  return results.map((result) => textOf(result, options)).join('\n\n');
}

function textOf({ image, findings, checks }: CheckResult, { isColored = false }: ReportOptions): string {
  const paint = (color: Parameters<typeof styleText>[0], words: string): string =>
    isColored ? styleText(color, words) : words;
  const shown = findings.map(({ id, severity, message, fix, fact, evidence }) =>
    [
      `${paint(COLORS[severity], `${severity}: ${id}`)} ${paint('dim', `(${fact})`)}`,
      `  ${message}`,
      `  ${paint('bold', 'To mend it:')} ${fix}`,
      ...evidence.map((line) => paint('dim', `  | ${line}`)),
    ].join('\n'),
  );
  return [...shown, summary(image, findings, checks), ...untold(checks)].join('\n\n');
}

function summary(image: string, findings: Finding[], checks: Outcome[]): string {
  const count = (status: Outcome['status']): number => checks.filter((check) => check.status === status).length;
  const found = (['error', 'warning', 'note'] as const)
    .map((severity) => [findings.filter((finding) => finding.severity === severity).length, severity] as const)
    .filter(([number]) => number > 0)
    .map(([number, severity]) => `${number} ${severity}${number === 1 ? '' : 's'}`);
  const others = [
    `${count('passed')} checks passed`,
    ...(count('untold') > 0 ? [`${count('untold')} could not be told`] : []),
    ...(count('skipped') > 0 ? [`${count('skipped')} had nothing to look at`] : []),
  ];
  return `${image}: ${found.length === 0 ? 'nothing found' : found.join(', ')}; ${others.join(', ')}.`;
}

/** What kept checks from telling, a line for each reason. */
function untold(checks: Outcome[]): string[] {
  const reasons = new Map<string, string[]>();
  for (const { id, status, reason = '' } of checks) {
    if (status === 'untold') reasons.set(reason, [...(reasons.get(reason) ?? []), id]);
  }
  if (reasons.size === 0) return [];
  return [
    ['Could not be told:', ...[...reasons].map(([reason, ids]) => `  since ${reason}: ${ids.join(', ')}`)].join('\n'),
  ];
}
