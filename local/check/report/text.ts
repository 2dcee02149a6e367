import { styleText } from 'node:util';
import type { CheckResult, Finding, Outcome, Severity, Status } from '../core/finding';
import { contractUrl } from './contract';
import type { ReportOptions } from './options';
import { summaryOf } from './summary';
import { timingsText } from './timings';

const COLORS: Record<Severity, 'red' | 'yellow' | 'cyan'> = { error: 'red', warning: 'yellow', note: 'cyan' };

type Paint = (style: Parameters<typeof styleText>[0], words: string) => string;

/** For reading: the findings, each with its fix and evidence, and a summary of each result. */
export function text(results: CheckResult[], { isColored = false, hasTimings = false }: ReportOptions): string {
  const paint: Paint = (style, words) => (isColored ? styleText(style, words) : words);
  const sections = results.flatMap((result) => [
    ...result.findings.map((finding) => findingText(finding, paint)),
    `${result.image}: ${summaryOf(result)}.`,
    ...byReason(result.checks, 'inconclusive', 'Inconclusive checks:'),
    ...byReason(result.checks, 'skipped', 'Skipped checks:'),
    ...(hasTimings ? [timingsText(result)] : []),
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

const SHOWN_IDS = 5;

/** The checks with a status, a line per reason. */
function byReason(checks: Outcome[], status: Status, title: string): string[] {
  const idsByReason = new Map<string, string[]>();
  for (const { id, reason = '' } of checks.filter((check) => check.status === status)) {
    idsByReason.set(reason, [...(idsByReason.get(reason) ?? []), id]);
  }
  if (idsByReason.size === 0) return [];
  return [[title, ...[...idsByReason].map(([reason, ids]) => `  ${reason}: ${listOf(ids)}`)].join('\n')];
}

function listOf(ids: string[]): string {
  const [shown, others] = [ids.slice(0, SHOWN_IDS), ids.slice(SHOWN_IDS)];
  return `${shown.join(', ')}${others.length === 0 ? '' : `, and ${others.length} more`}`;
}
