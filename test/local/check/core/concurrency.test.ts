import { Once, Slots } from '../../../../local/check/core/concurrency';

describe('Slots', () => {
  test('run as many tasks at a time as there are slots, and the others afterwards', async () => {
    const slots = new Slots(2);
    const running: (() => void)[] = [];
    const task = (): Promise<void> => slots.use(() => new Promise((resolve) => running.push(resolve)));
    const tasks = [task(), task(), task()];
    expect(running).toHaveLength(2);
    running[0]();
    await tasks[0];
    expect(running).toHaveLength(3);
    running.forEach((end) => end());
    await Promise.all(tasks);
  });

  test('are free again after a task that failed', async () => {
    const slots = new Slots(1);
    await expect(slots.use(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    await expect(slots.use(() => Promise.resolve('done'))).resolves.toBe('done');
  });
});

describe('Once', () => {
  test('runs a task of a name once, and shares its result', async () => {
    const once = new Once();
    const task = jest.fn(() => Promise.resolve('result'));
    expect(await Promise.all([once.do('task', task), once.do('task', task)])).toEqual(['result', 'result']);
    expect(task).toHaveBeenCalledTimes(1);
  });

  test('shares a failure with all callers', async () => {
    const once = new Once();
    const task = jest.fn(() => Promise.reject(new Error('failed')));
    await expect(once.do('task', task)).rejects.toThrow('failed');
    await expect(once.do('task', task)).rejects.toThrow('failed');
    expect(task).toHaveBeenCalledTimes(1);
  });
});
