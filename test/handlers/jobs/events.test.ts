import { handle } from '../../../lib/handlers/jobs/handler';
import { type Answer, PREFIX, answerTo, deliver, event, nameOf, poll, signals } from './cloudformation';
import { ServiceError, World } from './simulation';

const throttled = (): Error => new ServiceError('ThrottlingException', 'Rate exceeded');
const broken = (): Error => new ServiceError('InternalFailure', 'Something is wrong', 500);
const denied = (): Error =>
  new ServiceError('AccessDeniedException', 'User is not authorized to perform: iam:PassRole');

let world: World;
beforeEach(() => {
  world = new World();
});

const create = (overrides = {}): Promise<Answer> => deliver(world, event('Create', overrides));
const names = (): string[] => [...world.jobs.keys()];

describe('Create', () => {
  test('tells where the model is that is not packed', async () => {
    const Request = JSON.stringify({ OutputDataConfig: { S3OutputPath: 's3://bucket/out', CompressionType: 'NONE' } });
    const { Data } = await create({ ResourceProperties: { ...event('Create').ResourceProperties, Request } });
    expect(Data?.ModelDataUrl).toMatch(/^s3:\/\/bucket\/out\/.*\/output\/model\/$/);
  });

  test('starts the job, tagged with whose it is, and a waiter for it', async () => {
    const sent = event('Create');
    expect(await deliver(world, sent)).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: nameOf(),
      Data: { JobName: nameOf(), ModelDataUrl: `s3://bucket/out/${nameOf()}/output/model.tar.gz` },
    });
    const job = world.jobs.get(nameOf());
    expect(job?.request).toMatchObject({ TrainingJobName: nameOf(), RoleArn: 'role' });
    expect([...(job?.tags.keys() ?? [])]).toEqual([
      'cdk-sagemaker-algorithm:owner',
      'cdk-sagemaker-algorithm:event',
      'cdk-sagemaker-algorithm:identity',
      'team',
    ]);
    expect([...world.waiters.values()]).toEqual([
      { Kind: 'training', JobName: nameOf(), WaitHandle: 'https://handle/A', AllowMaxRuntimeExceeded: false },
    ]);
    expect(nameOf()).toMatch(new RegExp(`^${PREFIX}-[0-9a-f]{10}$`));
  });

  test('starts no waiter when nobody waits', async () => {
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
    await world.until(Promise.all([handle(sent, world), handle(sent, world)]));
    expect(names()).toEqual([nameOf()]);
    expect(answerTo(world, sent).Status).toBe('SUCCESS');
  });

  test('that is repeated since the answer of the service was lost finds the job that it made', async () => {
    world.faults.push({ call: 'CreateTrainingJob', error: new ServiceError('TimeoutError', 'timed out'), after: true });
    expect((await create()).Status).toBe('SUCCESS');
    expect(names()).toEqual([nameOf()]);
  });

  test('adopts a job that is in progress', async () => {
    await create();
    const other = await create({ LogicalResourceId: 'Other' });
    expect([other.PhysicalResourceId, names()]).toEqual([nameOf(), [nameOf()]]);
  });

  test('reuses a job that is completed, also after a change and its reversal', async () => {
    await create();
    world.end(nameOf(), 'Completed');
    await create({ identity: 'B' });
    world.end(nameOf('B'), 'Completed');
    expect((await create()).PhysicalResourceId).toBe(nameOf());
    expect(names()).toEqual([nameOf(), nameOf('B')]);
  });

  test('makes another attempt when the job has failed before', async () => {
    await create();
    world.end(nameOf(), 'Failed', 'no data');
    expect((await create()).PhysicalResourceId).toBe(`${nameOf()}-2`);
    world.end(`${nameOf()}-2`, 'Stopped');
    expect((await create()).PhysicalResourceId).toBe(`${nameOf()}-3`);
  });

  test('fails with the reason when the job that this very event made has failed', async () => {
    const sent = event('Create');
    await deliver(world, sent);
    world.end(nameOf(), 'Failed', 'AlgorithmError: no data');
    expect(await deliver(world, sent)).toMatchObject({
      Status: 'FAILED',
      Reason: `${nameOf()} failed: AlgorithmError: no data (log group /aws/sagemaker/TrainingJobs, streams ${nameOf()}/…)`,
    });
    expect(names()).toEqual([nameOf()]);
  });

  test('leaves a job of somebody else alone that has taken the name', async () => {
    world.jobs.set(nameOf(), {
      noun: 'TrainingJob',
      name: nameOf(),
      request: {},
      tags: new Map(),
      status: 'InProgress',
      secondary: 'Training',
    });
    expect((await create()).PhysicalResourceId).toBe(`${nameOf()}-2`);
    expect(world.jobs.get(nameOf())?.tags.size).toBe(0);
  });

  test('makes another job in a stack that was deleted and made again under its name', async () => {
    await create();
    world.end(nameOf(), 'Completed');
    const again = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Prod/2';
    expect((await create({ StackId: again })).PhysicalResourceId).toBe(nameOf('A', again));
    expect(world.jobs.size).toBe(2);
  });

  test.each(['CreateTrainingJob', 'DescribeTrainingJob', 'ListTags', 'AddTags', 'StartExecution'])(
    'goes on after %s was throttled and has failed',
    async (call) => {
      await create();
      world.faults.push({ call, error: throttled() }, { call, error: broken() });
      expect((await create({ identity: call === 'CreateTrainingJob' ? 'B' : 'A' })).Status).toBe('SUCCESS');
      expect(world.faults).toEqual([]);
    },
  );

  test('waits for rights that were granted seconds ago', async () => {
    world.faults.push(...[1, 2, 3].map(() => ({ call: 'CreateTrainingJob', error: denied() })));
    expect((await create()).Status).toBe('SUCCESS');
  });

  test('fails with what the service says when rights are missing for good, within its deadline', async () => {
    world.faults.push(...Array.from({ length: 100 }, () => ({ call: 'CreateTrainingJob', error: denied() })));
    expect(await create()).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: nameOf(),
      Reason: 'AccessDeniedException: User is not authorized to perform: iam:PassRole',
    });
    expect(world.now()).toBeLessThanOrEqual(120_000);
  });

  test('fails at once with what the service says of a bad request', async () => {
    world.faults.push({ call: 'CreateTrainingJob', error: new ServiceError('ValidationException', 'Invalid S3 URI') });
    expect(await create()).toMatchObject({ Status: 'FAILED', Reason: 'ValidationException: Invalid S3 URI' });
    expect(world.now()).toBe(0);
  });

  test('answers with a reason that fits, however long it is', async () => {
    world.faults.push({
      call: 'CreateTrainingJob',
      error: new ServiceError('ValidationException', `"𝄞\n`.repeat(5000)),
    });
    const sent = event('Create');
    await deliver(world, sent);
    const { body } = world.answers[0];
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(4096);
  });

  test('is answered again when CloudFormation did not take the answer', async () => {
    world.putStatuses.push(503, 500);
    expect((await create()).Status).toBe('SUCCESS');
  });
});

