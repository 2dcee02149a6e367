import { ServiceError } from '../jobs/simulation';
import { type Interruption, PING, QUOTA, ReleaseWorld, arnOf } from './simulation';

/** A deployment whose hosting stack serves version 1. */
async function releasedWorld(): Promise<ReleaseWorld> {
  const world = new ReleaseWorld();
  world.createStack();
  world.approve(1);
  await world.untilIdle();
  expect(world.state?.released).toBe(arnOf(1));
  world.outcomes.length = 0;
  return world;
}

const outcomesOf = (world: ReleaseWorld): string[] => world.outcomes.map(({ outcome }) => outcome);

test('An approved version is released by an update of the stack that reuses the template, its parameters and capabilities', async () => {
  const world = new ReleaseWorld();
  world.createStack();
  world.approve(1);
  await world.untilIdle();
  expect(world.state).toEqual({ status: 'UPDATE_COMPLETE', released: arnOf(1), shadow: 'none' });
  expect(world.parameter).toBe(arnOf(1));
  expect(outcomesOf(world)).toEqual(['Released']);
  expect(world.metrics).toEqual(['Released']);
  const [update] = world.requests.filter(({ call }) => call === 'UpdateStack');
  expect(update.input).toMatchObject({
    StackName: 'hosting',
    UsePreviousTemplate: true,
    Parameters: [
      { ParameterKey: 'Release', UsePreviousValue: true },
      { ParameterKey: 'BootstrapVersion', UsePreviousValue: true },
    ],
    Capabilities: ['CAPABILITY_IAM'],
  });
});

test('The newest of two versions that are approved within a second is released, once', async () => {
  const world = await releasedWorld();
  world.approve(2, 3);
  await world.untilIdle();
  expect(world.state?.released).toBe(arnOf(3));
  expect(world.updates.map(({ arn }) => arn)).toEqual([arnOf(1), arnOf(3)]);
});

test('Repeated and late events cause no second update', async () => {
  const world = await releasedWorld();
  world.delays = () => [0, 0, 5_000, 900_000, 7_200_000];
  world.approve(2);
  await world.untilIdle();
  expect(world.updates).toHaveLength(2);
});

test('A version is released although the list of versions lags behind its approval, and no other event follows', async () => {
  const world = await releasedWorld();
  world.lag = (call) => (call === 'ListModelPackages' ? 30_000 : 0);
  world.approve(2);
  await world.untilIdle();
  expect(world.state?.released).toBe(arnOf(2));
});

test('A version that is approved while another one is being released follows, although its execution ends at once', async () => {
  const world = await releasedWorld();
  world.approve(2);
  await world.pass(300_000);
  world.approve(3);
  await world.untilIdle();
  expect(world.updates.map(({ arn }) => arn)).toEqual([1, 2, 3].map(arnOf));
});

test.each([
  ['container', PING, 'AWS::SageMaker::Endpoint'],
  [
    'rollback alarm',
    'One or more alarms went into ALARM, and the deployment was rolled back',
    'AWS::SageMaker::Endpoint',
  ],
  ['smoke test', 'Message returned: Smoke test failed: access denied, quota', 'Custom::SageMakerSmokeTest'],
])('A version whose %s fails is rejected with the reason, and the parameter is set back', async (_, reason, type) => {
  const world = await releasedWorld();
  world.break(2, reason, type);
  world.approve(2);
  await world.untilIdle();
  expect(world.state).toEqual({ status: 'UPDATE_ROLLBACK_COMPLETE', released: arnOf(1), shadow: 'none' });
  expect(world.parameter).toBe(arnOf(1));
  expect(world.statusOf(2)).toBe('Rejected');
  expect(world.outcomes).toMatchObject([{ outcome: 'RolledBack', modelPackageArn: arnOf(2) }]);
  expect(world.outcomes[0].reason).toContain(reason);
  expect(world.updates).toHaveLength(2);
});

test('A version that was rejected after its failure is released when a user approves it again', async () => {
  const world = await releasedWorld();
  world.break(2);
  world.approve(2);
  await world.untilIdle();
  world.broken.clear();
  await world.pass(300_000);
  world.approve(2);
  await world.untilIdle();
  expect(outcomesOf(world)).toEqual(['RolledBack', 'Released']);
  expect(world.state?.released).toBe(arnOf(2));
  expect(world.violations).toEqual([]);
});

