import type { Listener } from './engine';
import { isLoopback } from './sockets';

/** How often the listening sockets are read, and so many times the same result must be found. */
const SOCKETS_INTERVAL_MS = 2000;
const READINGS = 3;

/** Whether the port is open on the loopback interface only: while it is, no program can open it on all interfaces. */
export class Unreachable {
  public readonly reason: string;
  private readings = 0;
  private next = 0;

  constructor(
    private readonly port: number,
    private readonly listeners: () => Promise<Listener[] | undefined>,
  ) {
    this.reason = `it listens on port ${port} of 127.0.0.1 only. Listen on 0.0.0.0.`;
  }

  public async isProven(): Promise<boolean> {
    if (Date.now() < this.next) return false;
    this.next = Date.now() + SOCKETS_INTERVAL_MS;
    const own = (await this.listeners())?.filter(({ port }) => port === this.port) ?? [];
    this.readings = own.length > 0 && own.every(isLoopback) ? this.readings + 1 : 0;
    return this.readings >= READINGS;
  }
}
