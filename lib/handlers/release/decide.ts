import type { ReleaseOutcome } from '../release-contract';
import { failureCause } from './failure-cause';
import type { Candidate } from './record';
import { type HostingStack, NONE, type Version, type World } from './world';

/** The next thing that a deployment does. */
export type Decision =
  /** Waits until the stack is idle, or until the next attempt. */
  | { readonly action: 'wait'; readonly seconds: number }
  /** Ends, because nothing is left to do, or nothing can be done. */
  | { readonly action: 'finish'; readonly outcome: ReleaseOutcome; readonly reason?: string }
  /** Sets the parameter back to the released version. */
  | { readonly action: 'restore' }
  /** Updates the stack to a version. */
  | { readonly action: 'update'; readonly version: Version; readonly isStepBack: boolean; readonly attempt: number }
  /** Records that the candidate serves. */
  | { readonly action: 'succeed'; readonly candidate: Candidate }
  /** Rejects the candidate. */
  | { readonly action: 'reject'; readonly candidate: Candidate; readonly reason: string }
  /** Records that the update has failed for another reason. */
  | { readonly action: 'retryLater'; readonly candidate: Candidate; readonly reason: string };

const MAX_ATTEMPTS = 5;
const MINUTE = 60_000;

/** The time after which a version whose attempts have all failed is tried again. */
export const RETRY_AFTER_MS = 6 * 60 * MINUTE;

/** The time after which the state of a stack contains the start of an update. */
const STACK_LAG_MS = MINUTE;

/** The shortest time between two descriptions of the stack. It grows with the time of the update so far. */
const MIN_WAIT_SECONDS = 30;
const WAIT_SHARE = 1 / 60;

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
  if (stack === undefined)
    return finish(
      'Skipped',
      'The hosting stack does not exist. It releases the newest approved version when it is deployed',
    );
  const obstacle = obstacleOf(stack);
  if (obstacle !== undefined) return finish('Blocked', obstacle);
  if (!IDLE.includes(stack.status))
    return { action: 'wait', seconds: waitSeconds(now - (record.candidate?.since ?? now)) };
  const released = stack.released ?? NONE;
  const { candidate } = record;
  if (candidate !== undefined) {
    if (released === candidate.arn) return { action: 'succeed', candidate };
    // The state of the stack can lag behind the start of its update.
    if (stack.events.length === 0 && now < candidate.since + STACK_LAG_MS) {
      return { action: 'wait', seconds: MIN_WAIT_SECONDS };
    }
    const failed = stack.events.length === 0 ? undefined : afterFailure(world, stack, candidate);
    if (failed !== undefined) return failed;
  }
  if (world.parameter !== released) return { action: 'restore' };
  return nextVersion(world, released);
}

/** Why the stack cannot be updated at all, if so. */
function obstacleOf({ status, hasRole, released }: HostingStack): string | undefined {
  if (!hasRole) {
    return (
      'The hosting stack has no associated execution role, which limits what its updates can do. Deploy it with the CDK, whose bootstrap ' +
      'stack contains the role'
    );
  }
  if (released === undefined) {
    return 'No parameter of the hosting stack reads the SSM parameter. Use ModelPackage.fromReleaseParameter() in the stack';
  }
  if (status.endsWith('_IN_PROGRESS') || IDLE.includes(status)) return undefined;
  return `The hosting stack is in the state ${status}, in which it cannot be updated`;
}

/** The decision after a failed update. Undefined if it is time for another attempt. */
function afterFailure(
  { record, parameter, now }: World,
  { events, released }: HostingStack,
  candidate: Candidate,
): Decision | undefined {
  const { isVersion, reason } = failureCause(events);
  if (isVersion && !record.served.includes(candidate.arn)) return { action: 'reject', candidate, reason };
  if (candidate.attempt >= MAX_ATTEMPTS) return { action: 'retryLater', candidate, reason };
  // Another deployment of the stack must not release the version in the meantime.
  if (parameter !== released) return { action: 'restore' };
  const end = events.at(-1)?.Timestamp?.getTime() ?? now;
  const next = end + 2 ** (candidate.attempt - 1) * MINUTE;
  return next > now ? { action: 'wait', seconds: Math.ceil((next - now) / 1000) } : undefined;
}

/** The version to release: the newest approved one, unless it is released already. */
function nextVersion(world: World, released: string): Decision {
  const { newestApproved: newest, released: current, record } = world;
  if (newest === undefined) return withoutApproved(released, current);
  // A list that lags behind the approval of the released version is no reason for an older one.
  const isStepBack = newest.createdAt < (current?.createdAt ?? record.rejectedAt ?? 0);
  if (newest.arn === released || (isStepBack && current?.isApproved === true) || isPaused(newest, world)) {
    return finish('UpToDate');
  }
  if (isStepBack && record.hasSteppedBack === true) {
    return finish(
      'Blocked',
      `${newest.arn} is approved, but a version before it has failed too. Approve a newer version`,
    );
  }
  const { candidate } = record;
  const attempt = candidate?.arn === newest.arn ? candidate.attempt + 1 : 1;
  return { action: 'update', version: newest, isStepBack, attempt };
}

/** The decision while no version is approved: a released version stays. */
function withoutApproved(released: string, current: Version | undefined): Decision {
  return released === NONE || current?.isApproved === true
    ? finish('UpToDate')
    : finish('Blocked', `${released} is released, but not approved any more, and no other version is approved`);
}

/** Whether all attempts of a version have failed a while ago. */
function isPaused({ arn }: Version, { record: { failed }, now }: World): boolean {
  return failed?.arn === arn && failed.retryAt > now;
}

function finish(outcome: ReleaseOutcome, reason?: string): Decision {
  return { action: 'finish', outcome, reason };
}

function waitSeconds(milliseconds: number): number {
  return Math.max(MIN_WAIT_SECONDS, Math.round((milliseconds / 1000) * WAIT_SHARE));
}
