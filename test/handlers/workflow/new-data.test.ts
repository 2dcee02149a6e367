import { WorkflowWorld } from './simulation';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A workflow whose jobs complete after 10 minutes, at a time at which objects can be old. */
async function world(): Promise<WorkflowWorld> {
  const made = new WorkflowWorld();
  made.onCreated = (job): void => {
    job.metrics = { auc: 0.9 };
    made.at(10 * MINUTE, () => made.end(job.name, 'Completed'));
  };
  await made.pass(100 * HOUR);
  return made;
}

function upload(made: WorkflowWorld, key: string, age = 0): void {
  made.objects.set(key, { time: made.now() - age, body: '' });
}

/** Looks for new data, and returns the names of the executions that have been started since, when they have ended. */
async function look(
  made: WorkflowWorld,
  overrides: Parameters<WorkflowWorld['lookForData']>[0] = {},
): Promise<string[]> {
  const before = made.executions.size;
  await made.until(made.lookForData(overrides));
  await made.untilIdle();
  return [...made.executions.keys()].slice(before);
}

describe('New data', () => {
  test('of 20,000 objects starts one execution when no object has been added for the settling time', async () => {
    const made = await world();
    for (let index = 0; index < 20_000; index++) upload(made, `train/${index}`, index % 1000);
    expect(await look(made)).toHaveLength(0);
    await made.pass(30 * MINUTE);
    expect(await look(made)).toHaveLength(1);
    expect(made.executions.values().next().value?.input).toEqual({
      NewData: { Location: 's3://data/train/', Newest: 100 * HOUR, Count: 20_000 },
    });
    await made.pass(HOUR);
    expect(await look(made)).toHaveLength(0);
  });

  test('that keeps arriving starts an execution after the maximum delay', async () => {
    const made = await world();
    for (let hour = 0; hour < 24; hour++) {
      upload(made, `train/${hour}`);
      expect(await look(made)).toHaveLength(0);
      await made.pass(HOUR);
      upload(made, `train/${hour}-again`);
    }
    expect(await look(made)).toHaveLength(1);
  });

  test('that is uploaded in several parts is found, although its modification time is old', async () => {
    const made = await world();
    upload(made, 'train/a', HOUR);
    expect(await look(made)).toHaveLength(1);
    upload(made, 'train/large', 2 * HOUR);
    await made.pass(MINUTE);
    expect(await look(made)).toHaveLength(1);
  });

  test('with an old modification time is found after other objects have been deleted, which start nothing', async () => {
    const made = await world();
    ['a', 'b', 'c'].forEach((name) => upload(made, `train/${name}`, HOUR));
    expect(await look(made)).toHaveLength(1);
    made.objects.delete('train/a');
    made.objects.delete('train/b');
    expect(await look(made)).toHaveLength(0);
    upload(made, 'train/large', 2 * HOUR);
    expect(await look(made)).toHaveLength(1);
  });

  test('does not include folders and objects of other prefixes', async () => {
    const made = await world();
    upload(made, 'train/', HOUR);
    upload(made, 'train/2026/', HOUR);
    upload(made, 'other/a', HOUR);
    expect(await look(made)).toHaveLength(0);
  });

  test('that replaces an object starts an execution', async () => {
    const made = await world();
    upload(made, 'train/a', HOUR);
    await look(made);
    upload(made, 'train/a');
    await made.pass(HOUR);
    expect(await look(made)).toHaveLength(1);
  });

  test('that arrives during an execution is found afterwards', async () => {
    const made = await world();
    upload(made, 'train/a', HOUR);
    await made.until(made.lookForData());
    await made.pass(MINUTE);
    upload(made, 'train/b', 0);
    await made.until(made.lookForData({ SettleSeconds: 60 }));
    expect(made.executions.size).toBe(1);
    await made.untilIdle();
    await made.pass(HOUR);
    expect(await look(made)).toHaveLength(1);
  });

  test('of an execution that is skipped is found again', async () => {
    const made = await world();
    upload(made, 'train/a', HOUR);
    // Another execution takes the lock between the look and the first step.
    const perform = made.latency;
    made.latency = (): number => 1_000;
    const looking = made.lookForData();
    await made.pass(3_500);
    made.latency = perform;
    made.start('other');
    await made.until(looking);
    await made.untilIdle();
    expect(made.outcomes().sort()).toEqual(['Registered', 'Skipped']);
    expect(await look(made)).toHaveLength(1);
    expect(made.outcomes().sort()).toEqual(['Registered', 'Registered', 'Skipped']);
  });

  test('of an execution that has failed does not start another one, until further data arrives', async () => {
    const made = await world();
    made.onCreated = (job): void => made.at(MINUTE, () => made.end(job.name, 'Failed'));
    upload(made, 'train/a', HOUR);
    expect(await look(made)).toHaveLength(1);
    for (let index = 0; index < 5; index++) {
      await made.pass(HOUR);
      expect(await look(made)).toHaveLength(0);
    }
    upload(made, 'train/b');
    await made.pass(HOUR);
    expect(await look(made)).toHaveLength(1);
  });

  test('is not found again because an earlier execution is redriven', async () => {
    const made = await world();
    const complete = made.onCreated;
    made.onCreated = (job): void => made.at(MINUTE, () => made.end(job.name, 'Failed'));
    upload(made, 'train/a', HOUR);
    const [first] = await look(made);
    made.onCreated = complete;
    upload(made, 'train/b');
    await made.pass(HOUR);
    expect(await look(made)).toHaveLength(1);
    made.redrive(first);
    await made.untilIdle();
    await made.pass(HOUR);
    expect(await look(made)).toHaveLength(0);
  });

  test('starts one execution if the event of the schedule is delivered twice, also if the execution has ended', async () => {
    const made = await world();
    made.latency = (): number => 100;
    upload(made, 'train/a', HOUR);
    const ScheduledTime = '2026-11-29T20:59:00Z';
    const first = made.lookForData({ ScheduledTime });
    await made.pass(50);
    await Promise.all([made.until(first), made.until(made.lookForData({ ScheduledTime }))]);
    await made.untilIdle();
    await look(made, { ScheduledTime });
    expect(made.executions.size).toBe(1);
  });

  test('of two prefixes starts an execution for each', async () => {
    const made = await world();
    const ScheduledTime = '2026-11-29T20:59:00Z';
    upload(made, 'train/a', HOUR);
    upload(made, 'other/a', HOUR);
    expect(await look(made, { ScheduledTime })).toHaveLength(1);
    expect(await look(made, { ScheduledTime, Prefix: 'other/' })).toHaveLength(1);
  });

  test('starts nothing while the workflow is being deleted', async () => {
    const made = await world();
    upload(made, 'train/a', HOUR);
    await made.until(made.resource('Delete'));
    expect(await look(made)).toHaveLength(0);
  });
});
