import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerEngine } from '../../container';

/** How often the first process of a container is read until it has a handler, in milliseconds. */
const INTERVAL = 100;

/**
 * Whether the first processes of the containers of a run have had a handler of SIGTERM. They are read from their start on: a program that
 * ends, such as the interpreter of Python, removes its handlers before its last line may appear in the log.
 */
export class SigtermWatch {
  private readonly handled = new Map<string, boolean | undefined>();
  private readonly watching: Promise<void>[] = [];
  private readonly ended = new AbortController();

  constructor(private readonly engine: Pick<ContainerEngine, 'handlesSigterm'>) {}

  public add(container: string): void {
    this.handled.set(container, undefined);
    this.watching.push(this.watch(container));
  }

  /** Resolves as soon as each container has a handler. */
  public async untilHandled(signal: AbortSignal): Promise<void> {
    const isHandled = (): boolean => this.handled.size > 0 && [...this.handled.values()].every((one) => one === true);
    while (!isHandled() && !signal.aborted) await sleep(INTERVAL / 2);
  }

  /** False if the first process of a container, as far as it was read, never had a handler; undefined if one could not be read. */
  public async isHandled(): Promise<boolean | undefined> {
    await Promise.all([...this.handled.keys()].map((container) => this.read(container)));
    const all = [...this.handled.values()];
    if (all.includes(false)) return false;
    return all.length === 0 || all.includes(undefined) ? undefined : true;
  }

  public async end(): Promise<void> {
    this.ended.abort();
    await Promise.all(this.watching);
  }

  private async watch(container: string): Promise<void> {
    while (this.handled.get(container) !== true && !this.ended.signal.aborted) {
      await this.read(container);
      await sleep(INTERVAL);
    }
  }

  private async read(container: string): Promise<void> {
    const isHandled = await this.engine.handlesSigterm(container).catch(() => undefined);
    const before = this.handled.get(container);
    this.handled.set(container, before === true || (isHandled ?? before));
  }
}
