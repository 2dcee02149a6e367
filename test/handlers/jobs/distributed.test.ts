import { READ_LAG_MS } from '../../../lib/handlers/jobs/job-service';
import { FUNCTION_MS, ServiceError, World } from './simulation';
import {
  PREFIX,
  type Response,
  deliver,
  event,
  idOf,
  nameOf,
  poll,
  responseTo,
  signals,
  storedId,
} from './cloudformation';

const MINUTE = 60_000;

let world: World;
beforeEach(() => {
  world = new World();
});

const names = (): string[] => [...world.jobs.keys()];
const create = (overrides: Parameters<typeof event>[1] = {}): Promise<Response> =>
  deliver(world, event('Create', overrides));
const remove = (logicalId: string): Promise<Response> =>
  deliver(world, event('Delete', { LogicalResourceId: logicalId, PhysicalResourceId: storedId(world, logicalId) }));

describe('If reads lag 5 seconds behind writes', () => {
  beforeEach(() => {
    world.lag = () => 5_000;
  });

  test('a Create event that is delivered twice starts one job', async () => {
    const sent = event('Create');
    await world.until(Promise.all([world.invoke(sent), world.invoke(sent)]));
    expect(responseTo(world, sent).Status).toBe('SUCCESS');
    expect(names()).toEqual([nameOf()]);
  });

  test('a Create event finds the job that it created with a request whose response was lost', async () => {
    world.errors.push({ call: 'CreateTrainingJob', error: new ServiceError('TimeoutError', 'timed out'), after: true });
    expect(await create()).toMatchObject({ Status: 'SUCCESS', Data: { JobName: nameOf() } });
    expect(names()).toEqual([nameOf()]);
  });

  test('a Delete event that follows the Create event at once stops the job', async () => {
    await create();
    expect((await remove('StartA')).Status).toBe('SUCCESS');
    expect(world.running).toEqual([]);
  });

  test('a poll does not fail the deployment because the job cannot be read yet', async () => {
    await create();
    expect(await poll(world)).toBe(false);
    expect(signals(world)).toEqual([]);
  });

  test('a job is adopted that AddTags does not find at first', async () => {
    await create();
    await world.until(world.sleep(MINUTE));
    world.errors.push({
      call: 'AddTags',
      error: new ServiceError('ValidationException', 'Requested resource not found.'),
    });
    expect((await create({ LogicalResourceId: 'Renamed' })).Data?.JobName).toBe(nameOf());
    expect(names()).toEqual([nameOf()]);
  });

  test('a job that the service has just stopped is not adopted', async () => {
    await create();
    await world.until(world.sleep(MINUTE));
    world.end(nameOf(), 'Stopped');
    expect((await create({ LogicalResourceId: 'StartOther' })).Data?.JobName).toBe(`${nameOf()}-2`);
  });
});

test.each(['DescribeTrainingJob', 'ListTags', 'AddTags', 'StartExecution', 'CreateTrainingJob'])(
  'A deployment succeeds if the permission for %s takes effect after 10 seconds',
  async (call) => {
    await create({ LogicalResourceId: 'StartOther' });
    world.denials.set(call, 10_000);
    expect((await create({ identity: call === 'CreateTrainingJob' ? 'B' : 'A' })).Status).toBe('SUCCESS');
  },
);

test('A waiter starts if its permission takes effect two minutes after the job was created', async () => {
  world.denials.set('StartExecution', 2 * MINUTE);
  expect((await create()).Status).toBe('SUCCESS');
  expect(world.waiters.size).toBe(1);
});

test('A job is deleted if the permission to stop it takes effect after 10 seconds', async () => {
  await create();
  world.denials.set('StopTrainingJob', 20_000);
  expect((await remove('StartA')).Status).toBe('SUCCESS');
  expect(world.running).toEqual([]);
});

describe('A construct that is renamed while its job runs', () => {
  test('keeps the job for the new resource when the old one is deleted', async () => {
    await create();
    await create({ LogicalResourceId: 'Renamed' });
    await remove('StartA');
    expect(names()).toEqual([nameOf()]);
    expect(world.running).toHaveLength(1);
    await remove('Renamed');
    expect(world.running).toEqual([]);
  });

  test('keeps the job for the old resource when the deployment is rolled back', async () => {
    await create();
    await create({ LogicalResourceId: 'Renamed' });
    await remove('Renamed');
    expect(world.running).toHaveLength(1);
    await remove('StartA');
    expect(world.running).toEqual([]);
  });

  test('stops the job when both resources are deleted at the same time', async () => {
    world.lag = () => 5_000;
    await create();
    await create({ LogicalResourceId: 'Renamed' });
    await world.until(
      Promise.all(
        ['StartA', 'Renamed'].map((id) =>
          world.invoke(event('Delete', { LogicalResourceId: id, PhysicalResourceId: storedId(world, id) })),
        ),
      ),
    );
    expect(world.running).toEqual([]);
  });
});

