import type { Decision, UpdateDecision } from './decision';
import { failureCause } from './failure-cause';
import type { Candidate, HostedVersions } from './record';
import { type Version, numberOf } from '../shared/registry';
import { MIN_WAIT_SECONDS, waitSeconds } from '../shared/wait-seconds';
import { nextOfTest, requiresTest } from './shadow-test';
import { type HostingStack, NONE, type World } from './world';

/** Why the update to the candidate has failed. */
interface Failure {
  readonly isVersion: boolean;
  readonly isFinal: boolean;
  readonly reason: string;

  /** Milliseconds since 1970. */
  readonly end: number;
}

const MAX_ATTEMPTS = 5;
const MINUTE = 60_000;

/** The time after which a version whose attempts have all failed is tried again. */
export const RETRY_AFTER_MS = 6 * 60 * MINUTE;

/** The time within which an update starts after it was recorded, or does not start any more. */
export const START_MS = MINUTE;

/** The time after which a description of a stack or a version contains a change. */
export const READ_LAG_MS = MINUTE;

/** The time between two descriptions of a stack that another deployment updates. Its end is an event too. */
const BUSY_WAIT_SECONDS = 60;

/** The states in which a stack can be updated. */
const IDLE = [
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_ROLLBACK_COMPLETE',
  'IMPORT_COMPLETE',
  'IMPORT_ROLLBACK_COMPLETE',
];

/** Decides what to do next, from what is released, approved and remembered. */
export function decide(world: World): Decision {
  const { stack, record, now } = world;
  const { candidate } = record;
  // A change set that creates a stack has not been executed yet.
  if (stack === undefined || stack.status === 'REVIEW_IN_PROGRESS') {
    const reason = 'The hosting stack does not exist. It releases the newest approved version when it is deployed';
    return { action: 'finish', outcome: 'Skipped', reason };
  }
  if (stack.status.endsWith('_IN_PROGRESS')) {
    return wait(candidate === undefined ? BUSY_WAIT_SECONDS : waitSeconds(now - candidate.since));
  }
  const obstacle = obstacleOf(stack);
  return obstacle === undefined
    ? decideWhileIdle(world, stack)
    : { action: 'finish', outcome: 'Blocked', reason: obstacle };
}

/** The decision while the stack can be updated. */
function decideWhileIdle(world: World, stack: HostingStack): Decision {
  const { released = NONE, shadow = NONE } = stack;
  const { record, now } = world;
  const { candidate } = record;
  const hosted = { released, shadow };
  if (candidate !== undefined) {
    if (areSame(hosted, candidate)) return { action: 'succeed', candidate };
    if (isUnknown(stack, candidate, now)) return wait(MIN_WAIT_SECONDS);
  }
  // First the parameters, so that another deployment of the stack does not release the candidate.
  if (!areSame(world.parameters, hosted)) return { action: 'restore', hosted };
  const failure = candidate === undefined ? undefined : failureOf(stack, candidate);
  if (candidate === undefined || failure === undefined) return nextStep(world, hosted, false);
  if (failure.isVersion && isBlamed(candidate, record.served)) {
    return { action: 'reject', candidate, reason: failure.reason };
  }
  const next = nextStep(world, hosted, true);
  return next.action === 'update' && areSame(next, candidate) ? again(next, candidate, failure, now) : next;
}

function areSame(one: HostedVersions, other: HostedVersions): boolean {
  return one.released === other.released && one.shadow === other.shadow;
}

/** Why the stack cannot be updated at all, if so. */
function obstacleOf({ status, hasRole, released, shadow }: HostingStack): string | undefined {
  if (!IDLE.includes(status)) return `The hosting stack is in the state ${status}, in which it cannot be updated`;
  if (!hasRole) {
    return (
      'The hosting stack has no associated execution role, which limits what its updates can do. Deploy it with the CDK, whose bootstrap ' +
      'stack contains the role'
    );
  }
  if (released !== undefined && shadow !== undefined) return undefined;
  const parameter = released === undefined ? 'SSM parameter' : 'SSM parameter of the shadow test';
  return `No parameter of the hosting stack reads the ${parameter}. Use ModelPackage.fromReleaseParameter() in the stack`;
}

/** Whether the update to the candidate can be in progress, although the stack is described as idle: descriptions and events lag behind. */
function isUnknown({ update }: HostingStack, { since }: Candidate, now: number): boolean {
  return update === undefined ? now < since + START_MS + READ_LAG_MS : !update.hasEnded;
}

