import type { ComparisonJob, ShadowTest } from '../release-contract';
import type { AlarmStates } from './alarms';
import type { Comparison } from './comparison';
import type { JobComparison } from './comparison-job';
import type { Decision } from './decision';
import type { StartedComparison, Test, Verdict } from './record';
import type { World } from './world';

/** Whether a version is tested before it is released: once, and not if it has served before. */
export function requiresTest({ shadowTest, record: { served, tested = [] } }: World, arn: string): boolean {
  return shadowTest !== undefined && !served.includes(arn) && !tested.includes(arn);
}

/**
 * The next step of the test of a version that the shadow variant serves. A test that is not over ends the execution: the hourly check
 * continues, and events are not kept waiting.
 */
export function nextOfTest(world: World, arn: string): Decision {
  const { shadowTest, record, now, alarms } = world;
  const { test } = record;
  if (shadowTest === undefined) return CONTINUED;
  if (test?.arn !== arn) return { action: 'startTest', arn };
  const { DurationSeconds, Alarms } = shadowTest;
  if (Alarms !== undefined && alarms === undefined) return { action: 'readAlarms', watched: Alarms, test };
  const isOver = now >= test.since + DurationSeconds * 1000;
  const ofAlarms = alarms && resultOfAlarms(alarms, test, isOver);
  if (ofAlarms !== undefined) return ofAlarms;
  return isOver ? nextOfComparison(world, shadowTest, test) : CONTINUED;
}

/** The next step of a test whose duration has ended. */
function nextOfComparison({ comparison, jobComparison, now }: World, shadowTest: ShadowTest, test: Test): Decision {
  const { MaxDurationSeconds, MinRequests, Comparison: job } = shadowTest;
  if (job !== undefined && test.comparison !== undefined) return nextOfJob(jobComparison, test, test.comparison, job);
  if (comparison === undefined) return { action: 'compare', shadowTest, test };
  const { requestCount } = comparison;
  if (requestCount >= MinRequests && comparison.hasValue) {
    if (job !== undefined) return { action: 'startComparison', shadowTest, job, test, requestCount };
    return { action: 'endTest', test, verdict: verdictOf(comparison, shadowTest) };
  }
  if (now < test.since + MaxDurationSeconds * 1000) return CONTINUED;
  return {
    action: 'finish',
    outcome: 'Blocked',
    reason: `${test.arn} is not released: ${obstacleTo(comparison, shadowTest)}`,
  };
}

/** The next step of a test whose comparison by a job has started. The end of the job is an event, which starts the next check. */
function nextOfJob(
  jobComparison: JobComparison | undefined,
  test: Test,
  comparison: StartedComparison,
  job: ComparisonJob,
): Decision {
  if (jobComparison === undefined) return { action: 'runComparison', job, test, comparison };
  switch (jobComparison.state) {
    case 'running':
      return CONTINUED;
    case 'failed': {
      const reason = `${test.arn} is not released: its comparison has failed: ${jobComparison.reason}`;
      return { action: 'finish', outcome: 'Blocked', reason };
    }
    case 'completed': {
      const { isPassed, reason, metric } = jobComparison;
      const requestCount = String(comparison.requestCount);
      return { action: 'endTest', test, verdict: { isPassed, reason, metric: String(metric), requestCount } };
    }
  }
}

/**
 * The decision if an alarm was in ALARM, or does not exist. An alarm that was in ALARM before the test can be about another version: it
 * only counts if it still is at the end.
 */
function resultOfAlarms({ changed, current, missing }: AlarmStates, test: Test, isOver: boolean): Decision | undefined {
  const [cause] = [...changed, ...(isOver ? current : [])];
  if (cause !== undefined) {
    const reason = `alarm ${cause.name} was in ALARM during the test: ${cause.reason}`;
    return { action: 'endTest', test, verdict: { isPassed: false, reason } };
  }
  if (missing.length === 0) return undefined;
  const reason =
    `${test.arn} is not released: \`alarms\` that do not exist, or are imported composite alarms: ${missing.join(', ')}. Deploy the ` +
    'stack that creates them, or correct `alarms`';
  return { action: 'finish', outcome: 'Blocked', reason };
}

/** Why the responses cannot be compared. */
function obstacleTo(comparison: Comparison, { MinRequests, MaxDurationSeconds, JsonPath }: ShadowTest): string {
  const { requestCount } = comparison;
  if (requestCount >= MinRequests) return `\`jsonPath\` "${JsonPath}" selects no value in any response of production`;
  return (
    `too few requests were captured with a response of both variants within ${MaxDurationSeconds} seconds: ${requestCount}, less than ` +
    `\`minRequests\` ${MinRequests}; ${withoutCounterpart(comparison)}`
  );
}

function verdictOf(comparison: Comparison, { MinAgreement }: ShadowTest): Verdict {
  const { requestCount, agreementCount, difference } = comparison;
  // Not 1 minus the part that differs, which can be less than the same part as a literal: 0.93 of 100 requests.
  const agreement = agreementCount / requestCount;
  const isPassed = agreement >= MinAgreement;
  const example =
    difference &&
    `for example, ${difference.at} is ${difference.a} in production, and ${difference.b} in the shadow variant`;
  const counts =
    `${agreementCount} of ${requestCount} requests have the same response as that of the released version (${agreement}), ` +
    `${isPassed ? 'at least' : 'less than'} \`minAgreement\` ${MinAgreement}`;
  return {
    isPassed,
    reason: [counts, example, withoutCounterpart(comparison)].filter(Boolean).join('; '),
    agreement: String(agreement),
    requestCount: String(requestCount),
  };
}

/** A request on which a variant fails has no captured response. */
function withoutCounterpart({ unpaired: { production, shadow } }: Comparison): string {
  return `${production} captured responses of production and ${shadow} of the shadow variant have no counterpart`;
}

const CONTINUED: Decision = { action: 'finish', outcome: 'UpToDate' };
