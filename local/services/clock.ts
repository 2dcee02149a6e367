import { setImmediate as turn } from 'node:timers/promises';

interface Waiting {
  readonly due: number;
  wake(): void;
}

/** The longest delay of a timer of Node.js. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/**
 * The time of the local service. It passes as on the machine, and is moved forward by `byoa local advance`: whatever waits for a later
 * time then happens at once, in the right order.
 */
export class Clock {
  private offset = 0;
  private readonly waiting = new Set<Waiting>();

  /** Milliseconds since 1970. */
  public now(): number {
    return Date.now() + this.offset;
  }

  /** Resolves after a duration. If the signal is aborted, it rejects with the reason of the signal. */
  public wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error);
      const settle = (settled: () => void) => () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.waiting.delete(entry);
        settled();
      };
      const entry: Waiting = { due: this.now() + milliseconds, wake: settle(resolve) };
      const abort = settle(() => reject(signal?.reason as Error));
      const timer = setTimeout(() => entry.wake(), Math.min(milliseconds, LONGEST_DELAY_MS)).unref();
      signal?.addEventListener('abort', abort, { once: true });
      this.waiting.add(entry);
    });
  }

  /** Moves the time forward. Everything that waits for a time up to then happens at its time, and can wait again. */
  public async advance(milliseconds: number): Promise<void> {
    const target = this.now() + milliseconds;
    for (;;) {
      const next = [...this.waiting].sort((a, b) => a.due - b.due)[0];
      if (next === undefined || next.due > target) break;
      this.moveTo(next.due);
      next.wake();
      await turn();
    }
    this.moveTo(target);
  }

  private moveTo(time: number): void {
    this.offset += Math.max(0, time - this.now());
  }
}