/** Why the update to the candidate has failed. Undefined if it has not started. */
function failureOf({ update }: HostingStack, { refusal, since, arn, shadow }: Candidate): Failure | undefined {
  if (update === undefined) return refusal && { ...refusal, isVersion: false, end: since };
  const end = update.events.at(-1)?.Timestamp?.getTime() ?? since;
  return { ...failureCause(update.events, arn === shadow), isFinal: false, end };
}

/** Whether a version is the cause if a container fails: the only one that the update adds, unless it has served before. */
function isBlamed({ arn, released, shadow }: Candidate, served: string[]): boolean {
  return (arn === released || arn === shadow) && !served.includes(arn);
}

/** The decision about another attempt of an update that has failed. */
function again(next: UpdateDecision, candidate: Candidate, failure: Failure, now: number): Decision {
  const { isFinal, reason, end } = failure;
  if (isFinal) return { action: 'retryLater', outcome: 'Blocked', candidate, reason };
  if (candidate.attempt >= MAX_ATTEMPTS) return { action: 'retryLater', outcome: 'Failed', candidate, reason };
  const start = end + 2 ** (candidate.attempt - 1) * MINUTE;
  return start > now ? wait(Math.ceil((start - now) / 1000)) : next;
}

/** The next step towards the newest approved version. */
function nextStep(world: World, hosted: HostedVersions, hasFailed: boolean): Decision {
  const { test } = world.record;
  if (test?.verdict?.isPassed === false) return { action: 'rejectTested', arn: test.arn, verdict: test.verdict };
  const update = (arn: string, isStepBack: boolean, to: HostedVersions): Decision =>
    updateTo({ arn, isStepBack, ...to }, world, hasFailed);
  const wanted = versionToRelease(world, hosted.released);
  if ('action' in wanted) {
    const isIdle = wanted.action !== 'finish' || hosted.shadow === NONE;
    return isIdle ? wanted : update(hosted.shadow, false, { ...hosted, shadow: NONE });
  }
  const { arn, isStepBack } = wanted;
  const isTested = !isStepBack && hosted.released !== NONE && requiresTest(world, arn);
  if (!isTested) return update(arn, isStepBack, { released: arn, shadow: NONE });
  return hosted.shadow === arn ? nextOfTest(world, arn) : update(arn, false, { ...hosted, shadow: arn });
}

/** An update, unless all of its attempts have failed a while ago. */
function updateTo(
  update: Omit<UpdateDecision, 'action' | 'attempt'>,
  { record: { candidate, failed }, now }: World,
  hasFailed: boolean,
): Decision {
  if (failed !== undefined && areSame(failed, update) && now < failed.retryAt) return UP_TO_DATE;
  const isRepeated = candidate !== undefined && areSame(candidate, update);
  return { action: 'update', ...update, attempt: isRepeated ? candidate.attempt + (hasFailed ? 1 : 0) : 1 };
}

/** The version to release: the newest approved one, unless it is released already. */
function versionToRelease(
  world: World,
  released: string,
): { readonly arn: string; readonly isStepBack: boolean } | Decision {
  const { newestApproved: newest, released: current, record } = world;
  if (newest === undefined) return withoutApproved(released, current);
  const { arn } = newest;
  if (arn === released) return UP_TO_DATE;
  const isStepBack = numberOf(arn) < numberOf(released === NONE ? (record.rejected?.arn ?? NONE) : released);
  // A list that lags behind the approval of the released version is no reason for an older one.
  if (isStepBack && current?.isApproved === true) return UP_TO_DATE;
  return obstacleTo(newest, isStepBack, world) ?? { arn, isStepBack };
}

/** The decision if a version must not be released now. */
function obstacleTo({ arn }: Version, isStepBack: boolean, { record, now }: World): Decision | undefined {
  const { rejected, hasSteppedBack = false } = record;
  // A description that lags behind the rejection is no reason to release the version again.
  if (arn === rejected?.arn && now < rejected.time + READ_LAG_MS) return wait(MIN_WAIT_SECONDS);
  if (!isStepBack || !hasSteppedBack) return undefined;
  const reason = `${arn} is approved, but a version before it has failed too. Approve a newer version`;
  return { action: 'finish', outcome: 'Blocked', reason };
}

/** The decision while no version is approved: a released version stays. */
function withoutApproved(released: string, current: Version | undefined): Decision {
  if (released === NONE || current?.isApproved === true) return UP_TO_DATE;
  const reason = `${released} is released, but not approved any more, and no other version is approved`;
  return { action: 'finish', outcome: 'Blocked', reason };
}

const UP_TO_DATE: Decision = { action: 'finish', outcome: 'UpToDate' };

function wait(seconds: number): Decision {
  return { action: 'wait', seconds };
}
