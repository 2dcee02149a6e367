import type { StackEvent } from '@aws-sdk/client-cloudformation';
import * as fc from 'fast-check';
import { decide } from '../../../lib/handlers/release/decide';
import type { Decision } from '../../../lib/handlers/release/decision';
import { failureCause } from '../../../lib/handlers/release/failure-cause';
import type { World } from '../../../lib/handlers/release/world';
import { ALARM_TEST, PING, QUOTA, SHADOW_TEST, arnOf } from './simulation';

const NOW = 10 * 3_600_000;

const arn = fc.integer({ min: 1, max: 4 }).map(arnOf);
const version = fc.record({ arn, isApproved: fc.constant(true) });
const failure = { ResourceType: 'AWS::SageMaker::Endpoint', ResourceStatus: 'UPDATE_FAILED' } as const;
const failed = (ResourceStatusReason: string): StackEvent =>
  ({ ...failure, ResourceStatusReason }) as unknown as StackEvent;
const update = fc.record({
  events: fc.constantFrom(PING, QUOTA, undefined).map((reason) => (reason === undefined ? [] : [failed(reason)])),
  hasEnded: fc.boolean(),
});
const shadow = fc.oneof(fc.constant('none'), arn);
const candidate = fc
  .record({
    arn,
    isOfShadow: fc.boolean(),
    other: shadow,
    token: fc.constant('token'),
    since: fc.integer({ min: NOW - 3_600_000, max: NOW }),
    attempt: fc.integer({ min: 1, max: 5 }),
    isStepBack: fc.boolean(),
  })
  .map(({ isOfShadow, other, ...one }) => ({
    ...one,
    released: isOfShadow ? other : one.arn,
    shadow: isOfShadow ? one.arn : 'none',
  }));
const shadowTested = fc.record({
  arn,
  since: fc.integer({ min: NOW - 8 * 3_600_000, max: NOW }),
  verdict: fc.option(
    fc.record({
      isPassed: fc.boolean(),
      reason: fc.constant('different'),
      agreement: fc.constant('0.5'),
      requestCount: fc.constant('10'),
    }),
    { nil: undefined },
  ),
});
const comparison = fc.record({
  requestCount: fc.integer({ min: 1, max: 20 }),
  agreementCount: fc.integer({ min: 1, max: 20 }),
  hasValue: fc.boolean(),
  unpaired: fc.constant({ production: 0, shadow: 0 }),
});
const inAlarm = fc.array(fc.constant({ name: 'shadow-errors', reason: 'too many errors' }), { maxLength: 1 });
const alarms = fc.record({
  changed: inAlarm,
  current: inAlarm,
  missing: fc.array(fc.constant('shadow-latency'), { maxLength: 1 }),
});
const status = fc.constantFrom('UPDATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_FAILED');

const world: fc.Arbitrary<World> = fc
  .record({
    stack: fc.record({
      status,
      hasRole: fc.constant(true),
      parameterNames: fc.constant<string[]>([]),
      capabilities: fc.constant<string[]>([]),
      released: fc.oneof(fc.constant('none'), arn),
      shadow,
      update: fc.option(update, { nil: undefined }),
    }),
    parameters: fc.option(fc.record({ released: fc.oneof(fc.constant('none'), arn), shadow }), { nil: undefined }),
    newestApproved: fc.option(version, { nil: undefined }),
    isApproved: fc.boolean(),
    candidate: fc.option(candidate, { nil: undefined }),
    hasSteppedBack: fc.boolean(),
    served: fc.array(arn),
    tested: fc.array(arn),
    test: fc.option(shadowTested, { nil: undefined }),
    shadowTest: fc.constantFrom(SHADOW_TEST, ALARM_TEST, undefined),
    alarms: fc.option(alarms, { nil: undefined }),
    comparison: fc.option(comparison, { nil: undefined }),
  })
  .map(({ stack, parameters, newestApproved, isApproved, shadowTest, comparison, alarms: ofTest, ...record }) => ({
    now: NOW,
    stack,
    parameters: parameters ?? { released: stack.released, shadow: stack.shadow },
    shadowTest,
    comparison,
    alarms: shadowTest?.Alarms && ofTest,
    newestApproved,
    released: stack.released === 'none' ? undefined : { arn: stack.released, isApproved },
    record: { revision: 1, ...record },
  }));

/** A state for which a rule does not hold, if any. */
function counterexample(check: (decision: Decision, world: World) => boolean): unknown {
  const property = fc.property(world, (each) => check(decide(each), each));
  return fc.check(property, { numRuns: 3000 }).counterexample ?? undefined;
}

const WRITING = ['update', 'restore', 'succeed', 'reject', 'retryLater', 'startTest', 'endTest', 'rejectTested'];

