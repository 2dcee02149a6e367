import { PREFIX, type Response, deliver, event, idOf, nameOf, responseTo, storedId } from './cloudformation';
import { ServiceError, World } from './simulation';

const throttled = (): Error => new ServiceError('ThrottlingException', 'Rate exceeded');
const serviceFailure = (): Error => new ServiceError('InternalFailure', 'Something is wrong', 500);
const denied = (): Error =>
  new ServiceError('AccessDeniedException', 'User is not authorized to perform: iam:PassRole');

let world: World;
beforeEach(() => {
  world = new World();
});

const create = (overrides = {}): Promise<Response> => deliver(world, event('Create', overrides));
const jobOf = (response: Response): string | undefined => response.Data?.JobName;
const names = (): string[] => [...world.jobs.keys()];

describe('A Create event', () => {
  test('returns the location of an uncompressed model artifact', async () => {
    const Request = JSON.stringify({ OutputDataConfig: { S3OutputPath: 's3://bucket/out', CompressionType: 'NONE' } });
    const { Data } = await create({ ResourceProperties: { ...event('Create').ResourceProperties, Request } });
    expect(Data?.ModelDataUrl).toMatch(/^s3:\/\/bucket\/out\/.*\/output\/model\/$/);
  });

  test('starts the job with the tags of its owner, and a waiter for it', async () => {
    const sent = event('Create');
    expect(await deliver(world, sent)).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: idOf(nameOf(), sent),
      Data: { JobName: nameOf(), ModelDataUrl: `s3://bucket/out/${nameOf()}/output/model.tar.gz` },
    });
    const job = world.jobs.get(nameOf());
    expect(job?.request).toMatchObject({ TrainingJobName: nameOf(), RoleArn: 'role' });
    expect([...(job?.tags.keys() ?? [])]).toEqual([
      expect.stringMatching(/^cdk-sagemaker-algorithm:owner:[0-9a-f]{12}:[0-9a-f]{8}$/),
      'cdk-sagemaker-algorithm:event',
      'cdk-sagemaker-algorithm:identity',
      'team',
    ]);
    expect([...world.waiters.values()]).toEqual([
      { Kind: 'training', JobName: nameOf(), WaitHandle: 'https://handle/A', AllowMaxRuntimeExceeded: false },
    ]);
    expect(nameOf()).toMatch(new RegExp(`^${PREFIX}--[0-9a-f]{10}$`));
  });

  test('starts no waiter when the deployment does not wait', async () => {
    const sent = event('Create');
    const ResourceProperties = { ...sent.ResourceProperties, StateMachineArn: undefined, WaitHandle: undefined };
    await deliver(world, { ...sent, ResourceProperties });
    expect(world.waiters.size).toBe(0);
  });

  test('that is delivered twice starts one job and one waiter', async () => {
    const sent = event('Create');
    const [first, second] = [await deliver(world, sent), await deliver(world, sent)];
    expect(second).toEqual(first);
    expect([names(), world.waiters.size]).toEqual([[nameOf()], 1]);
  });

  test('that is delivered twice at the same time starts one job', async () => {
    const sent = event('Create');
    await world.until(Promise.all([world.invoke(sent), world.invoke(sent)]));
    expect(names()).toEqual([nameOf()]);
    expect(responseTo(world, sent).Status).toBe('SUCCESS');
  });

  test('finds its job when CreateTrainingJob is retried after a lost response', async () => {
    world.errors.push({ call: 'CreateTrainingJob', error: new ServiceError('TimeoutError', 'timed out'), after: true });
    expect((await create()).Status).toBe('SUCCESS');
    expect(names()).toEqual([nameOf()]);
  });

  test('adopts an existing job that is in progress', async () => {
    await create();
    const other = await create({ LogicalResourceId: 'Other' });
    expect([jobOf(other), names()]).toEqual([nameOf(), [nameOf()]]);
  });

  test('reuses a completed job, also when a change is reverted', async () => {
    await create();
    world.end(nameOf(), 'Completed');
    await create({ identity: 'B' });
    world.end(nameOf('B'), 'Completed');
    expect(jobOf(await create())).toBe(nameOf());
    expect(names()).toEqual([nameOf(), nameOf('B')]);
  });

  test('starts another attempt when the job has failed before', async () => {
    await create();
    world.end(nameOf(), 'Failed', 'no data');
    expect(jobOf(await create())).toBe(`${nameOf()}-2`);
    world.end(`${nameOf()}-2`, 'Stopped');
    expect(jobOf(await create())).toBe(`${nameOf()}-3`);
  });

  test('fails with the reason of the job when the job that this event created has failed', async () => {
    const sent = event('Create');
    await deliver(world, sent);
    world.end(nameOf(), 'Failed', 'AlgorithmError: no data');
    expect(await deliver(world, sent)).toMatchObject({
      Status: 'FAILED',
      Reason: `${nameOf()} failed: AlgorithmError: no data (log group /aws/sagemaker/TrainingJobs, streams ${nameOf()}/…)`,
    });
    expect(names()).toEqual([nameOf()]);
  });

  test('does not change a job with the same name that this library has not created', async () => {
    world.jobs.set(nameOf(), {
      noun: 'TrainingJob',
      name: nameOf(),
      request: {},
      tags: new Map(),
      status: 'InProgress',
      secondary: 'Training',
    });
    expect(jobOf(await create())).toBe(`${nameOf()}-2`);
    expect(world.jobs.get(nameOf())?.tags.size).toBe(0);
  });

  test('creates another job in a stack that was deleted and created again with the same name', async () => {
    await create();
    world.end(nameOf(), 'Completed');
    const again = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Prod/2';
    expect(jobOf(await create({ StackId: again }))).toBe(nameOf('A', again));
    expect(world.jobs.size).toBe(2);
  });

  test.each(['CreateTrainingJob', 'DescribeTrainingJob', 'ListTags', 'AddTags', 'StartExecution'])(
    'succeeds after %s was throttled and has failed once',
    async (call) => {
      await create();
      world.errors.push({ call, error: throttled() }, { call, error: serviceFailure() });
      expect((await create({ identity: call === 'CreateTrainingJob' ? 'B' : 'A' })).Status).toBe('SUCCESS');
      expect(world.errors).toEqual([]);
    },
  );

  test('waits for the propagation of new permissions', async () => {
    world.errors.push(...[1, 2, 3].map(() => ({ call: 'CreateTrainingJob', error: denied() })));
    expect((await create()).Status).toBe('SUCCESS');
  });

  test('fails within its deadline with the error of the service when a permission is missing', async () => {
    world.errors.push(...Array.from({ length: 100 }, () => ({ call: 'CreateTrainingJob', error: denied() })));
    expect(await create()).toMatchObject({
      Status: 'FAILED',
      Reason: 'AccessDeniedException: User is not authorized to perform: iam:PassRole',
    });
    expect(world.now()).toBeLessThanOrEqual(120_000);
  });

  test('fails immediately with the error of the service when the request is invalid', async () => {
    world.errors.push({ call: 'CreateTrainingJob', error: new ServiceError('ValidationException', 'Invalid S3 URI') });
    expect(await create()).toMatchObject({ Status: 'FAILED', Reason: 'ValidationException: Invalid S3 URI' });
    expect(world.now()).toBe(0);
  });

  test('truncates a long reason to the maximum size of a response', async () => {
    world.errors.push({
      call: 'CreateTrainingJob',
      error: new ServiceError('ValidationException', `"𝄞\n`.repeat(5000)),
    });
    const sent = event('Create');
    await deliver(world, sent);
    const { body } = world.requests[0];
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(4096);
  });

  test('sends the response again when CloudFormation did not accept it', async () => {
    world.putStatuses.push(503, 500);
    expect((await create()).Status).toBe('SUCCESS');
  });
});

