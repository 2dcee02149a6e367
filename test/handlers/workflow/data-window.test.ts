import * as fc from 'fast-check';
import { hourFolder } from '../../../lib/handlers/shared/captured-files';
import { windowOf } from '../../../lib/handlers/workflow/data-window';

const HOUR = 3_600_000;
const input = (startedAt: number, DelayHours = 1, MaxWindowHours = 168) => ({
  ...{ StartedAt: new Date(startedAt).toISOString(), DelayHours, MaxWindowHours },
});
const at = (text: string): number => Date.parse(text);

describe('The window of an execution', () => {
  test('starts at the end of the last window, and ends with the last hour that is complete after the delay', () => {
    expect(windowOf(input(at('2026-11-30T06:05:00.123Z')), at('2026-11-30T02:00:00Z'))).toEqual({
      isEmpty: false,
      StartTime: '2026-11-30T02:00:00Z',
      EndTime: '2026-11-30T05:00:00Z',
    });
    expect(windowOf(input(at('2026-11-30T06:05:00Z'), 3), at('2026-11-30T02:00:00Z')).EndTime).toBe(
      '2026-11-30T03:00:00Z',
    );
  });

  test('ends at the full hour if the execution starts at one', () => {
    expect(windowOf(input(at('2026-11-30T06:00:00Z')), 0).EndTime).toBe('2026-11-30T05:00:00Z');
  });

  test('without a previous one has the maximum length', () => {
    expect(windowOf(input(at('2026-11-30T06:05:00Z'), 1, 24))).toEqual({
      isEmpty: false,
      StartTime: '2026-11-29T05:00:00Z',
      EndTime: '2026-11-30T05:00:00Z',
    });
  });

  test('has at most the maximum length, and names the data that is not analyzed', () => {
    expect(windowOf(input(at('2026-11-30T06:05:00Z'), 1, 2), at('2026-11-28T00:00:00Z'))).toEqual({
      isEmpty: false,
      StartTime: '2026-11-30T03:00:00Z',
      EndTime: '2026-11-30T05:00:00Z',
      NotAnalyzedSince: '2026-11-28T00:00:00Z',
    });
  });

  test.each([
    ['within an hour of the last one', '2026-11-30T06:59:59Z'],
    ['before the last one', '2026-11-30T01:00:00Z'],
  ])('is empty if the execution starts %s', (_, startedAt) => {
    expect(windowOf(input(at(startedAt)), at('2026-11-30T05:00:00Z')).isEmpty).toBe(true);
  });

  test('and those of other executions have no gap and no overlap, whichever fail, are repeated or start late', () => {
    const executions = fc.array(
      fc.record({
        minutes: fc.integer({ min: 0, max: 3000 }),
        isCompleted: fc.boolean(),
        repetitions: fc.integer({ min: 1, max: 3 }),
      }),
      { maxLength: 40 },
    );
    const limits = { delay: fc.integer({ min: 1, max: 5 }), max: fc.integer({ min: 1, max: 72 }) };
    fc.assert(
      fc.property(executions, limits.delay, limits.max, (all, delay, max) => {
        let [now, end] = [at('2026-11-30T06:05:00Z'), undefined as number | undefined];
        for (const { minutes, isCompleted, repetitions } of all) {
          now += minutes * 60_000;
          const windows = Array.from({ length: repetitions }, () => windowOf(input(now, delay, max), end));
          const [{ isEmpty, StartTime, EndTime, NotAnalyzedSince }] = windows;
          expect(new Set(windows.map((one) => JSON.stringify(one))).size).toBe(1);
          expect(now - at(EndTime)).toBeGreaterThanOrEqual(delay * HOUR);
          expect(at(EndTime) - at(StartTime)).toBeLessThanOrEqual(max * HOUR);
          const isConnected = end === undefined || isEmpty || at(NotAnalyzedSince ?? StartTime) === end;
          expect(isConnected).toBe(true);
          if (isCompleted && !isEmpty) end = at(EndTime);
        }
      }),
    );
  });

  test('has folders whose alphabetical order is that of time', () => {
    const hours = Array.from({ length: 2000 }, (_, hour) => hourFolder(new Date(hour * HOUR).toISOString()));
    expect([...hours].sort()).toEqual(hours);
    expect(hours[25]).toBe('1970/01/02/01');
  });
});