test('A version is rejected although its failure has several lines and more characters than a description', async () => {
  const world = await releasedWorld();
  world.break(2, `${PING}\nIts last lines:\r\n${'  the model is broken\n'.repeat(100)}`);
  world.approve(2);
  await world.untilIdle();
  expect([world.statusOf(2), outcomesOf(world)]).toEqual(['Rejected', ['RolledBack']]);
});

test('A rejected version is not released again while descriptions lag behind its rejection', async () => {
  const world = await releasedWorld();
  world.lag = (call) => (call.endsWith('ModelPackages') || call.endsWith('ModelPackage') ? 30_000 : 0);
  world.break(2);
  world.approve(2);
  await world.untilIdle();
  expect(world.updates).toHaveLength(2);
  expect(world.violations).toEqual([]);
});

test('The failure is found although the events of the stack lag behind its description', async () => {
  const world = await releasedWorld();
  world.lag = (call) => (call === 'DescribeStackEvents' ? 45_000 : 0);
  world.break(2);
  world.approve(2);
  await world.untilIdle();
  expect(outcomesOf(world)).toEqual(['RolledBack']);
  expect(world.updates).toHaveLength(2);
});

test('The failure is found among the events of another deployment that follows', async () => {
  const world = await releasedWorld();
  world.break(2);
  world.approve(2);
  await world.pass(10 * 60_000);
  world.executions.forEach((execution) => (execution.status = 'ABORTED'));
  await world.pass(15 * 60_000);
  world.parameter = arnOf(1);
  world.delays = () => [];
  world.deployByUser();
  await world.untilIdle();
  world.nudge([0]);
  await world.untilIdle();
  expect(world.statusOf(2)).toBe('Rejected');
  expect(world.updates.map(({ arn }) => arn)).toEqual([1, 2, 1].map(arnOf));
});

test('A version that fails is rejected although a newer one is approved, and the events of the stack lag behind', async () => {
  const world = await releasedWorld();
  world.lag = (call) => (call === 'DescribeStackEvents' ? 45_000 : 0);
  world.updateMs = 20_000;
  world.cleanupMs = 1_000;
  world.break(2);
  world.approve(2);
  await world.pass(10_000);
  world.approve(3);
  await world.untilIdle();
  expect(world.statusOf(2)).toBe('Rejected');
  expect(outcomesOf(world)).toEqual(['RolledBack', 'Released']);
  expect(world.state?.released).toBe(arnOf(3));
});

test('A version that a user has rejected is not released although the list of versions still contains it', async () => {
  const world = await releasedWorld();
  world.lag = (call) => (call === 'ListModelPackages' ? 30_000 : 0);
  world.delays = () => [];
  world.approve(2);
  await world.pass(60_000);
  world.delays = () => [1000];
  world.setStatus(2, 'Rejected');
  await world.untilIdle();
  expect(world.updates).toHaveLength(1);
});

test('A released version whose approval the list of versions does not contain yet is not replaced by an older one', async () => {
  const world = await releasedWorld();
  world.approve(2);
  await world.untilIdle();
  world.lag = (call) => (call === 'ListModelPackages' ? 30_000 : 0);
  world.delays = () => [];
  world.setStatus(2, 'Rejected');
  await world.pass(60_000);
  world.delays = () => [1000];
  world.approve(2);
  await world.untilIdle();
  expect(world.updates.map(({ arn }) => arn)).toEqual([1, 2].map(arnOf));
});

test('A version is released although its only event arrives while the execution that has not seen it ends', async () => {
  const world = await releasedWorld();
  let isApproved = false;
  world.latency = (call) => {
    // The lock is released after the versions were read.
    if (isApproved || call !== 'UpdateItem' || world.requests.at(-1)?.call !== 'DescribeModelPackage') return 20;
    isApproved = true;
    world.approve(2);
    return 5_000;
  };
  world.nudge();
  await world.untilIdle();
  expect(isApproved).toBe(true);
  expect(world.state?.released).toBe(arnOf(2));
});

test('An update that starts late is found although the stack and its events are described with a delay', async () => {
  const world = await releasedWorld();
  const error = new ServiceError('ThrottlingException', 'Rate exceeded');
  const faults = Array<Interruption>(6).fill({ error, isAfter: false });
  world.fault = (call) => (call === 'UpdateStack' ? faults.shift() : undefined);
  world.lag = (call) => (call.startsWith('DescribeStack') ? 45_000 : 0);
  world.break(2);
  world.approve(2);
  await world.untilIdle();
  expect(outcomesOf(world)).toEqual(['RolledBack']);
  expect(world.updates).toHaveLength(2);
  expect(world.requests.filter(({ call }) => call === 'UpdateStack')).toHaveLength(2);
});

