import { waiting } from './clock';

/** Limits how many tasks run at the same time; the others wait for a slot, those that others depend on before all others. */
export class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  public async use<T>(task: () => Promise<T>, isUrgent = false): Promise<T> {
    if (this.free === 0) {
      await waiting(
        new Promise<void>((resolve) => (isUrgent ? this.waiting.unshift(resolve) : this.waiting.push(resolve))),
      );
    } else this.free--;
    try {
      return await task();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }
}

/** Runs each task once and shares its result between all callers. */
export class Once {
  private readonly tasks = new Map<string, Promise<unknown>>();

  public do<T>(name: string, task: () => Promise<T>): Promise<T> {
    const known = this.tasks.get(name) as Promise<T> | undefined;
    if (known !== undefined) return waiting(known);
    const promise = task();
    // Each caller handles a rejection itself; without any caller left it must not become an unhandled one.
    promise.catch(() => undefined);
    this.tasks.set(name, promise);
    return promise;
  }

  /** The result of a task that has been run; undefined if it has not, or has failed. */
  public async resultOf<T>(name: string): Promise<T | undefined> {
    return (this.tasks.get(name) as Promise<T> | undefined)?.catch(() => undefined);
  }
}
