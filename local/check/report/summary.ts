import { type CheckResult, type Finding, SEVERITIES, type Status } from '../core/finding';

/** The numbers of findings and of checks in words: `1 error; 40 checks passed, 2 skipped`. */
export function summaryOf({ findings, checks }: CheckResult): string {
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
  return `${found === '' ? 'no findings' : found}; ${passed} ${passed === 1 ? 'check' : 'checks'} passed${others}`;
}

function counted(findings: Finding[], noun: string): string | undefined {
  if (findings.length === 0) return undefined;
  return `${findings.length} ${noun}${findings.length === 1 ? '' : 's'}`;
}
