import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { readJson, writeJson } from './json-file';

interface Waiting {
  readonly due: number;
  wake(): void;
}

/** The longest delay of a timer of Node.js. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/**
 * The time of the local service. It passes as on the machine, and is moved forward by `byoa local advance`: whatever waits for a later
 * time then happens at once, in the right order. A restart does not go back in time.
 */
export class Clock {
  private offset: number;
  private readonly waiting = new Set<Waiting>();
  private timer?: NodeJS.Timeout;
  private isAdvancing = false;
  private advanced = Promise.resolve();

  /** @param file where the offset from the time of the machine is kept; without it, the clock starts with the time of the machine */
  constructor(private readonly file?: string) {
    this.offset = (file === undefined ? undefined : readJson<{ offset: number }>(file))?.offset ?? 0;
  }

  /** Milliseconds since 1970. */
  public now(): number {
    return Date.now() + this.offset;
  }

  /** Resolves after a duration. If the signal is aborted, it rejects with the reason of the signal. */
  public wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error);
      const settle = (settled: () => void) => () => {
        signal?.removeEventListener('abort', abort);
        this.waiting.delete(entry);
        this.setTimer();
        settled();
      };
      const entry: Waiting = { due: this.now() + milliseconds, wake: settle(resolve) };
      const abort = settle(() => reject(signal?.reason as Error));
      signal?.addEventListener('abort', abort, { once: true });
      this.waiting.add(entry);
      this.setTimer();
    });
  }

  /** Resolves at the next multiple of an interval. Returns this time. */
  public async tick(intervalMs: number, signal?: AbortSignal): Promise<number> {
    const next = (Math.floor(this.now() / intervalMs) + 1) * intervalMs;
    while (this.now() < next) await this.wait(next - this.now(), signal);
    return next;
  }

  /** Moves the time forward. Everything that waits for a time up to then happens at its time, and can wait again. Several advances add up. */
  public advance(milliseconds: number): Promise<void> {
    this.advanced = this.advanced.then(() => this.advanceNow(milliseconds));
    return this.advanced;
  }

  private async advanceNow(milliseconds: number): Promise<void> {
    const target = this.now() + milliseconds;
    // The service never goes back in time, even if it ends during the advance.
    this.keep(this.offset + milliseconds);
    this.isAdvancing = true;
    for (;;) {
      const next = this.next();
      if (next === undefined || next.due > target) break;
      this.moveTo(next.due);
      next.wake();
      await turn();
    }
    this.moveTo(target);
    this.isAdvancing = false;
    this.setTimer();
  }

  private moveTo(time: number): void {
    this.offset += Math.max(0, time - this.now());
  }

  private keep(offset: number): void {
    if (this.file === undefined) return;
    mkdirSync(path.dirname(this.file), { recursive: true });
    writeJson(this.file, { offset });
  }

  private next(): Waiting | undefined {
    return [...this.waiting].sort((a, b) => a.due - b.due)[0];
  }

  /** Sets the timer of the next one that waits. The rest of its duration changes whenever the time is moved. */
  private setTimer(): void {
    clearTimeout(this.timer);
    const next = this.isAdvancing ? undefined : this.next();
    if (next === undefined) return;
    const delay = Math.min(Math.max(next.due - this.now(), 0), LONGEST_DELAY_MS);
    this.timer = setTimeout(() => (next.due <= this.now() ? next.wake() : this.setTimer()), delay).unref();
  }
}
