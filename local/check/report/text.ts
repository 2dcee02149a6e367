import { styleText } from 'node:util';
import { type CheckResult, type Finding, type Outcome, SEVERITIES, type Severity, type Status } from '../core/finding';
import { contractUrl } from './contract';
import type { ReportOptions } from './options';

const COLORS: Record<Severity, 'red' | 'yellow' | 'cyan'> = { error: 'red', warning: 'yellow', note: 'cyan' };

type Paint = (style: Parameters<typeof styleText>[0], words: string) => string;

/** For reading: the findings, each with its fix and evidence, and a summary of each result. */
export function text(results: CheckResult[], { isColored = false }: ReportOptions): string {
  const paint: Paint = (style, words) => (isColored ? styleText(style, words) : words);
  const sections = results.flatMap(({ image, findings, checks }) => [
    ...findings.map((finding) => findingText(finding, paint)),
    summary(image, findings, checks),
    ...inconclusive(checks),
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

function summary(image: string, findings: Finding[], checks: Outcome[]): string {
  const count = (status: Status): number => checks.filter((check) => check.status === status).length;
  const bySeverity = SEVERITIES.map((severity) =>
    counted(
      findings.filter((one) => one.severity === severity),
      severity,
    ),
  );
  const found = bySeverity.filter((words) => words !== undefined).join(', ');
  const statuses = (['inconclusive', 'skipped'] as const).filter((status) => count(status) > 0);
  const others = statuses.map((status) => `, ${count(status)} ${status}`).join('');
  const passed = count('passed');
  return `${image}: ${found === '' ? 'no findings' : found}; ${passed} ${passed === 1 ? 'check' : 'checks'} passed${others}.`;
}

function counted(findings: Finding[], noun: string): string | undefined {
  if (findings.length === 0) return undefined;
  return `${findings.length} ${noun}${findings.length === 1 ? '' : 's'}`;
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