test('The function of an execution that was stopped does not overwrite what the next execution has recorded', async () => {
  const world = await releasedWorld();
  let isStopped = false;
  world.latency = (call) => {
    // The candidate is recorded after the versions were read.
    if (isStopped || call !== 'PutItem' || world.requests.at(-1)?.call !== 'DescribeModelPackage') return 20;
    isStopped = true;
    world.running.forEach((execution) => (execution.status = 'ABORTED'));
    world.nudge([0]);
    return 30_000;
  };
  world.break(2);
  world.approve(2);
  await world.untilIdle();
  expect(isStopped).toBe(true);
  expect(outcomesOf(world)).toEqual(['RolledBack']);
  expect(world.updates).toHaveLength(2);
});

test('A quota rejects nothing: the update is tried again', async () => {
  const world = await releasedWorld();
  world.otherFailures.push(QUOTA, QUOTA);
  world.approve(2);
  await world.untilIdle();
  expect(world.state?.released).toBe(arnOf(2));
  expect(outcomesOf(world)).toEqual(['Released']);
  expect(world.updates).toHaveLength(4);
});

test('Five failures that are not the version’s are reported, and the version is tried again after 6 hours', async () => {
  const world = await releasedWorld();
  world.otherFailures.push(...Array<string>(5).fill(QUOTA));
  world.approve(2);
  await world.untilIdle();
  expect(world.outcomes).toMatchObject([{ outcome: 'Failed', modelPackageArn: arnOf(2) }]);
  expect(world.statusOf(2)).toBe('Approved');
  expect(world.parameter).toBe(arnOf(1));
  world.nudge();
  await world.untilIdle();
  expect(world.updates).toHaveLength(6);
  await world.pass(6 * 3_600_000);
  world.nudge();
  await world.untilIdle();
  expect(world.state?.released).toBe(arnOf(2));
});

test('An update that fails for a reason that is not the version’s is tried again after 1, 2, 4 and 8 minutes', async () => {
  const world = await releasedWorld();
  world.otherFailures.push(...Array<string>(5).fill(QUOTA));
  world.approve(2);
  await world.untilIdle();
  const starts = world.updates.slice(1).map(({ start }) => start);
  // Each attempt takes two times `updateMs` and the clean-up, and a description is up to 30 seconds late.
  const pauses = starts.slice(1).map((start, index) => start - starts[index] - 21 * 60_000);
  expect(pauses.map((pause) => Math.floor(pause / 60_000))).toEqual([1, 2, 4, 8]);
});

test('A refused update ends as Failed after five attempts', async () => {
  const world = await releasedWorld();
  const error = new ServiceError('AccessDenied', 'User is not authorized to perform: cloudformation:UpdateStack');
  world.fault = (call) => (call === 'UpdateStack' ? { error, isAfter: false } : undefined);
  world.approve(2);
  await world.untilIdle();
  expect(world.outcomes).toMatchObject([{ outcome: 'Failed' }]);
  expect(world.outcomes[0].reason).toContain('not authorized');
  expect(world.parameter).toBe(arnOf(1));
  expect(world.statusOf(2)).toBe('Approved');
});

test('A deployment whose parameter cannot be written ends as Failed', async () => {
  const world = await releasedWorld();
  const error = new ServiceError('AccessDeniedException', 'User is not authorized to perform: ssm:PutParameter');
  world.fault = (call) => (call === 'PutParameter' ? { error, isAfter: false } : undefined);
  world.approve(2);
  await world.untilIdle();
  expect(outcomesOf(world)).toEqual(['Failed']);
});

test('A busy stack is waited for', async () => {
  const world = await releasedWorld();
  world.deployByUser();
  world.approve(2);
  await world.untilIdle();
  expect(world.updates.map(({ arn }) => arn)).toEqual([1, 1, 2].map(arnOf));
  expect(outcomesOf(world)).toEqual(['Released']);
});

test('A deployment of the stack that starts at the same moment is not disturbed', async () => {
  const world = await releasedWorld();
  let hasStarted = false;
  world.fault = (call) => {
    if (call === 'UpdateStack' && !hasStarted) {
      hasStarted = true;
      world.deployByUser();
    }
    return undefined;
  };
  world.approve(2);
  await world.untilIdle();
  expect(world.state?.released).toBe(arnOf(2));
  // The other deployment has read the parameter, so that it has released the version.
  expect(world.updates).toHaveLength(2);
  expect(outcomesOf(world)).toEqual(['Released']);
});

