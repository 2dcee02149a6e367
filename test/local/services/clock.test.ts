import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Clock } from '../../../local/services/clock';

const MINUTE = 60_000;

test('The time moves forward by exactly the given duration, and then continues', async () => {
  const clock = new Clock();
  const before = clock.now();
  await clock.advance(15 * MINUTE);
  expect(clock.now()).toBeGreaterThanOrEqual(before + 15 * MINUTE);
  expect(clock.now()).toBeLessThan(before + 16 * MINUTE);
});

test('An advance ends the waits up to its time in their order, each at its own time', async () => {
  const clock = new Clock();
  const start = clock.now();
  const happened: [string, number][] = [];
  const after = async (minutes: number, name: string): Promise<void> => {
    await clock.wait(minutes * MINUTE);
    happened.push([name, Math.round((clock.now() - start) / MINUTE)]);
  };
  const second = after(2, 'second');
  const first = after(1, 'first').then(() => after(2, 'third'));
  void after(30, 'never').catch(() => undefined);
  await clock.advance(10 * MINUTE);
  await Promise.all([first, second]);
  expect(happened).toEqual([
    ['first', 1],
    ['second', 2],
    ['third', 3],
  ]);
});

test('Two advances at the same time add up', async () => {
  const clock = new Clock();
  const before = clock.now();
  void clock.wait(MINUTE);
  await Promise.all([clock.advance(10 * MINUTE), clock.advance(20 * MINUTE)]);
  expect(clock.now()).toBeGreaterThanOrEqual(before + 30 * MINUTE);
});

test('A wait that is aborted rejects with the reason, and does not happen later', async () => {
  const clock = new Clock();
  const controller = new AbortController();
  const waiting = clock.wait(MINUTE, controller.signal);
  controller.abort(new Error('closed'));
  await expect(waiting).rejects.toThrow('closed');
  await expect(clock.wait(MINUTE, controller.signal)).rejects.toThrow('closed');
  await clock.advance(2 * MINUTE);
});

test('A wait that an advance does not end takes only what is left of its duration', async () => {
  const clock = new Clock();
  const waiting = clock.wait(MINUTE + 20);
  await clock.advance(MINUTE);
  const before = Date.now();
  await waiting;
  expect(Date.now() - before).toBeLessThan(MINUTE);
});

test('A tick happens at the next multiple of its interval, and at each of them during an advance', async () => {
  const clock = new Clock();
  const ticks: number[] = [];
  const closed = new AbortController();
  const ticking = (async () => {
    for (;;) ticks.push(await clock.tick(MINUTE, closed.signal));
  })().catch(() => 'closed');
  await clock.advance(3 * MINUTE);
  closed.abort();
  expect(await ticking).toBe('closed');
  expect(ticks.map((tick) => [tick % MINUTE, tick - ticks[0]])).toEqual([
    [0, 0],
    [0, MINUTE],
    [0, 2 * MINUTE],
  ]);
});

test('The time that an advance has reached is kept in the file of the clock', async () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'clock-')), 'state', 'clock.json');
  const clock = new Clock(file);
  await clock.advance(15 * MINUTE);
  const before = clock.now();
  expect(new Clock(file).now()).toBeGreaterThanOrEqual(before);
});

test('Without an advance, a wait takes its duration on the machine', async () => {
  const clock = new Clock();
  const before = Date.now();
  await clock.wait(20);
  expect(Date.now() - before).toBeGreaterThanOrEqual(19);
});
