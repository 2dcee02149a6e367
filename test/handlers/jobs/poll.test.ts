import { type Response, deliver, event, nameOf, poll, signals } from './cloudformation';
import { ServiceError, World } from './simulation';

const throttled = (): Error => new ServiceError('ThrottlingException', 'Rate exceeded');

let world: World;
beforeEach(() => {
  world = new World();
});

const create = (): Promise<Response> => deliver(world, event('Create'));

describe('A poll of the waiter', () => {
  test('sends no signal while the job is in progress', async () => {
    await create();
    expect([await poll(world), signals(world)]).toEqual([false, []]);
  });

  test('signals immediately for a job that ended before the wait condition was created', async () => {
    const sent = event('Create');
    await deliver(world, sent);
    world.end(nameOf(), 'Completed');
    expect([await poll(world), signals(world).length]).toEqual([true, 1]);
  });

  test('signals success when the job has completed', async () => {
    await create();
    world.end(nameOf(), 'Completed');
    expect(await poll(world)).toBe(true);
    expect(signals(world)).toEqual([{ Status: 'SUCCESS', UniqueId: nameOf(), Data: nameOf(), Reason: 'Completed' }]);
  });

  test.each([
    ['Failed', 'AlgorithmError: no data', 'failed: AlgorithmError: no data'],
    ['Stopped', undefined, 'was stopped (log group'],
  ] as const)('signals failure with the reason when the job has the status %s', async (status, reason, text) => {
    await create();
    world.end(nameOf(), status, reason);
    expect(await poll(world)).toBe(true);
    expect(signals(world)[0]).toMatchObject({ Status: 'FAILURE' });
    expect(signals(world)[0].Reason).toContain(text);
  });

  test('signals failure when the maximum run time was exceeded, unless that is allowed', async () => {
    await create();
    world.end(nameOf(), 'Stopped', undefined, 'MaxRuntimeExceeded');
    await poll(world);
    await poll(world, { AllowMaxRuntimeExceeded: true });
    expect(signals(world).map(({ Status }) => Status)).toEqual(['FAILURE', 'SUCCESS']);
    expect(signals(world)[0].Reason).toContain('The maximum run time was exceeded');
  });

  test('signals failure when the job was stopped manually, even if the maximum run time may be exceeded', async () => {
    await create();
    world.end(nameOf(), 'Stopped');
    await poll(world, { AllowMaxRuntimeExceeded: true });
    expect(signals(world)[0].Status).toBe('FAILURE');
  });

  test('signals failure when the job does not exist', async () => {
    expect(await poll(world)).toBe(true);
    expect(signals(world)[0].Reason).toBe(`${nameOf()} does not exist any more.`);
  });

  test('finishes when the handle has expired', async () => {
    await create();
    world.end(nameOf(), 'Completed');
    world.putStatuses.push(403);
    expect([await poll(world), signals(world)]).toEqual([true, []]);
  });

  test('sends the signal again when CloudFormation did not accept it', async () => {
    await create();
    world.end(nameOf(), 'Completed');
    world.putStatuses.push(503, 500);
    await poll(world);
    expect(signals(world)).toHaveLength(1);
  });

  test('that is repeated sends the same signal', async () => {
    await create();
    world.end(nameOf(), 'Completed');
    await poll(world);
    await poll(world);
    expect(new Set(signals(world).map(({ UniqueId }) => UniqueId)).size).toBe(1);
  });

  test('succeeds after throttling, and fails when throttling persists, so that the state machine retries it', async () => {
    await create();
    world.errors.push({ call: 'DescribeTrainingJob', error: throttled() });
    expect(await poll(world)).toBe(false);
    world.errors.push(...Array.from({ length: 50 }, () => ({ call: 'DescribeTrainingJob', error: throttled() })));
    await expect(poll(world)).rejects.toThrow('Rate exceeded');
  });

  test('signals failure when the waiter stops polling after an error', async () => {
    await create();
    await poll(world, { Error: { Cause: 'AccessDenied' } });
    expect(signals(world)[0]).toMatchObject({
      Status: 'FAILURE',
      Reason: `The status of ${nameOf()} cannot be polled: AccessDenied`,
    });
  });
});
