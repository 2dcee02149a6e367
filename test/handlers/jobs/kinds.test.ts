import type { JobKind } from '../../../lib/handlers/contract';
import { type Response, STACK_ID, deliver, event, nameOf, poll, signals, storedId } from './cloudformation';
import { ServiceError, World } from './simulation';

let world: World;
beforeEach(() => {
  world = new World();
});

const create = (kind: JobKind, overrides = {}): Promise<Response> =>
  deliver(world, event('Create', { kind, ...overrides }));
const nameOfA = (kind: JobKind): string => nameOf('A', STACK_ID, kind);

function remove(kind: JobKind, overrides = {}): Promise<Response> {
  return deliver(world, event('Delete', { kind, PhysicalResourceId: storedId(world), ...overrides }));
}

describe.each([
  ['tuning', 'HyperParameterTuningJob', 'log group /aws/sagemaker/TrainingJobs, streams NAME-…'],
  ['transform', 'TransformJob', 'log group /aws/sagemaker/TransformJobs, streams NAME/…'],
  ['processing', 'ProcessingJob', 'log group /aws/sagemaker/ProcessingJobs, streams NAME/…'],
] as const)('A %s job', (kind, noun, logs) => {
  const name = nameOfA(kind);

  test('is started with the request and the tags, and a waiter', async () => {
    expect(await create(kind)).toMatchObject({
      Status: 'SUCCESS',
      Data: { JobName: name },
    });
    expect(world.jobs.get(name)).toMatchObject({ noun, request: { [`${noun}Name`]: name } });
    expect([...world.waiters.values()]).toMatchObject([{ Kind: kind, JobName: name }]);
  });

  test('is started once when the event is delivered twice', async () => {
    const sent = event('Create', { kind });
    expect(await deliver(world, sent)).toEqual(await deliver(world, sent));
    expect([...world.jobs.keys()]).toEqual([name]);
  });

  test('is started again by a new event when it has failed', async () => {
    await create(kind);
    world.end(name, 'Failed', 'no data');
    expect((await create(kind)).Data?.JobName).toBe(`${name}-2`);
  });

  test('is stopped when its resource is deleted', async () => {
    await create(kind);
    expect((await remove(kind)).Status).toBe('SUCCESS');
    expect(world.jobs.get(name)?.status).toBe('Stopped');
  });

  test('fails the deployment with its reason and its logs', async () => {
    await create(kind);
    world.end(name, 'Failed', 'ClientError: no data');
    expect(await poll(world, { Kind: kind, JobName: name })).toBe(true);
    expect(signals(world)).toMatchObject([
      { Status: 'FAILURE', Reason: `${name} failed: ClientError: no data (${logs.replace('NAME', name)})` },
    ]);
  });
});

describe('A tuning job that has ended', () => {
  const name = nameOfA('tuning');

  test('returns its best training job and the model artifact of that job', async () => {
    await create('tuning');
    await create('training', { identity: 'B' });
    const best = nameOf('B');
    Object.assign(world.jobs.get(name) ?? {}, { best });
    world.end(name, 'Completed');
    await poll(world, { Kind: 'tuning', JobName: name });
    expect(signals(world)).toMatchObject([
      { Status: 'SUCCESS', UniqueId: name, Data: `${best}|s3://bucket/out/${best}/output/model.tar.gz` },
    ]);
  });

  test('counts as failed when none of its training jobs has completed, although its status is Completed', async () => {
    await create('tuning');
    world.end(name, 'Completed');
    await poll(world, { Kind: 'tuning', JobName: name });
    expect(signals(world)).toMatchObject([
      { Status: 'FAILURE', Reason: expect.stringContaining('None of its training jobs has completed') as string },
    ]);
  });
});

describe('A processing job that has ended', () => {
  const name = nameOfA('processing');
  const request = (seconds: number) => ({
    ResourceProperties: {
      ...event('Create', { kind: 'processing' }).ResourceProperties,
      Request: JSON.stringify({ StoppingCondition: { MaxRuntimeInSeconds: seconds } }),
    },
  });

  test('fails the deployment with its failure reason and the message of its container', async () => {
    await create('processing');
    Object.assign(world.jobs.get(name) ?? {}, { exitMessage: 'column "age" is missing' });
    world.end(name, 'Failed', 'AlgorithmError: exit code: 1');
    await poll(world, { Kind: 'processing', JobName: name });
    expect(signals(world)[0].Reason).toContain(
      `${name} failed: AlgorithmError: exit code: 1; column "age" is missing (log group`,
    );
  });

  test.each([
    ['at its maximum run time, which the API does not return as a reason', 60, 'The maximum run time was exceeded'],
    ['earlier', 61, undefined],
  ])('and was stopped %s fails the deployment with what is known of the reason', async (_, limit, reason) => {
    await create('processing', request(limit));
    await world.until(world.sleep(60_000));
    world.end(name, 'Stopped');
    await poll(world, { Kind: 'processing', JobName: name });
    expect(signals(world)[0].Reason).toContain(
      `${name} was stopped${reason === undefined ? '' : `: ${reason}`} (log group`,
    );
  });

  test('and failed without a message fails the deployment with the failure reason only', async () => {
    await create('processing', request(1));
    await world.until(world.sleep(60_000));
    world.end(name, 'Failed', 'ClientError: no data');
    await poll(world, { Kind: 'processing', JobName: name });
    expect(signals(world)[0].Reason).toContain(`${name} failed: ClientError: no data (log group`);
  });
});