test('An update whose response is lost is found by its token', async () => {
  const world = await releasedWorld();
  const faults = [{ error: undefined, isAfter: true }];
  world.fault = (call) => (call === 'UpdateStack' ? faults.shift() : undefined);
  world.break(2);
  world.approve(2);
  await world.untilIdle();
  expect(outcomesOf(world)).toEqual(['RolledBack']);
  expect(world.updates).toHaveLength(2);
});

test('A parameter that a crash has left is set back before anything else', async () => {
  const world = await releasedWorld();
  world.parameter = arnOf(7);
  world.nudge();
  await world.untilIdle();
  expect(world.parameter).toBe(arnOf(1));
  expect(world.updates).toHaveLength(1);
});

test('A parameter that was deleted is written again', async () => {
  const world = await releasedWorld();
  world.parameter = undefined;
  world.nudge();
  await world.untilIdle();
  expect(world.parameter).toBe(arnOf(1));
});

test('An update that changes nothing is no success', async () => {
  const world = await releasedWorld();
  const error = new ServiceError('ValidationError', 'No updates are to be performed.');
  world.fault = (call) => (call === 'UpdateStack' ? { error, isAfter: false } : undefined);
  world.approve(2);
  await world.untilIdle();
  expect(outcomesOf(world)).toEqual(['Blocked']);
  expect(world.parameter).toBe(arnOf(1));
});

test('A deployment without a hosting stack ends as Skipped', async () => {
  const world = new ReleaseWorld();
  world.approve(1);
  await world.untilIdle();
  expect(outcomesOf(world)).toEqual(['Skipped']);
  expect(world.parameter).toBe('none');
});

test.each(['REVIEW_IN_PROGRESS'])('A hosting stack in the state %s does not exist yet', async (status) => {
  const world = new ReleaseWorld();
  world.createStack(status);
  const execution = world.start();
  await world.pass(120_000);
  expect(execution.status).toBe('SUCCEEDED');
  expect(outcomesOf(world)).toEqual(['Skipped']);
});

test.each([
  ['without an execution role', (world: ReleaseWorld) => (world.hasRole = false), 'execution role'],
  ['without the parameter', (world: ReleaseWorld) => (world.parameterNames = []), 'fromReleaseParameter'],
])('A hosting stack %s is not updated', async (_, change, reason) => {
  const world = await releasedWorld();
  change(world);
  world.approve(2);
  await world.untilIdle();
  expect(world.outcomes).toMatchObject([{ outcome: 'Blocked' }]);
  expect(world.outcomes[0].reason).toContain(reason);
  expect(world.updates).toHaveLength(1);
});

test.each(['ROLLBACK_COMPLETE', 'DELETE_FAILED', 'UPDATE_FAILED'])(
  'A hosting stack in the state %s is not updated, and the reason names the state',
  async (status) => {
    const world = await releasedWorld();
    world.setStack({ status, released: arnOf(1), shadow: 'none' });
    world.approve(2);
    await world.untilIdle();
    expect(world.outcomes[0]).toMatchObject({ outcome: 'Blocked', reason: expect.stringContaining(status) as unknown });
    expect(world.updates).toHaveLength(1);
  },
);

test('A rollback that fails blocks the deployment until a user has continued it', async () => {
  const world = await releasedWorld();
  world.isRollbackFailing = true;
  world.break(2);
  world.approve(2);
  await world.untilIdle();
  expect(outcomesOf(world)).toEqual(['Blocked']);
  world.setStack({ status: 'UPDATE_ROLLBACK_COMPLETE', released: arnOf(1), shadow: 'none' });
  await world.untilIdle();
  expect(outcomesOf(world)).toEqual(['Blocked', 'RolledBack']);
  expect(world.parameter).toBe(arnOf(1));
});

test('A released version that a user rejects is replaced by the newest approved one before it', async () => {
  const world = await releasedWorld();
  world.approve(2);
  await world.untilIdle();
  world.setStatus(2, 'Rejected');
  await world.untilIdle();
  expect(world.state?.released).toBe(arnOf(1));
});

test('A released version stays, and the deployment is blocked, if a user rejects it and no other one is approved', async () => {
  const world = await releasedWorld();
  world.setStatus(1, 'Rejected');
  await world.untilIdle();
  expect(world.state?.released).toBe(arnOf(1));
  expect(outcomesOf(world)).toEqual(['Blocked']);
});