describe('Update', () => {
  test('that changes tags only tags the job, which goes on', async () => {
    const { PhysicalResourceId } = await create();
    const sent = event('Update', { PhysicalResourceId });
    const properties = { ...sent.ResourceProperties, Tags: '[{"Key":"team","Value":"risk"}]' };
    const answer = await deliver(world, { ...sent, ResourceProperties: properties });
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId, Data: { JobName: nameOf() } });
    expect(world.jobs.get(nameOf())).toMatchObject({ status: 'InProgress' });
    expect(world.jobs.get(nameOf())?.tags.get('team')).toBe('risk');
  });

  test.each([
    ['a parameter has changed', '{"Image":"repository:2"}'],
    ['what it refers to was replaced under the same logical id', '{"S3Uri":"s3://replacement"}'],
  ])('whose job would be another one, since %s, fails and asks for a revision', async (_, identity) => {
    const { PhysicalResourceId } = await create();
    const answer = await deliver(world, event('Update', { PhysicalResourceId, identity, LogicalResourceId: 'StartA' }));
    expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId });
    expect(answer.Reason).toContain('Change `revision` together with it');
    expect(names()).toEqual([nameOf()]);
  });

  test('that rolls back after such a failure is a success, and the job is the old one', async () => {
    const { PhysicalResourceId } = await create();
    const changed = { PhysicalResourceId, identity: 'B', LogicalResourceId: 'StartA' };
    expect((await deliver(world, event('Update', changed))).Status).toBe('FAILED');
    expect(await deliver(world, event('Update', { PhysicalResourceId }))).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId,
    });
    expect(world.running.map(({ name }) => name)).toEqual([nameOf()]);
  });

  test('that rolls back to what is there is a success', async () => {
    const { PhysicalResourceId } = await create();
    expect((await deliver(world, event('Update', { PhysicalResourceId }))).Status).toBe('SUCCESS');
    expect(names()).toEqual([nameOf()]);
  });

  test('of a later attempt keeps it', async () => {
    await create();
    world.end(nameOf(), 'Failed');
    const { PhysicalResourceId } = await create();
    expect((await deliver(world, event('Update', { PhysicalResourceId }))).PhysicalResourceId).toBe(`${nameOf()}-2`);
  });
});