describe('An algorithm', () => {
  const name = nameOfA('algorithm');

  test('is created with the name in the template, and polled until it has been validated', async () => {
    expect(await create('algorithm')).toMatchObject({ Status: 'SUCCESS', Data: { JobName: name } });
    expect(await poll(world, { Kind: 'algorithm', JobName: name })).toBe(false);
    world.end(name, 'Completed');
    expect(await poll(world, { Kind: 'algorithm', JobName: name })).toBe(true);
    expect(signals(world)).toMatchObject([{ Status: 'SUCCESS', Data: name }]);
  });

  test('fails the deployment with the reasons of the validation jobs that failed', async () => {
    await create('algorithm');
    world.end(name, 'Failed', 'ClientError: channel is empty');
    await poll(world, { Kind: 'algorithm', JobName: name });
    expect(signals(world)).toMatchObject([
      {
        Status: 'FAILURE',
        Reason:
          `${name} failed: training: ClientError: channel is empty ` +
          '(log groups /aws/sagemaker/TrainingJobs and /aws/sagemaker/TransformJobs)',
      },
    ]);
  });

  test.each(['InProgress', 'Completed', 'Failed'] as const)(
    'with the status %s is deleted when its resource is deleted',
    async (status) => {
      await create('algorithm');
      if (status !== 'InProgress') world.end(name, status);
      expect((await remove('algorithm')).Status).toBe('SUCCESS');
      expect(world.jobs.size).toBe(0);
    },
  );

  test('that cannot be deleted while it is being validated is deleted as soon as possible', async () => {
    await create('algorithm');
    world.isConflicting = true;
    world.at(60_000, () => world.end(name, 'Completed'));
    expect((await remove('algorithm')).Status).toBe('SUCCESS');
    expect(world.jobs.size).toBe(0);
  });

  test('that failed in an earlier event is created again with the same name', async () => {
    await create('algorithm');
    world.end(name, 'Failed', 'bad');
    expect((await create('algorithm')).Data?.JobName).toBe(name);
    expect(world.running.map((job) => job.name)).toEqual([name]);
  });

  test('is created when an algorithm with the same name has been deleted', async () => {
    await create('algorithm');
    world.end(name, 'Completed');
    const removal = event('Delete', { kind: 'algorithm', PhysicalResourceId: storedId(world) });
    const [, response] = await world.until(
      Promise.all([deliver(world, removal), world.sleep(1_000).then(() => create('algorithm'))]),
    );
    expect(response.Status).toBe('SUCCESS');
    expect(world.running.map((job) => job.name)).toEqual([name]);
  });

  test('is not replaced when this library has not created it, and the error states the fix', async () => {
    await create('algorithm');
    world.jobs.get(name)?.tags.clear();
    expect(await create('algorithm')).toMatchObject({
      Status: 'FAILED',
      Reason: `${name} already exists with other properties. Specify another name or \`revision\`, or delete the existing one.`,
    });
    expect((await remove('algorithm')).Status).toBe('SUCCESS');
    expect(world.jobs.size).toBe(1);
  });

  test('requires a new revision when the value of a parameter has changed', async () => {
    const sent = event('Create', { kind: 'algorithm' });
    await deliver(world, sent);
    const update = event('Update', {
      kind: 'algorithm',
      PhysicalResourceId: storedId(world),
      ResourceProperties: { ...sent.ResourceProperties, Identity: 'other image' },
    });
    expect(await deliver(world, update)).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('Change `revision` together with it') as string,
    });
    const same = event('Update', { kind: 'algorithm', PhysicalResourceId: storedId(world) });
    expect((await deliver(world, same)).Status).toBe('SUCCESS');
  });

  test('is created when a permission is propagated late', async () => {
    const denied = new ServiceError('AccessDeniedException', 'not authorized to perform: sagemaker:CreateAlgorithm');
    world.errors.push({ call: 'CreateAlgorithm', error: denied });
    expect((await create('algorithm')).Status).toBe('SUCCESS');
  });
});
