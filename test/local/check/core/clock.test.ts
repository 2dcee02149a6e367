import { Clock, inContainer, waiting } from '../../../../local/check/core/clock';
import { Once } from '../../../../local/check/core/concurrency';

describe('The time of a check', () => {
  test('is that of its containers, of its waits without them, and of its work', () => {
    const clock = new Clock();
    clock.addContainer({ name: 'training', needs: [], check: 'a', from: 1000, to: 3000 });
    clock.addContainer({ name: 'serving', needs: [], check: 'b', from: 0, to: 9000 });
    clock.addWait('a', { from: 2000, to: 4000 });
    clock.addWait('a', { from: 3500, to: 5000 });
    expect(clock.timeOf('a', 4.5)).toEqual({ containers: 2, waits: 2, work: 0.5 });
  });

  test('has the containers that it is the first to need, and the waits for those of others', async () => {
    const clock = new Clock();
    const once = new Once();
    const run = (): Promise<string> =>
      once.do('run', () => inContainer('training', [], () => new Promise((resolve) => setImmediate(resolve, 'done'))));
    await Promise.all(['first', 'second'].map((check) => clock.run(check, run)));
    expect(clock.timings().containers).toEqual([
      {
        name: 'training',
        check: 'first',
        startSeconds: expect.any(Number) as number,
        seconds: expect.any(Number) as number,
      },
    ]);
    expect(clock.timeOf('first', 1)).toMatchObject({ waits: 0 });
    expect(clock.timeOf('second', 1)).toMatchObject({ containers: 0 });
    expect(clock.timeOf('second', 1).waits).toBeGreaterThan(0);
  });

  test('is not measured for work that no check needs', async () => {
    expect(await waiting(inContainer('training', [], () => Promise.resolve('done')))).toBe('done');
  });
});

describe('The longest chain of containers', () => {
  const chainOf = (
    ...containers: [name: string, check: string, from: number, to: number, needs?: string[]][]
  ): string[] => {
    const clock = new Clock();
    for (const [name, check, from, to, needs = []] of containers) clock.addContainer({ name, check, from, to, needs });
    return clock.timings().longestChain.map(({ name }) => name);
  };

  test('has containers of which each needs the result of the one before, or is of the same check', () => {
    expect(
      chainOf(
        ['training: late', 'sigterm', 40, 60, ['training']],
        ['training', 'completes', 0, 10],
        ['serving', 'start-up', 10, 30, ['training']],
        ['training: early', 'sigterm', 10, 20, ['training']],
        ['other', 'other', 20, 39],
      ),
    ).toEqual(['training', 'training: early', 'training: late']);
  });

  test('has no container that started before the end of the one that it needs', () => {
    expect(chainOf(['training', 'completes', 0, 10], ['serving', 'start-up', 5, 20, ['training']])).toEqual([
      'serving',
    ]);
  });

  test('is empty without containers', () => {
    expect(chainOf()).toEqual([]);
  });
});
