import { Standstill } from '../../../local/container/standstill';

const SECONDS = 15;
const NOT_FOUND = { isUnreachable: true, problem: 'GET /ping responded with status 404, not 200', isIdle: true };

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** Observes an idle container in intervals, and returns after which of them it has come to a standstill. */
function standstillAfter(seconds: number[]): number {
  const standstill = new Standstill(SECONDS);
  standstill.reasonFor(NOT_FOUND);
  return seconds.findIndex((interval) => {
    jest.advanceTimersByTime(interval * 1000);
    return standstill.reasonFor(NOT_FOUND) !== undefined;
  });
}

test('A container has come to a standstill when it was idle at each observation of its time', () => {
  expect(standstillAfter(Array<number>(20).fill(1))).toBe(14);
});

test('The time in which nothing observes a container, as while a laptop is asleep, is no evidence', () => {
  expect(standstillAfter([1, 3600, ...Array<number>(13).fill(1)])).toBe(-1);
  expect(standstillAfter([1, 3600, ...Array<number>(16).fill(1)])).toBe(16);
});
