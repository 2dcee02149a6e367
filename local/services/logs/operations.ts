import { ServiceError } from '../../aws-model/service-error';
import type { Context } from '../context';
import type { Operations } from '../wire/json';
import type { Logs } from './store';

interface GetLogEventsInput {
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly limit?: number;
  readonly startFromHead?: boolean;
  readonly nextToken?: string;
}

interface FilterLogEventsInput {
  readonly logGroupName: string;
  readonly logStreamNames?: string[];
  readonly logStreamNamePrefix?: string;
  readonly filterPattern?: string;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly limit?: number;
  readonly nextToken?: string;
}

interface DescribeLogStreamsInput {
  readonly logGroupName: string;
  readonly logStreamNamePrefix?: string;
  readonly orderBy?: 'LogStreamName' | 'LastEventTime';
  readonly descending?: boolean;
  readonly limit?: number;
  readonly nextToken?: string;
}

export function logsOperations(context: Pick<Context, 'arn'>, logs: Logs): Operations {
  return {
    DescribeLogGroups: ({ logGroupNamePrefix = '' }: { logGroupNamePrefix?: string }) => ({
      logGroups: logs
        .groups()
        .filter((name) => name.startsWith(logGroupNamePrefix))
        .map((logGroupName) => ({ logGroupName, arn: context.arn('logs', `log-group:${logGroupName}:*`) })),
    }),
    DescribeLogStreams: (input: DescribeLogStreamsInput) => describeLogStreams(context, logs, input),
    GetLogEvents: (input: GetLogEventsInput) => getLogEvents(logs, input),
    FilterLogEvents: (input: FilterLogEventsInput) => filterLogEvents(logs, input),
  };
}

function describeLogStreams(context: Pick<Context, 'arn'>, logs: Logs, input: DescribeLogStreamsInput): object {
  const { logGroupName, logStreamNamePrefix = '', orderBy, descending = false, limit = 50, nextToken = '0' } = input;
  const all = logs
    .streams(logGroupName)
    .filter((name) => name.startsWith(logStreamNamePrefix))
    .sort()
    .map((logStreamName) => {
      const times = logs.events(logGroupName, logStreamName).map(({ timestamp }) => timestamp);
      const [first, last] = [times.at(0), times.at(-1)];
      return {
        logStreamName,
        arn: context.arn('logs', `log-group:${logGroupName}:log-stream:${logStreamName}`),
        creationTime: first,
        firstEventTimestamp: first,
        lastEventTimestamp: last,
        lastIngestionTime: last,
      };
    });
  if (orderBy === 'LastEventTime') all.sort((a, b) => (a.lastEventTimestamp ?? 0) - (b.lastEventTimestamp ?? 0));
  if (descending) all.reverse();
  const start = Number(nextToken);
  const end = start + limit;
  return { logStreams: all.slice(start, end), ...(end < all.length ? { nextToken: String(end) } : {}) };
}

/** Tokens are `f/<index>`, where the next page forward starts, and `b/<index>`, where the next page backward ends. */
function getLogEvents(logs: Logs, input: GetLogEventsInput): object {
  const { logGroupName, logStreamName, startTime = 0, endTime = Infinity, limit = 10_000, nextToken } = input;
  const all = logs
    .events(logGroupName, logStreamName)
    .filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime);
  const [, direction, index] = /^([fb])\/(\d+)$/.exec(nextToken ?? '') ?? [];
  if (nextToken !== undefined && direction === undefined) {
    throw new ServiceError('InvalidParameterException', 'The specified nextToken is invalid.');
  }
  const isForward = direction === 'f' || (direction === undefined && input.startFromHead === true);
  const from = direction === undefined ? (isForward ? 0 : all.length) : Number(index);
  const start = isForward ? from : Math.max(from - limit, 0);
  const end = isForward ? Math.min(from + limit, all.length) : from;
  return {
    events: all.slice(start, end).map((event) => ({ ...event, ingestionTime: event.timestamp })),
    nextForwardToken: `f/${end}`,
    nextBackwardToken: `b/${start}`,
  };
}

function filterLogEvents(logs: Logs, input: FilterLogEventsInput): object {
  const { logGroupName, logStreamNames, logStreamNamePrefix = '', filterPattern = '' } = input;
  const { startTime = 0, endTime = Infinity, limit = 10_000, nextToken = '0' } = input;
  const terms = termsOf(filterPattern);
  const all = logs
    .streams(logGroupName)
    .filter((name) => name.startsWith(logStreamNamePrefix) && (logStreamNames?.includes(name) ?? true))
    .flatMap((logStreamName) => logs.events(logGroupName, logStreamName).map((event) => ({ ...event, logStreamName })))
    .filter(({ timestamp }) => timestamp >= startTime && timestamp <= endTime)
    .filter(({ message }) => terms.every((term) => message.includes(term)))
    .sort((a, b) => a.timestamp - b.timestamp);
  const start = Number(nextToken);
  const end = start + limit;
  const events = all.slice(start, end).map((event, index) => ({ ...event, eventId: String(start + index) }));
  return { events, ...(end < all.length ? { nextToken: String(end) } : {}) };
}

function termsOf(filterPattern: string): string[] {
  if (/[{[?*]/.test(filterPattern)) {
    throw new ServiceError(
      'InvalidParameterException',
      'The local service supports filter patterns of plain terms only.',
    );
  }
  return filterPattern.split(/\s+/).map((term) => term.replace(/^"|"$/g, ''));
}