describe('A decision', () => {
  test('changes nothing while the stack is not idle', () => {
    expect(
      counterexample(({ action }, { stack }) => stack?.status === 'UPDATE_COMPLETE' || !WRITING.includes(action)),
    ).toBeUndefined();
  });

  test('is no update unless the parameters contain the versions that the stack serves', () => {
    expect(
      counterexample(
        ({ action }, { stack, parameters }) =>
          action !== 'update' || (parameters.released === stack?.released && parameters.shadow === stack.shadow),
      ),
    ).toBeUndefined();
  });

  test('rejects only a candidate that has not served and whose container has failed in an update that has ended', () => {
    expect(
      counterexample(
        (decision, { record, stack }) =>
          decision.action !== 'reject' ||
          (!record.served.includes(decision.candidate.arn) &&
            stack?.update?.hasEnded === true &&
            stack.update.events[0].ResourceStatusReason === PING),
      ),
    ).toBeUndefined();
  });

  test('replaces an approved version only by a newer one', () => {
    expect(
      counterexample(
        (decision, { released }) =>
          decision.action !== 'update' ||
          released?.isApproved !== true ||
          decision.released === released.arn ||
          decision.released > released.arn,
      ),
    ).toBeUndefined();
  });

  test('is a success only if the stack serves the versions of the candidate', () => {
    expect(
      counterexample(
        (decision, { stack }) =>
          decision.action !== 'succeed' ||
          (decision.candidate.released === stack?.released && decision.candidate.shadow === stack.shadow),
      ),
    ).toBeUndefined();
  });

  test('is never an update that changes nothing, or both versions except to end a test', () => {
    expect(
      counterexample(
        (decision, { stack }) =>
          decision.action !== 'update' ||
          (decision.released === stack?.released ? decision.shadow !== stack.shadow : decision.shadow === 'none'),
      ),
    ).toBeUndefined();
  });

  test('replaces a version by a newer one only after a test that has ended, or if the newer one has served before', () => {
    expect(
      counterexample((decision, { stack, shadowTest, record: { served, tested = [] } }) => {
        if (decision.action !== 'update' || shadowTest === undefined) return true;
        const { released } = decision;
        const isFirst = stack?.released === 'none' || released <= stack!.released!;
        return isFirst || served.includes(released) || tested.includes(released);
      }),
    ).toBeUndefined();
  });

  test('ends a test only for an alarm, or after its duration, with enough requests, and passes only versions with enough agreement', () => {
    expect(
      counterexample((decision, { comparison, alarms: states, now }) => {
        if (decision.action !== 'endTest') return true;
        const isOver = now >= decision.test.since + SHADOW_TEST.DurationSeconds * 1000;
        const { changed, current, missing } = states ?? { changed: [], current: [], missing: [] };
        if (changed.length > 0 || (isOver && current.length > 0)) return !decision.verdict.isPassed;
        if (missing.length > 0) return false;
        const { requestCount, agreementCount } = comparison!;
        return isOver && requestCount >= 10 && decision.verdict.isPassed === agreementCount / requestCount >= 0.9;
      }),
    ).toBeUndefined();
  });
});

describe('The cause of a failed update', () => {
  const causeOf = (reason: string, type = 'AWS::SageMaker::Endpoint'): boolean =>
    failureCause([{ ...failure, ResourceType: type, ResourceStatusReason: reason }]).isVersion;
  const SMOKE_TEST = 'Custom::SageMakerSmokeTest';

  test.each([
    [PING, undefined],
    ['The primary container failed to start: CannotStartContainerError', undefined],
    ['One or more alarms went into ALARM, and the deployment was rolled back', undefined],
    [PING, 'AWS::SageMaker::InferenceComponent'],
    ['Message returned: Smoke test failed: endpoint e responded with "Access denied, rate exceeded"', SMOKE_TEST],
  ])('is the version if the reason is "%s"', (reason, type) => {
    expect(causeOf(reason, type)).toBe(true);
  });

  test.each([
    [QUOTA, undefined],
    ['Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error', undefined],
    ['Rate exceeded (Service: SageMaker, Status Code: 400) ThrottlingException', undefined],
    ['The container image cannot be pulled: role is not authorized to perform ecr:BatchGetImage', undefined],
    ['Resource handler returned message: "Internal Failure"', undefined],
    ['Message returned: Smoke test not performed: AccessDeniedException of endpoint e: not authorized', SMOKE_TEST],
    ['Message returned: Smoke test not performed: ThrottlingException of endpoint e: Rate exceeded', SMOKE_TEST],
    [PING, 'AWS::Lambda::Function'],
  ])('is not the version if the reason is "%s"', (reason, type) => {
    expect(causeOf(reason, type)).toBe(false);
  });

  test('is the first failure, not one that follows from it', () => {
    const events = [
      { ...failure, ResourceStatusReason: 'Resource update cancelled' },
      { ...failure, ResourceStatusReason: QUOTA },
      { ...failure, ResourceStatusReason: PING },
    ];
    expect(failureCause(events)).toMatchObject({ isVersion: false, reason: expect.stringContaining(QUOTA) as unknown });
  });

  test('is the reason of the rollback if no resource has failed', () => {
    const rollback = { ResourceStatus: 'UPDATE_ROLLBACK_IN_PROGRESS', ResourceStatusReason: 'User Initiated' } as const;
    expect(failureCause([rollback])).toEqual({ isVersion: false, reason: 'User Initiated' });
    expect(failureCause([]).isVersion).toBe(false);
  });
});
