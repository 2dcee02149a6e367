import { AsyncLocalStorage } from 'node:async_hooks';

/** A span of time, in milliseconds. */
interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Where the time of a check goes, in seconds. */
export interface CheckTime {
  /** Its own containers run, or respond to its requests. */
  readonly containers: number;

  /** It waits for a container of another check, for its turn, or for a processor. */
  readonly waits: number;

  /** Everything else. */
  readonly work: number;
}

/** A container that runs a job, starts a server, or responds to requests. */
export interface ContainerTime {
  /** The run, such as "training" or "training: resume". */
  readonly name: string;

  /** The check that needed it first. */
  readonly check: string;

  /** Since the first check has started. */
  readonly startSeconds: number;
  readonly seconds: number;
}

/** The containers of all checks. */
export interface Timings {
  /** Of all checks. */
  readonly seconds: number;

  /** In the order of their starts. */
  readonly containers: ContainerTime[];

  /** The containers that had to run one after the other, of which no other such chain took longer. */
  readonly longestChain: ContainerTime[];
}

interface ContainerInterval extends Interval {
  readonly name: string;
  readonly check: string;

  /** The names of the runs whose results this one needs. */
  readonly needs: readonly string[];
}

/** The check that some work is done for, through all of its promises. */
const current = new AsyncLocalStorage<{ readonly clock: Clock; readonly check: string }>();

/** Measures how long the current check waits for what is not done for it. */
export function waiting<T>(promise: Promise<T>): Promise<T> {
  const from = performance.now();
  const store = current.getStore();
  const end = (): void => store?.clock.addWait(store.check, { from, to: performance.now() });
  void promise.then(end, end);
  return promise;
}

/** Does work during which a container of the current check runs. */
export async function inContainer<T>(name: string, needs: readonly string[], work: () => Promise<T>): Promise<T> {
  const from = performance.now();
  try {
    return await work();
  } finally {
    const store = current.getStore();
    store?.clock.addContainer({ name, needs, check: store.check, from, to: performance.now() });
  }
}

/** Measures the checks of one image. */
export class Clock {
  private readonly origin = performance.now();
  private readonly containers: ContainerInterval[] = [];
  private readonly waits = new Map<string, Interval[]>();

  /** Runs a check; its waits and containers are those of its promises. */
  public run<T>(check: string, work: () => Promise<T>): Promise<T> {
    return current.run({ clock: this, check }, work);
  }

  public addWait(check: string, wait: Interval): void {
    this.waits.set(check, [...(this.waits.get(check) ?? []), wait]);
  }

  public addContainer(container: ContainerInterval): void {
    this.containers.push(container);
  }

  /** Where some seconds of a check have gone. */
  public timeOf(check: string, seconds: number): CheckTime {
    const own = this.containers.filter((container) => container.check === check);
    const containers = secondsOf(own);
    const all = secondsOf([...own, ...(this.waits.get(check) ?? [])]);
    return { containers, waits: all - containers, work: Math.max(0, seconds - all) };
  }

  public timings(): Timings {
    const sorted = this.containers.sort((one, other) => one.from - other.from);
    return {
      seconds: (performance.now() - this.origin) / 1000,
      containers: sorted.map((one) => this.timeOfContainer(one)),
      longestChain: longestChain(sorted).map((one) => this.timeOfContainer(one)),
    };
  }

  private timeOfContainer({ name, check, from, to }: ContainerInterval): ContainerTime {
    return { name, check, startSeconds: (from - this.origin) / 1000, seconds: (to - from) / 1000 };
  }
}

/** The seconds that are in at least one of some intervals. */
function secondsOf(intervals: Interval[]): number {
  let [total, covered] = [0, 0];
  for (const { from, to } of [...intervals].sort((one, other) => one.from - other.from)) {
    total += Math.max(0, to - Math.max(from, covered));
    covered = Math.max(covered, to);
  }
  return total / 1000;
}

/** The chain with the longest time, of containers in the order of their starts. */
function longestChain(sorted: ContainerInterval[]): ContainerInterval[] {
  const best = new Map<ContainerInterval, { readonly length: number; readonly before?: ContainerInterval }>();
  const lengthOf = (one: ContainerInterval | undefined): number =>
    one === undefined ? 0 : (best.get(one)?.length ?? 0);
  const longest = (some: ContainerInterval[]): ContainerInterval | undefined =>
    some.reduce<ContainerInterval | undefined>((a, b) => (lengthOf(b) > lengthOf(a) ? b : a), undefined);
  for (const one of sorted) {
    const before = longest(sorted.filter((other) => other.to <= one.from && mustPrecede(other, one)));
    best.set(one, { length: lengthOf(before) + one.to - one.from, before });
  }
  const chain: ContainerInterval[] = [];
  for (let last = longest(sorted); last !== undefined; last = best.get(last)?.before) chain.unshift(last);
  return chain;
}

/** Whether a container needs the result of another one, or is that of a later step of the same check. */
function mustPrecede(one: ContainerInterval, other: ContainerInterval): boolean {
  return other.needs.includes(one.name) || one.check === other.check;
}
