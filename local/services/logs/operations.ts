import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import type { Operations } from '../wire/json';
import { ServiceError } from '../wire/service-error';

interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

interface GetQuery {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly limit?: number;
  readonly startFromHead?: boolean;
  readonly nextToken?: string;
}

interface FilterQuery {
  readonly logGroupName: string;
  readonly logStreamNames?: string[];
  readonly logStreamNamePrefix?: string;
  readonly filterPattern?: string;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly limit?: number;
  readonly nextToken?: string;
}

/** CloudWatch Logs: what containers and functions write, one file a stream. */
export class Logs {
  public readonly operations: Operations;
  private readonly root: string;

  constructor(directory: string, arnOf = (resource: string): string => resource) {
    this.root = path.join(directory, 'logs');
    mkdirSync(this.root, { recursive: true });
    this.operations = {
      DescribeLogGroups: ({ logGroupNamePrefix = '' }: { logGroupNamePrefix?: string }) => ({
        logGroups: readdirSync(this.root)
          .map(decode)
          .filter((name) => name.startsWith(logGroupNamePrefix))
          .map((logGroupName) => ({ logGroupName, arn: arnOf(`log-group:${logGroupName}:*`) })),
      }),
      DescribeLogStreams: ({
        logGroupName,
        logStreamNamePrefix = '',
      }: {
        logGroupName: string;
        logStreamNamePrefix?: string;
      }) => ({
        logStreams: this.streams(logGroupName)
          .filter((name) => name.startsWith(logStreamNamePrefix))
          .map((logStreamName) => ({ logStreamName })),
      }),
      GetLogEvents: (query: GetQuery) => this.get(query),
      FilterLogEvents: (query: FilterQuery) => this.filter(query),
    };
  }

  /** Adds a line to a stream. */
  public write(group: string, stream: string, message: string): void {
    const directory = path.join(this.root, encode(group));
    mkdirSync(directory, { recursive: true });
    const event: LogEvent = { timestamp: Date.now(), message };
    appendFileSync(path.join(directory, encode(stream)), `${JSON.stringify(event)}\n`);
  }

  /** The lines of a job, an endpoint or a function, by its name; each with where it was written. */
  public of(name: string): { readonly stream: string; readonly event: LogEvent }[] {
    const found = readdirSync(this.root)
      .map(decode)
      .flatMap((group) =>
        this.streams(group)
          .filter((stream) => group.endsWith(`/${name}`) || stream.startsWith(`${name}/`))
          .flatMap((stream) => this.events(group, stream).map((event) => ({ stream, event }))),
      );
    return found.sort((a, b) => a.event.timestamp - b.event.timestamp);
  }

  /** A token says where the next page starts, or the one before ends: `f/<index>` and `b/<index>`. */
  private get(query: GetQuery): object {
    const { logGroupName, logStreamName, startTime = 0, endTime = Infinity, limit = 10_000, nextToken } = query;
    const all = this.events(logGroupName, logStreamName).filter(
      ({ timestamp }) => timestamp >= startTime && timestamp < endTime,
    );
    const [, way, index] = /^([fb])\/(\d+)$/.exec(nextToken ?? '') ?? [];
    if (nextToken !== undefined && way === undefined)
      throw new ServiceError('InvalidParameterException', 'The specified nextToken is invalid.');
    const isForward = way === 'f' || (way === undefined && query.startFromHead === true);
    const from = way === undefined ? (isForward ? 0 : all.length) : Number(index);
    const start = isForward ? from : Math.max(from - limit, 0);
    const end = isForward ? Math.min(from + limit, all.length) : from;
    return {
      events: all.slice(start, end).map((event) => ({ ...event, ingestionTime: event.timestamp })),
      nextForwardToken: `f/${end}`,
      nextBackwardToken: `b/${start}`,
    };
  }

  private filter(query: FilterQuery): object {
    const { logStreamNames, logStreamNamePrefix = '', filterPattern = '', startTime = 0, endTime = Infinity } = query;
    const { limit = 10_000, nextToken = '0', logGroupName } = query;
    if (/[{[?*]/.test(filterPattern)) {
      throw new ServiceError(
        'InvalidParameterException',
        'The local service knows filter patterns of plain words only.',
      );
    }
    const words = filterPattern.split(/\s+/).map((word) => word.replace(/^"|"$/g, ''));
    const all = this.streams(logGroupName)
      .filter((name) => name.startsWith(logStreamNamePrefix) && (logStreamNames?.includes(name) ?? true))
      .flatMap((logStreamName) =>
        this.events(logGroupName, logStreamName).map((event) => ({ ...event, logStreamName })),
      )
      .filter(
        ({ timestamp, message }) =>
          timestamp >= startTime && timestamp <= endTime && words.every((word) => message.includes(word)),
      )
      .sort((a, b) => a.timestamp - b.timestamp);
    const start = Number(nextToken);
    const events = all
      .slice(start, start + limit)
      .map((event, index) => ({ ...event, eventId: String(start + index) }));
    return { events, ...(start + limit < all.length ? { nextToken: String(start + limit) } : {}) };
  }

  private streams(group: string): string[] {
    const directory = path.join(this.root, encode(group));
    if (!existsSync(directory)) {
      throw new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.');
    }
    return readdirSync(directory).map(decode);
  }

  private events(group: string, stream: string): LogEvent[] {
    const file = path.join(this.root, encode(group), encode(stream));
    if (!existsSync(file))
      throw new ServiceError('ResourceNotFoundException', 'The specified log stream does not exist.');
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as LogEvent);
  }
}

/** Names have slashes, and come from requests. */
const encode = (name: string): string => encodeURIComponent(name).replace(/\./g, '%2E');
const decode = (name: string): string => decodeURIComponent(name);
