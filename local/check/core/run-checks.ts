import { stripVTControlCharacters } from 'node:util';
import { type Check, type CheckResult, type Finding, GROUPS, type Outcome, SEVERITIES, Untold } from './check';
import { CHECKS } from '../checks';
import type { Lab } from '../probe/check-context';

/** Which of all checks are asked for, by ids and groups. */
export interface Selection {
  readonly only?: string[];
  readonly skip?: string[];
}

/** Words of a selection that name no check and no group. */
export function unknownIn({ only = [], skip = [] }: Selection): string[] {
  const known = new Set<string>([...GROUPS, ...CHECKS.map(({ id }) => id)]);
  return [...only, ...skip].filter((word) => !known.has(word));
}

export function selected({ only, skip = [] }: Selection): Check[] {
  const isNamed = (check: Check, words: string[]): boolean => words.includes(check.id) || words.includes(check.group);
  return CHECKS.filter((check) => (only === undefined || isNamed(check, only)) && !isNamed(check, skip));
}

export interface CheckEvents {
  /** The check begins to look. */
  onStart?(check: Check): void;
  onOutcome?(check: Check, outcome: Outcome): void;
}

/** Runs checks side by side; what they have in common is run once, by whichever comes first. */
export async function runChecks(
  lab: Lab,
  checks: readonly Check[],
  image: string,
  events: CheckEvents = {},
): Promise<CheckResult> {
  const results = await Promise.all(checks.map((check) => runCheck(lab, check, events)));
  return {
    image,
    findings: results.flatMap(({ findings }) => findings).sort(byWeight),
    checks: results.map(({ outcome }) => outcome),
  };
}

async function runCheck(
  lab: Lab,
  check: Check,
  events: CheckEvents,
): Promise<{ outcome: Outcome; findings: Finding[] }> {
  const started = Date.now();
  const ended = (rest: Omit<Outcome, 'id' | 'seconds'>, findings: Finding[] = []): ReturnType<typeof runCheck> => {
    const outcome = { id: check.id, seconds: (Date.now() - started) / 1000, ...rest };
    events.onOutcome?.(check, outcome);
    return Promise.resolve({ outcome, findings });
  };
  if (check.group !== 'image' && !lab.has(check.group)) {
    return ended({ status: 'skipped', reason: `the image is not checked for ${check.group}` });
  }
  const reason = check.unless?.(lab);
  if (reason !== undefined) return ended({ status: 'skipped', reason });
  events.onStart?.(check);
  try {
    const { id, severity, fact } = check;
    const findings = (await check.run(lab)).map(({ message, fix, evidence = [] }) => ({
      id,
      severity,
      message: plain(message),
      fix,
      fact,
      evidence: evidence.map(plain),
    }));
    return await ended({ status: findings.length > 0 ? 'failed' : 'passed' }, findings);
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof Untold) return ended({ status: 'untold', reason: message });
    // What others have found is still worth telling.
    return ended({ status: 'untold', reason: `the check could not be made: ${plain(message)}`, isFault: true });
  }
}

/** What a container says goes to terminals and into XML: as text alone. */
function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/(?![\n\t])\p{Cc}/gu, '');
}

const byWeight = (one: Finding, other: Finding): number =>
  SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity);

/** Whether findings are at least as bad as a severity. */
export function areAtLeast(findings: readonly Finding[], severity: Finding['severity'] | 'never'): boolean {
  if (severity === 'never') return false;
  return findings.some((finding) => SEVERITIES.indexOf(finding.severity) <= SEVERITIES.indexOf(severity));
}
