import { setTimeout as pause } from 'node:timers/promises';

/** Repeats work at an interval until it is ended, which waits for the work in progress. */
export function repeatedly(intervalMs: number, work: () => Promise<void>): { end(): Promise<void> } {
  const stop = new AbortController();
  const repeat = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await work();
      await pause(intervalMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  const ended = repeat();
  // An error is thrown by `end`.
  ended.catch(() => undefined);
  return {
    end: () => {
      stop.abort();
      return ended;
    },
  };
}
