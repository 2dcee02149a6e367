import { stripVTControlCharacters } from 'node:util';
import { Clock } from '../core/clock';
import { type CheckResult, type Finding, type Group, type Outcome, SEVERITIES } from '../core/finding';
import { Inconclusive } from '../core/inconclusive';
import type { Wait } from '../core/wait';
import type { CheckContext } from '../probe/check-context';
import type { Check } from './check';

export interface CheckEvents {
  /** A check that is not skipped has started. */
  onStart?(check: Check): void;

  /** A server is not healthy yet, or a run has not ended; called once a second or more often. */
  onWait?(wait: Wait): void;

  /** A check has ended, or was skipped. */
  onOutcome?(check: Check, outcome: Outcome): void;
}

/** Runs checks concurrently; what several of them need is run once, by the first of them. */
export async function runChecks(
  context: CheckContext,
  checks: readonly Check[],
  image: string,
  events: CheckEvents = {},
): Promise<CheckResult> {
  const clock = new Clock();
  const results = await Promise.all(checks.map((check) => runCheck(context, check, events, clock)));
  const findings = results.flatMap((result) => result.findings).sort(bySeverity);
  return {
    image,
    findings,
    checks: [...results.map(({ outcome }) => outcome), ...(await unexplained(context, findings))],
    timings: clock.timings(),
  };
}

/**
 * Failures of the specified run or container that no selected check reports as an error: the result must not look like that of an image
 * without errors.
 */
async function unexplained(context: CheckContext, findings: readonly Finding[]): Promise<Outcome[]> {
  const hasError = (group?: Group): boolean =>
    findings.some(({ id, severity }) => severity === 'error' && context.groupOf(id) === group);
  return (await context.failures())
    .filter(({ check }) => !hasError(context.groupOf(check)))
    .map(({ check, reason }) => ({
      id: check,
      status: 'inconclusive',
      seconds: 0,
      reason: `${reason}, and no selected check reports the cause: also run the check "${check}"`,
      isError: true,
    }));
}

async function runCheck(
  context: CheckContext,
  check: Check,
  events: CheckEvents,
  clock: Clock,
): Promise<{ outcome: Outcome; findings: Finding[] }> {
  const started = Date.now();
  const end = (rest: Omit<Outcome, 'id' | 'seconds'>, findings: Finding[] = []): ReturnType<typeof runCheck> => {
    const seconds = (Date.now() - started) / 1000;
    const time = rest.status === 'skipped' ? {} : { time: clock.timeOf(check.id, seconds) };
    const outcome = { id: check.id, seconds, ...time, ...rest };
    events.onOutcome?.(check, outcome);
    return Promise.resolve({ outcome, findings });
  };
  if (check.group !== 'image' && !context.has(check.group)) {
    return end({ status: 'skipped', reason: `the image is not checked for ${check.group}` });
  }
  const reason = check.skipReason?.(context);
  if (reason !== undefined) return end({ status: 'skipped', reason });
  events.onStart?.(check);
  try {
    const findings = await clock.run(check.id, () => findingsOf(context, check));
    return await end({ status: findings.length > 0 ? 'failed' : 'passed' }, findings);
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof Inconclusive) return end({ status: 'inconclusive', reason: message });
    // An error of one check must not hide the findings of the others.
    return end({ status: 'inconclusive', reason: `the check could not run: ${plainText(message)}`, isError: true });
  }
}

async function findingsOf(context: CheckContext, { id, fact, run, ...check }: Check): Promise<Finding[]> {
  return (await run(context)).map(({ message, fix, evidence = [], severity = check.severity }) => ({
    id,
    severity,
    message: plainText(message),
    fix,
    fact,
    evidence: evidence.map(plainText),
  }));
}

/** Removes control characters: the output of a container is written to terminals and into XML. */
function plainText(text: string): string {
  return stripVTControlCharacters(text).replace(/(?![\n\t])\p{Cc}/gu, '');
}

const bySeverity = (one: Finding, other: Finding): number =>
  SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity);