describe('Delete', () => {
  const remove = (overrides = {}): Promise<Answer> =>
    deliver(world, event('Delete', { PhysicalResourceId: nameOf(), ...overrides }));

  test('stops the job and waits until it is over', async () => {
    await create();
    expect((await remove()).Status).toBe('SUCCESS');
    expect(world.jobs.get(nameOf())?.status).toBe('Stopped');
  });

  test.each(['Completed', 'Failed', 'Stopped'] as const)('of a job that has %s does nothing', async (status) => {
    await create();
    world.end(nameOf(), status);
    expect((await remove()).Status).toBe('SUCCESS');
    expect(world.calls).not.toContain('StopTrainingJob');
  });

  test('of a job that is being stopped waits until it is over', async () => {
    await create();
    const twice = [
      event('Delete', { PhysicalResourceId: nameOf() }),
      event('Delete', { PhysicalResourceId: nameOf() }),
    ];
    await world.until(Promise.all(twice.map((sent) => handle(sent, world))));
    expect(twice.map((sent) => answerTo(world, sent).Status)).toEqual(['SUCCESS', 'SUCCESS']);
    expect(world.jobs.get(nameOf())?.status).toBe('Stopped');
  });

  test('of a job that is gone is a success', async () => {
    expect((await remove()).Status).toBe('SUCCESS');
  });

  test('of a job that ends while it is being stopped is a success', async () => {
    await create();
    world.faults.push({
      call: 'StopTrainingJob',
      error: new ServiceError(
        'ValidationException',
        'The request was rejected because the training job is in status Completed.',
      ),
    });
    world.at(5_000, () => world.end(nameOf(), 'Completed'));
    expect((await remove()).Status).toBe('SUCCESS');
  });

  test('stops the latest attempt too', async () => {
    await create();
    world.end(nameOf(), 'Failed');
    await create();
    expect((await remove({ PhysicalResourceId: `${nameOf()}-2` })).Status).toBe('SUCCESS');
    expect(world.running).toEqual([]);
  });

  test('of the old owner leaves a job alone that another resource has adopted', async () => {
    await create();
    await create({ LogicalResourceId: 'New' });
    expect((await remove()).Status).toBe('SUCCESS');
    expect(world.running).toHaveLength(1);
  });

  test('of one of two jobs stops that one; of the last one, the last', async () => {
    await create();
    await create({ identity: 'B' });
    await remove();
    expect(world.running.map(({ name }) => name)).toEqual([nameOf('B')]);
    await remove({ identity: 'B', PhysicalResourceId: nameOf('B') });
    expect(world.running).toEqual([]);
  });

  test('under an invented id, since a sibling has failed while Create still ran, stops what Create made', async () => {
    world.faults.push(...Array.from({ length: 6 }, () => ({ call: 'CreateTrainingJob', error: throttled() })));
    const [created, removed] = [event('Create'), event('Delete', { PhysicalResourceId: 'Prod-StartA-1X2Y3Z' })];
    await world.until(Promise.all([created, removed].map((sent) => handle(sent, world))));
    expect(answerTo(world, removed).Status).toBe('SUCCESS');
    expect(world.jobs.get(nameOf())?.status).toBe('Stopped');
  });

  test('that overtakes Create waits as long as the Create may still be delivered, and stops what it makes', async () => {
    const [created, removed] = [event('Create'), event('Delete', { PhysicalResourceId: 'Prod-StartA-1X2Y3Z' })];
    const removing = handle(removed, world);
    let creating: Promise<unknown> = Promise.resolve();
    world.at(59_000, () => {
      creating = handle(created, world);
    });
    await world.until(removing);
    await world.until(creating);
    expect(world.jobs.get(nameOf())?.status).toBe('Stopped');
  });

  test('after a Create that has failed does not wait for it', async () => {
    world.faults.push({ call: 'CreateTrainingJob', error: new ServiceError('ValidationException', 'bad') });
    const { PhysicalResourceId } = await create();
    const before = world.now();
    expect((await remove({ PhysicalResourceId })).Status).toBe('SUCCESS');
    expect(world.now()).toBe(before);
  });

  test('and a new deployment after a rollback that had stopped the job start it again', async () => {
    await create();
    await remove();
    expect((await create()).PhysicalResourceId).toBe(`${nameOf()}-2`);
  });

  test('and a new deployment after a rollback whose job had finished reuse it', async () => {
    await create();
    world.end(nameOf(), 'Completed');
    await remove();
    expect((await create()).PhysicalResourceId).toBe(nameOf());
  });

  test('goes on after throttling', async () => {
    await create();
    world.faults.push(
      { call: 'StopTrainingJob', error: throttled() },
      { call: 'DescribeTrainingJob', error: broken() },
    );
    expect((await remove()).Status).toBe('SUCCESS');
    expect(world.running).toEqual([]);
  });

  test('that cannot end in time says so', async () => {
    await create();
    world.stoppingMs = 3_600_000;
    expect(await remove()).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: nameOf(),
      Reason: `${nameOf()} does not end in time (log group /aws/sagemaker/TrainingJobs, streams ${nameOf()}/…). Delete again when it is over.`,
    });
  });

  test('stops a job again that the service did not take the first stop of', async () => {
    await create();
    world.faults.push({
      call: 'StopTrainingJob',
      error: new ServiceError('ValidationException', 'in status InProgress'),
    });
    expect((await remove()).Status).toBe('SUCCESS');
    expect(world.running).toEqual([]);
  });
});