test('An older version that is approved later does not replace the released one', async () => {
  const world = await releasedWorld();
  world.approve(3);
  await world.untilIdle();
  world.approve(2);
  await world.untilIdle();
  expect(world.state?.released).toBe(arnOf(3));
  expect(world.updates).toHaveLength(2);
});

test('The deployment goes back one version at most', async () => {
  const world = await releasedWorld();
  world.delays = () => [];
  world.approve(2, 3);
  world.delays = () => [1000];
  world.approve(4);
  await world.untilIdle();
  world.break(3);
  world.setStatus(4, 'Rejected');
  await world.untilIdle();
  expect(world.state?.released).toBe(arnOf(4));
  expect(world.statusOf(3)).toBe('Rejected');
  expect(world.statusOf(2)).toBe('Approved');
  expect(outcomesOf(world).slice(1, 3)).toEqual(['RolledBack', 'Blocked']);
});

test('A version that has served is not rejected if it fails later', async () => {
  const world = await releasedWorld();
  world.approve(2);
  await world.untilIdle();
  world.break(1);
  world.setStatus(2, 'Rejected');
  await world.untilIdle();
  expect(world.statusOf(1)).toBe('Approved');
  expect(outcomesOf(world)).toEqual(['Released', 'Failed']);
});

test('A version that the stack has served before the first release is not rejected either', async () => {
  const world = new ReleaseWorld();
  world.parameter = arnOf(1);
  world.delays = () => [];
  world.approve(1, 2);
  world.createStack();
  world.nudge([0]);
  await world.untilIdle();
  world.break(1);
  world.setStatus(2, 'Rejected');
  world.nudge([0]);
  await world.untilIdle();
  expect(world.statusOf(1)).toBe('Approved');
});

test('An update that a user cancels rejects nothing', async () => {
  const world = await releasedWorld();
  world.approve(2);
  await world.pass(300_000);
  world.cancel();
  await world.untilIdle();
  expect(world.state?.released).toBe(arnOf(2));
  expect(world.updates).toHaveLength(3);
});

describe('The custom resource', () => {
  test('creates the parameter if it does not exist', async () => {
    const world = new ReleaseWorld();
    world.parameter = undefined;
    expect(await world.resource('Create')).toBe('SUCCESS');
    expect(world.parameter).toBe('none');
  });

  test('never overwrites the parameter', async () => {
    const world = await releasedWorld();
    expect(await world.resource('Create')).toBe('SUCCESS');
    expect(world.parameter).toBe(arnOf(1));
  });

  test.each([
    ['of another group', arnOf(1).replace('churn', 'other')],
    ['that does not exist', arnOf(9)],
    ['that is not a version', 'v1'],
  ])('refuses a parameter with a value %s, and names it', async (_, value) => {
    const world = await releasedWorld();
    world.parameter = value;
    expect(await world.resource('Create')).toBe('FAILED');
    expect(world.responses.at(-1)?.Reason).toContain('/churn/released');
    expect(world.parameter).toBe(value);
  });

  test('accepts a released version that a user has rejected if something else is updated', async () => {
    const world = await releasedWorld();
    world.setStatus(1, 'Rejected');
    await world.untilIdle();
    expect(await world.resource('Update', { Table: 'Old' })).toBe('SUCCESS');
  });

  test('checks the parameter if an update changes its name', async () => {
    const world = await releasedWorld();
    world.parameter = 'v1';
    expect(await world.resource('Update', { ParameterName: '/old' })).toBe('FAILED');
  });

  test('stops the execution and retains the parameter when it is deleted', async () => {
    const world = await releasedWorld();
    world.approve(2);
    await world.pass(300_000);
    expect(await world.resource('Delete')).toBe('SUCCESS');
    expect(world.running).toEqual([]);
    await world.untilIdle();
    world.nudge();
    await world.untilIdle();
    expect(world.running).toEqual([]);
    expect(world.parameter).toBe(arnOf(2));
    expect(await world.resource('Create')).toBe('SUCCESS');
    world.approve(3);
    await world.untilIdle();
    expect(world.state?.released).toBe(arnOf(3));
  });

  test('stops the execution of the previous name when the deployment is renamed', async () => {
    const world = await releasedWorld();
    world.items.set('Old', { Name: { S: 'Old' }, Execution: { S: world.start().arn } });
    expect(await world.resource('Update', { Name: 'Old' })).toBe('SUCCESS');
    expect(world.executions.at(-1)?.status).toBe('ABORTED');
  });
});
