import type { ReleaseOutcome } from '../release-contract';
import { failureCause } from './failure-cause';
import type { Candidate } from './record';
import { type Version, numberOf } from '../shared/registry';
import { MIN_WAIT_SECONDS, waitSeconds } from '../shared/wait-seconds';
import { type HostingStack, NONE, type World } from './world';

/** The next thing that a deployment does. */
export type Decision =
  /** Waits until the stack is idle, or until the next attempt. */
  | { readonly action: 'wait'; readonly seconds: number }
  /** Ends, because nothing is left to do, or nothing can be done. */
  | { readonly action: 'finish'; readonly outcome: ReleaseOutcome; readonly reason?: string }
  /** Sets the parameter back to the released version. */
  | { readonly action: 'restore'; readonly released: string }
  /** Updates the stack to a version. */
  | { readonly action: 'update'; readonly version: Version; readonly isStepBack: boolean; readonly attempt: number }
  /** Records that the candidate serves. */
  | { readonly action: 'succeed'; readonly candidate: Candidate }
  /** Rejects the candidate. */
  | { readonly action: 'reject'; readonly candidate: Candidate; readonly reason: string }
  /** Records that the update has failed for another reason. */
  | {
      readonly action: 'retryLater';
      readonly outcome: 'Failed' | 'Blocked';
      readonly candidate: Candidate;
      readonly reason: string;
    };

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
  if (obstacle !== undefined) return { action: 'finish', outcome: 'Blocked', reason: obstacle };
  const { released = NONE } = stack;
  if (candidate !== undefined) {
    if (released === candidate.arn) return { action: 'succeed', candidate };
    if (isUnknown(stack, candidate, now)) return wait(MIN_WAIT_SECONDS);
  }
  // First the parameter, so that another deployment of the stack does not release the candidate.
  if (world.parameter !== released) return { action: 'restore', released };
  const failure = candidate === undefined ? undefined : failureOf(stack, candidate);
  return (failure && afterFailure(world, candidate!, failure)) ?? nextVersion(world, released, failure !== undefined);
}

/** Why the stack cannot be updated at all, if so. */
function obstacleOf({ status, hasRole, released }: HostingStack): string | undefined {
  if (!IDLE.includes(status)) return `The hosting stack is in the state ${status}, in which it cannot be updated`;
  if (!hasRole) {
    return (
      'The hosting stack has no associated execution role, which limits what its updates can do. Deploy it with the CDK, whose bootstrap ' +
      'stack contains the role'
    );
  }
  return released === undefined
    ? 'No parameter of the hosting stack reads the SSM parameter. Use ModelPackage.fromReleaseParameter() in the stack'
    : undefined;
}

/** Whether the update to the candidate can be in progress, although the stack is described as idle: descriptions and events lag behind. */
function isUnknown({ update }: HostingStack, { since }: Candidate, now: number): boolean {
  return update === undefined ? now < since + START_MS + READ_LAG_MS : !update.hasEnded;
}

/** Why the update to the candidate has failed. Undefined if it has not started. */
function failureOf({ update }: HostingStack, { refusal, since }: Candidate): Failure | undefined {
  if (update === undefined) return refusal && { ...refusal, isVersion: false, end: since };
  const end = update.events.at(-1)?.Timestamp?.getTime() ?? since;
  return { ...failureCause(update.events), isFinal: false, end };
}

/** The decision after a failed update. Undefined if it is time for another attempt, or for another version. */
function afterFailure(
  { record, newestApproved, now }: World,
  candidate: Candidate,
  { isVersion, isFinal, reason, end }: Failure,
): Decision | undefined {
  if (isVersion && !record.served.includes(candidate.arn)) return { action: 'reject', candidate, reason };
  if (newestApproved?.arn !== candidate.arn) return undefined;
  if (isFinal) return { action: 'retryLater', outcome: 'Blocked', candidate, reason };
  if (candidate.attempt >= MAX_ATTEMPTS) return { action: 'retryLater', outcome: 'Failed', candidate, reason };
  const next = end + 2 ** (candidate.attempt - 1) * MINUTE;
  return next > now ? wait(Math.ceil((next - now) / 1000)) : undefined;
}

/** The version to release: the newest approved one, unless it is released already. */
function nextVersion(world: World, released: string, hasFailed: boolean): Decision {
  const { newestApproved: newest, released: current, record } = world;
  if (newest === undefined) return withoutApproved(released, current);
  if (newest.arn === released) return UP_TO_DATE;
  const { candidate, rejected } = record;
  const isStepBack = numberOf(newest.arn) < numberOf(released === NONE ? (rejected?.arn ?? NONE) : released);
  // A list that lags behind the approval of the released version is no reason for an older one.
  if (isStepBack && current?.isApproved === true) return UP_TO_DATE;
  const attempt = candidate?.arn === newest.arn ? candidate.attempt + (hasFailed ? 1 : 0) : 1;
  return obstacleTo(newest, isStepBack, world) ?? { action: 'update', version: newest, isStepBack, attempt };
}

/** The decision if a version must not be released now. */
function obstacleTo({ arn }: Version, isStepBack: boolean, { record, now }: World): Decision | undefined {
  const { rejected, failed, hasSteppedBack = false } = record;
  // A description that lags behind the rejection is no reason to release the version again.
  if (arn === rejected?.arn && now < rejected.time + READ_LAG_MS) return wait(MIN_WAIT_SECONDS);
  // All attempts of the version have failed a while ago.
  if (arn === failed?.arn && now < failed.retryAt) return UP_TO_DATE;
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
