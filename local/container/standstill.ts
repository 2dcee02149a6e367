import { isErrorLine } from './log-error';

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
 * may sleep before it continues. In addition, its port or /ping must be unreachable, or an error must be in its log.
 */
export class Standstill {
  private lines = 0;
  private hasError = false;
  private state?: string;
  private since = 0;

  constructor(private readonly seconds: number) {}

  public onLog(text: string): void {
    this.hasError ||= isErrorLine(text);
    // Servers write a line for each ping.
    if (!text.includes('/ping')) this.lines++;
  }

  /** Why it is certain that a container does not become healthy; undefined as long as it is not. */
  public reasonFor({ isUnreachable, problem, isIdle }: Waiting): string | undefined {
    const state = `${problem} ${this.lines}`;
    if (isIdle !== true || state !== this.state) this.since = Date.now();
    this.state = state;
    if (Date.now() - this.since < this.seconds * 1000 || !(isUnreachable || this.hasError)) return undefined;
    const after = this.hasError ? ' after the error in its log' : '';
    return `${problem}. The container has been idle for ${this.seconds} s${after}`;
  }
}