describe('An Update event', () => {
  test('that changes only tags updates the tags of the running job', async () => {
    const { PhysicalResourceId } = await create();
    const sent = event('Update', { PhysicalResourceId });
    const properties = { ...sent.ResourceProperties, Tags: '[{"Key":"team","Value":"risk"}]' };
    const response = await deliver(world, { ...sent, ResourceProperties: properties });
    expect(response).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId, Data: { JobName: nameOf() } });
    expect(world.jobs.get(nameOf())).toMatchObject({ status: 'InProgress' });
    expect(world.jobs.get(nameOf())?.tags.get('team')).toBe('risk');
  });

  test.each([
    ['a parameter has changed', '{"Image":"repository:2"}'],
    ['a referenced resource was replaced under the same logical id', '{"S3Uri":"s3://replacement"}'],
  ])('fails and requires a new revision when %s', async (_, identity) => {
    const { PhysicalResourceId } = await create();
    const response = await deliver(
      world,
      event('Update', { PhysicalResourceId, identity, LogicalResourceId: 'StartA' }),
    );
    expect(response).toMatchObject({ Status: 'FAILED', PhysicalResourceId });
    expect(response.Reason).toContain('Change `revision` together with it');
    expect(names()).toEqual([nameOf()]);
  });

  test('that rolls back such a failure succeeds and keeps the previous job', async () => {
    const { PhysicalResourceId } = await create();
    const changed = { PhysicalResourceId, identity: 'B', LogicalResourceId: 'StartA' };
    expect((await deliver(world, event('Update', changed))).Status).toBe('FAILED');
    expect(await deliver(world, event('Update', { PhysicalResourceId }))).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId,
    });
    expect(world.running.map(({ name }) => name)).toEqual([nameOf()]);
  });

  test('that rolls back to the existing job succeeds', async () => {
    const { PhysicalResourceId } = await create();
    expect((await deliver(world, event('Update', { PhysicalResourceId }))).Status).toBe('SUCCESS');
    expect(names()).toEqual([nameOf()]);
  });

  test('keeps a later attempt of the job', async () => {
    await create();
    world.end(nameOf(), 'Failed');
    const { PhysicalResourceId } = await create();
    expect((await deliver(world, event('Update', { PhysicalResourceId }))).Data?.JobName).toBe(`${nameOf()}-2`);
  });
});

