import { isDetailLine, isErrorLine } from './log-error';

/** The longest time between two observations of a standstill: after a longer one, as when a laptop was asleep, nothing is known about it. */
const MAX_GAP_MS = 5000;

/** A container that is not healthy yet, at one of its pings. */
export interface Waiting {
  /** Whether nothing can ever reach the server, or the route, as long as it stays like this. */
  readonly isUnreachable: boolean;

  /** Why it is not healthy. */
  readonly problem: string;

  /** Whether all of its threads sleep; undefined if that cannot be read. */
  readonly isIdle?: boolean;
}

/**
 * Finds out that a container will not become healthy any more. It must have come to a standstill: all of its threads sleep, it waits for
 * no other machine, its log does not grow, and neither do its sockets and responses change. That alone is no evidence, because a program
 * may sleep before it continues. In addition, its port or /ping must be unreachable, or its log must end with an error: a program that has
 * handled an error writes more.
 */
export class Standstill {
  private lines = 0;
  private endsWithError = false;
  private state?: string;
  private since = 0;
  private observed = 0;

  constructor(private readonly seconds: number) {}

  public onLog(text: string): void {
    // Servers write a line for each ping.
    if (text.includes('/ping')) return;
    this.lines++;
    this.endsWithError = isErrorLine(text) || (this.endsWithError && isDetailLine(text));
  }

  /** Why it is certain that a container does not become healthy; undefined as long as it is not. */
  public reasonFor({ isUnreachable, problem, isIdle }: Waiting): string | undefined {
    const state = `${problem} ${this.lines}`;
    const now = performance.now();
    if (isIdle !== true || state !== this.state || now - this.observed > MAX_GAP_MS) this.since = now;
    this.state = state;
    this.observed = now;
    if (now - this.since < this.seconds * 1000 || !(isUnreachable || this.endsWithError)) return undefined;
    const after = this.endsWithError ? ' after the error in its log' : '';
    return `${problem}. The container has been idle for ${this.seconds} s${after}`;
  }
}
