/** Lets a number of pieces of work run side by side, and others wait for one of them to end. */
export class Slots {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  public async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.free === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.free--;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }
}

/** What is done once, however many ask for it. */
export class Once {
  private readonly done = new Map<string, Promise<unknown>>();

  public do<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.done.get(name) as Promise<T> | undefined;
    if (before !== undefined) return before;
    const promise = work();
    // Whoever asks hears of a failure; nobody else need.
    promise.catch(() => undefined);
    this.done.set(name, promise);
    return promise;
  }
}