describe('A Delete event', () => {
  const remove = (overrides: Parameters<typeof event>[1] = {}): Promise<Response> => {
    const PhysicalResourceId = storedId(world, `Start${overrides.identity ?? 'A'}`);
    return deliver(world, event('Delete', { PhysicalResourceId, ...overrides }));
  };

  test('stops the job and waits until it has ended', async () => {
    await create();
    expect((await remove()).Status).toBe('SUCCESS');
    expect(world.jobs.get(nameOf())?.status).toBe('Stopped');
  });

  test.each(['Completed', 'Failed', 'Stopped'] as const)('does not stop a job with the status %s', async (status) => {
    await create();
    world.end(nameOf(), status);
    expect((await remove()).Status).toBe('SUCCESS');
    expect(world.calls).not.toContain('StopTrainingJob');
  });

  test('waits for a job that is already being stopped', async () => {
    await create();
    const sent = event('Delete', { PhysicalResourceId: storedId(world) });
    await world.until(Promise.all([world.invoke(sent), world.invoke(sent)]));
    expect(responseTo(world, sent).Status).toBe('SUCCESS');
    expect(world.jobs.get(nameOf())?.status).toBe('Stopped');
  });

  test('succeeds when the job does not exist any more', async () => {
    await create();
    world.jobs.delete(nameOf());
    expect((await remove()).Status).toBe('SUCCESS');
  });

  test('succeeds when the job completes before it can be stopped', async () => {
    await create();
    world.errors.push({
      call: 'StopTrainingJob',
      error: new ServiceError(
        'ValidationException',
        'The request was rejected because the training job is in status Completed.',
      ),
    });
    world.at(5_000, () => world.end(nameOf(), 'Completed'));
    expect((await remove()).Status).toBe('SUCCESS');
  });

  test('stops the latest attempt', async () => {
    await create();
    world.end(nameOf(), 'Failed');
    await create();
    expect((await remove()).Status).toBe('SUCCESS');
    expect(world.running).toEqual([]);
  });

  test('does not stop a job that another resource has adopted', async () => {
    await create();
    await create({ LogicalResourceId: 'New' });
    expect((await remove()).Status).toBe('SUCCESS');
    expect(world.running).toHaveLength(1);
  });

  test('stops only the job of its resource', async () => {
    await create();
    await create({ identity: 'B' });
    await remove();
    expect(world.running.map(({ name }) => name)).toEqual([nameOf('B')]);
    await remove({ identity: 'B' });
    expect(world.running).toEqual([]);
  });

  test('with a generated id, sent while the Create event is processed, stops the job that the Create event creates', async () => {
    world.errors.push(...Array.from({ length: 6 }, () => ({ call: 'CreateTrainingJob', error: throttled() })));
    const [created, removed] = [event('Create'), event('Delete', { PhysicalResourceId: 'Prod-StartA-1X2Y3Z' })];
    await world.until(Promise.all([created, removed].map((sent) => world.invoke(sent))));
    expect(responseTo(world, removed).Status).toBe('SUCCESS');
    expect(world.jobs.get(nameOf())?.status).toBe('Stopped');
  });

  test('that arrives before the Create event waits until it can no longer be delivered, and stops its job', async () => {
    const [created, removed] = [event('Create'), event('Delete', { PhysicalResourceId: 'Prod-StartA-1X2Y3Z' })];
    const removing = world.invoke(removed);
    let creating: Promise<unknown> = Promise.resolve();
    world.at(59_000, () => {
      creating = world.invoke(created);
    });
    await world.until(removing);
    await world.until(creating);
    expect(world.jobs.get(nameOf())?.status).toBe('Stopped');
  });

  test('stops the job that a Create event has created that failed and is delivered again', async () => {
    const sent = event('Create');
    world.errors.push({ call: 'CreateTrainingJob', error: new ServiceError('ResourceLimitExceeded', '0 instances') });
    const { PhysicalResourceId } = await deliver(world, sent);
    world.at(59_000, () => void world.invoke(sent));
    expect((await remove({ PhysicalResourceId })).Status).toBe('SUCCESS');
    expect(world.jobs.get(nameOf())?.status).toBe('Stopped');
  });

  test('of a rollback that stopped the job is followed by another attempt in the next deployment', async () => {
    await create();
    await remove();
    expect(jobOf(await create())).toBe(`${nameOf()}-2`);
  });

  test('of a rollback after the job completed is followed by its reuse in the next deployment', async () => {
    await create();
    world.end(nameOf(), 'Completed');
    await remove();
    expect(jobOf(await create())).toBe(nameOf());
  });

  test('succeeds after throttling', async () => {
    await create();
    world.errors.push(
      { call: 'StopTrainingJob', error: throttled() },
      { call: 'DescribeTrainingJob', error: serviceFailure() },
    );
    expect((await remove()).Status).toBe('SUCCESS');
    expect(world.running).toEqual([]);
  });

  test('fails when the job does not end in time', async () => {
    await create();
    world.stoppingMs = 3_600_000;
    expect(await remove()).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: storedId(world),
      Reason: `${nameOf()} did not end in time (log group /aws/sagemaker/TrainingJobs, streams ${nameOf()}/…). Delete the stack again when it has ended.`,
    });
  });

  test('stops the job again when the service rejected the first request', async () => {
    await create();
    world.errors.push({
      call: 'StopTrainingJob',
      error: new ServiceError('ValidationException', 'in status InProgress'),
    });
    expect((await remove()).Status).toBe('SUCCESS');
    expect(world.running).toEqual([]);
  });
});
