import { RequestError, call } from './aws';

export interface LogLine {
  readonly stream: string;

  /** In milliseconds since 1970. */
  readonly time: number;
  readonly text: string;
}

/** Reads the log of a job or an endpoint: the streams of a group, each from where the last reading ended. */
export class LogReader {
  private readonly tokens = new Map<string, string | undefined>();
  private lines: LogLine[] = [];

  constructor(
    private readonly group: string,
    private readonly prefix = '',
  ) {}

  /** Returns all lines in the order of their times. Without a new line, it is the same array. */
  public async read(): Promise<readonly LogLine[]> {
    const before = this.lines;
    await Promise.all((await this.streams()).map((name) => this.readStream(name)));
    if (this.lines !== before) this.lines.sort((a, b) => a.time - b.time);
    return this.lines;
  }

  /** There are none before the first line. */
  private async streams(): Promise<string[]> {
    const input = { logGroupName: this.group, logStreamNamePrefix: this.prefix || undefined };
    try {
      const { logStreams = [] } = await call('logs', 'DescribeLogStreams', input);
      return logStreams.map(({ logStreamName = '' }) => logStreamName);
    } catch (error) {
      if (error instanceof RequestError && error.code === 'ResourceNotFoundException') return [];
      throw error;
    }
  }

  /** Keeps the new lines of a stream, also if another one cannot be read. */
  private async readStream(stream: string): Promise<void> {
    const { events = [], nextForwardToken } = await call('logs', 'GetLogEvents', {
      ...{ logGroupName: this.group, logStreamName: stream, startFromHead: true },
      nextToken: this.tokens.get(stream),
    });
    this.tokens.set(stream, nextForwardToken);
    if (events.length === 0) return;
    const added = events.map(({ timestamp = 0, message = '' }) => ({
      stream,
      time: timestamp,
      text: withoutStyles(message),
    }));
    this.lines = [...this.lines, ...added];
  }
}

/** Programs that write to a terminal color their output. */
function withoutStyles(text: string): string {
  return text.replace(/\u001b\[[\d;]*[A-Za-z]/g, '');
}