describe('A round of the waiter', () => {
  test('says nothing while the job is in progress', async () => {
    await create();
    expect([await poll(world), signals(world)]).toEqual([false, []]);
  });

  test('signals at once for a job that was over before the condition listens, to the handle that was there first', async () => {
    const sent = event('Create');
    await deliver(world, sent);
    world.end(nameOf(), 'Completed');
    expect([await poll(world), signals(world).length]).toEqual([true, 1]);
  });

  test('signals success when the job is completed', async () => {
    await create();
    world.end(nameOf(), 'Completed');
    expect(await poll(world)).toBe(true);
    expect(signals(world)).toEqual([{ Status: 'SUCCESS', UniqueId: nameOf(), Data: nameOf(), Reason: 'Completed' }]);
  });

  test.each([
    ['Failed', 'AlgorithmError: no data', 'failed: AlgorithmError: no data'],
    ['Stopped', undefined, 'was stopped (log group'],
  ] as const)('signals failure with the reason when the job has %s', async (status, reason, text) => {
    await create();
    world.end(nameOf(), status, reason);
    expect(await poll(world)).toBe(true);
    expect(signals(world)[0]).toMatchObject({ Status: 'FAILURE' });
    expect(signals(world)[0].Reason).toContain(text);
  });

  test('signals failure when the maximum run time was exceeded, unless that is accepted', async () => {
    await create();
    world.end(nameOf(), 'Stopped', undefined, 'MaxRuntimeExceeded');
    await poll(world);
    await poll(world, { AllowMaxRuntimeExceeded: true });
    expect(signals(world).map(({ Status }) => Status)).toEqual(['FAILURE', 'SUCCESS']);
    expect(signals(world)[0].Reason).toContain('Its maximum run time was exceeded');
  });

  test('does not accept a job that was stopped by hand as ended by its run time', async () => {
    await create();
    world.end(nameOf(), 'Stopped');
    await poll(world, { AllowMaxRuntimeExceeded: true });
    expect(signals(world)[0].Status).toBe('FAILURE');
  });

  test('signals failure when the job is gone', async () => {
    expect(await poll(world)).toBe(true);
    expect(signals(world)[0].Reason).toBe(`${nameOf()} is gone.`);
  });

  test('is over when the handle has expired, since nobody listens any more', async () => {
    await create();
    world.end(nameOf(), 'Completed');
    world.putStatuses.push(403);
    expect([await poll(world), signals(world)]).toEqual([true, []]);
  });

  test('signals again when CloudFormation did not take the signal', async () => {
    await create();
    world.end(nameOf(), 'Completed');
    world.putStatuses.push(503, 500);
    await poll(world);
    expect(signals(world)).toHaveLength(1);
  });

  test('that is done twice sends the same signal', async () => {
    await create();
    world.end(nameOf(), 'Completed');
    await poll(world);
    await poll(world);
    expect(new Set(signals(world).map(({ UniqueId }) => UniqueId)).size).toBe(1);
  });

  test('goes on after throttling, and fails for the state machine to repeat it when that lasts', async () => {
    await create();
    world.faults.push({ call: 'DescribeTrainingJob', error: throttled() });
    expect(await poll(world)).toBe(false);
    world.faults.push(...Array.from({ length: 50 }, () => ({ call: 'DescribeTrainingJob', error: throttled() })));
    await expect(poll(world)).rejects.toThrow('Rate exceeded');
  });

  test('signals failure when no round can be done any more', async () => {
    await create();
    await poll(world, { Error: { Cause: 'AccessDenied' } });
    expect(signals(world)[0]).toMatchObject({
      Status: 'FAILURE',
      Reason: `${nameOf()} can no longer be watched: AccessDenied`,
    });
  });
});
