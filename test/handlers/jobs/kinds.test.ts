import type { JobKind } from '../../../lib/handlers/contract';
import { type Answer, STACK_ID, deliver, event, nameOf, poll, signals } from './cloudformation';
import { ServiceError, World } from './simulation';

let world: World;
beforeEach(() => {
  world = new World();
});

const create = (kind: JobKind, overrides = {}): Promise<Answer> =>
  deliver(world, event('Create', { kind, ...overrides }));
const nameOfA = (kind: JobKind): string => nameOf('A', STACK_ID, kind);

function remove(kind: JobKind, overrides = {}): Promise<Answer> {
  return deliver(world, event('Delete', { kind, PhysicalResourceId: nameOfA(kind), ...overrides }));
}

describe.each([
  ['tuning', 'HyperParameterTuningJob', 'log group /aws/sagemaker/TrainingJobs, streams NAME-…'],
  ['transform', 'TransformJob', 'log group /aws/sagemaker/TransformJobs, streams NAME/…'],
] as const)('A %s job', (kind, noun, logs) => {
  const name = nameOfA(kind);

  test('is started, tagged, and watched', async () => {
    expect(await create(kind)).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: name,
      Data: { JobName: name },
    });
    expect(world.jobs.get(name)).toMatchObject({ noun, request: { [`${noun}Name`]: name } });
    expect([...world.waiters.values()]).toMatchObject([{ Kind: kind, JobName: name }]);
  });

  test('that was started twice is one', async () => {
    const sent = event('Create', { kind });
    expect(await deliver(world, sent)).toEqual(await deliver(world, sent));
    expect([...world.jobs.keys()]).toEqual([name]);
  });

  test('that has failed gets another attempt from a new event', async () => {
    await create(kind);
    world.end(name, 'Failed', 'no data');
    expect((await create(kind)).PhysicalResourceId).toBe(`${name}-2`);
  });

  test('is stopped with its resource', async () => {
    await create(kind);
    expect((await remove(kind)).Status).toBe('SUCCESS');
    expect(world.jobs.get(name)?.status).toBe('Stopped');
  });

  test('that fails is told with its reason and its logs', async () => {
    await create(kind);
    world.end(name, 'Failed', 'ClientError: no data');
    expect(await poll(world, { Kind: kind, JobName: name })).toBe(true);
    expect(signals(world)).toMatchObject([
      { Status: 'FAILURE', Reason: `${name} failed: ClientError: no data (${logs.replace('NAME', name)})` },
    ]);
  });
});

describe('A tuning job that is over', () => {
  const name = nameOfA('tuning');

  test('tells its best training job and that job’s model', async () => {
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

  test('has failed when none of its training jobs has completed, although the service calls that completed', async () => {
    await create('tuning');
    world.end(name, 'Completed');
    await poll(world, { Kind: 'tuning', JobName: name });
    expect(signals(world)).toMatchObject([
      { Status: 'FAILURE', Reason: expect.stringContaining('None of its training jobs has completed') as string },
    ]);
  });
});

describe('An algorithm', () => {
  const name = nameOfA('algorithm');

  test('is made under the name that the template gives it, and watched until it is validated', async () => {
    expect(await create('algorithm')).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: name });
    expect(await poll(world, { Kind: 'algorithm', JobName: name })).toBe(false);
    world.end(name, 'Completed');
    expect(await poll(world, { Kind: 'algorithm', JobName: name })).toBe(true);
    expect(signals(world)).toMatchObject([{ Status: 'SUCCESS', Data: name }]);
  });

  test('that is not valid is told with the reasons of the items that failed', async () => {
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
    'that is %s is deleted with its resource',
    async (status) => {
      await create('algorithm');
      if (status !== 'InProgress') world.end(name, status);
      expect((await remove('algorithm')).Status).toBe('SUCCESS');
      expect(world.jobs.size).toBe(0);
    },
  );

  test('that refuses to be deleted while it is validated is deleted as soon as it does not', async () => {
    await create('algorithm');
    world.isConflicting = true;
    world.at(60_000, () => world.end(name, 'Completed'));
    expect((await remove('algorithm')).Status).toBe('SUCCESS');
    expect(world.jobs.size).toBe(0);
  });

  test('that an earlier event has left failed is made again under its name', async () => {
    await create('algorithm');
    world.end(name, 'Failed', 'bad');
    expect((await create('algorithm')).PhysicalResourceId).toBe(name);
    expect(world.running.map((job) => job.name)).toEqual([name]);
  });

  test('is made once the one of its name that is being deleted is gone', async () => {
    await create('algorithm');
    world.end(name, 'Completed');
    const removal = event('Delete', { kind: 'algorithm', PhysicalResourceId: name });
    const [, made] = await world.until(
      Promise.all([deliver(world, removal), world.sleep(1_000).then(() => create('algorithm'))]),
    );
    expect(made.Status).toBe('SUCCESS');
    expect(world.running.map((job) => job.name)).toEqual([name]);
  });

  test('of somebody else is left alone, and the error says how to go on', async () => {
    await create('algorithm');
    world.jobs.get(name)?.tags.clear();
    expect(await create('algorithm')).toMatchObject({
      Status: 'FAILED',
      Reason: `${name} exists already, and is not what this resource asks for. Give it another name or \`revision\`, or delete the one that exists.`,
    });
    expect((await remove('algorithm')).Status).toBe('SUCCESS');
    expect(world.jobs.size).toBe(1);
  });

  test('whose parameter has changed at deployment needs a revision', async () => {
    const sent = event('Create', { kind: 'algorithm' });
    await deliver(world, sent);
    const update = event('Update', {
      kind: 'algorithm',
      PhysicalResourceId: name,
      ResourceProperties: { ...sent.ResourceProperties, Identity: 'other image' },
    });
    expect(await deliver(world, update)).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('Change `revision` together with it') as string,
    });
    const same = event('Update', { kind: 'algorithm', PhysicalResourceId: name });
    expect((await deliver(world, same)).Status).toBe('SUCCESS');
  });

  test('is made when rights come late', async () => {
    const denied = new ServiceError('AccessDeniedException', 'not authorized to perform: sagemaker:CreateAlgorithm');
    world.faults.push({ call: 'CreateAlgorithm', error: denied });
    expect((await create('algorithm')).Status).toBe('SUCCESS');
  });
});