test.each([
  ['are those of the later one', 0],
  ['are still those of the former one', 9_000],
])(
  'An algorithm that the next stack has created under the same name is not deleted by an event of the previous stack if its tags %s',
  async (_, lag) => {
    const kind = 'algorithm';
    const name = nameOf('A', undefined, kind);
    const first = event('Create', { kind });
    await deliver(world, first);
    world.end(name, 'Completed');
    world.lag = (read) => (read === 'tags' ? lag : 0);
    const removal = event('Delete', { kind, PhysicalResourceId: idOf(name, first) });
    const again = event('Create', { kind, StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Prod/2' });
    // Deleted by the first poll; before the second one, the next stack creates the algorithm.
    const created = world.sleep(26_000).then(() => world.invoke(again));
    await world.until(Promise.all([world.invoke(removal), created]));
    expect(responseTo(world, removal).Status).toBe('SUCCESS');
    expect(world.running.map((job) => job.name)).toEqual([name]);
  },
);

test('An algorithm that is deleted while a Create event adopts it is created again', async () => {
  const kind = 'algorithm';
  const name = nameOf('A', undefined, kind);
  await create({ kind });
  // The attempt that is throttled is followed by one that does not find the algorithm any more.
  world.errors.push({ call: 'AddTags', error: new ServiceError('ThrottlingException', 'Rate exceeded') });
  const adopting = event('Create', { kind, LogicalResourceId: 'Renamed' });
  const deleted = world.sleep(READ_LAG_MS + 1).then(() => world.jobs.delete(name));
  await world.until(Promise.all([world.invoke(adopting), deleted]));
  expect(responseTo(world, adopting).Data?.JobName).toBe(name);
  expect(names()).toEqual([name]);
});

test('A Delete event stops its job also if the owner that has just adopted it cannot be read at first', async () => {
  await create();
  await world.until(world.sleep(MINUTE));
  await create({ LogicalResourceId: 'Renamed' });
  await remove('StartA');
  const sent = event('Delete', { LogicalResourceId: 'Renamed', PhysicalResourceId: storedId(world, 'Renamed') });
  // The tags of a minute ago contain the released owner only after the first read.
  const start = world.now();
  world.lag = (read) => (read === 'tags' && world.now() === start ? start : 0);
  expect((await deliver(world, sent)).Status).toBe('SUCCESS');
  expect(world.running).toEqual([]);
});

describe('A response is sent before the function ends', () => {
  test('if a Delete event with a generated id waits for the Create event, and the job stops slowly', async () => {
    world.stoppingMs = 60 * MINUTE;
    await create();
    const sent = event('Delete', { PhysicalResourceId: 'Prod-StartA-1X2Y3Z' });
    expect((await deliver(world, sent)).Reason).toContain('did not end in time');
    expect(world.now()).toBeLessThan(FUNCTION_MS);
  });

  test('if CloudFormation accepts it after 10 minutes', async () => {
    world.unavailableUntil = 10 * MINUTE;
    expect((await create()).Status).toBe('SUCCESS');
  });
});

test('A Delete event stops a later attempt if the first one was deleted', async () => {
  await create();
  world.end(nameOf(), 'Failed');
  await create();
  world.jobs.delete(nameOf());
  expect((await deliver(world, event('Delete', { PhysicalResourceId: 'Prod-StartA-1X2Y3Z' }))).Status).toBe('SUCCESS');
  expect(world.running).toEqual([]);
});

test('An Update event that changes the prefix of the name keeps the job, also when its resource is deleted later', async () => {
  const { PhysicalResourceId } = await create();
  const { ResourceProperties } = event('Update');
  const renamed = { ...ResourceProperties, Prefix: `${PREFIX}-renamed` };
  const updated = event('Update', {
    PhysicalResourceId,
    ResourceProperties: renamed,
    OldResourceProperties: ResourceProperties,
  });
  expect(await deliver(world, updated)).toMatchObject({
    Status: 'SUCCESS',
    PhysicalResourceId,
    Data: { JobName: nameOf() },
  });
  expect(world.running).toHaveLength(1);
  await deliver(world, event('Delete', { PhysicalResourceId, ResourceProperties: renamed }));
  expect(world.running).toEqual([]);
});

test.each(['Training job already exists', 'Cannot create already existing training job'])(
  'The error "%s" means that the name is taken',
  async (message) => {
    const sent = event('Create');
    world.errors.push({
      call: 'CreateTrainingJob',
      error: new ServiceError('ValidationException', message),
      after: true,
    });
    expect((await deliver(world, sent)).Data?.JobName).toBe(nameOf());
    expect(names()).toEqual([nameOf()]);
  },
);
