import { ServiceError, validationError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import type { Context } from '../context';
import type { Operations } from '../wire/json';
import { type Event, eventFrom } from './state-change';
import type { Rules } from './store';

export interface PutEventsEntry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly Resources?: string[];
  readonly EventBusName?: string;

  /** Seconds since 1970. */
  readonly Time?: number;
}

interface PutEventsInput {
  readonly Entries?: PutEventsEntry[];
  readonly EndpointId?: string;
}

interface EntryError {
  readonly ErrorCode: string;
  readonly ErrorMessage: string;
}

const MAX_ENTRIES = 10;
const MAX_BYTES = 1024 * 1024;

export function eventsOperations(context: Context, rules: Rules): Operations {
  return {
    PutEvents: ({ Entries: entries = [], EndpointId }: PutEventsInput) => {
      if (EndpointId !== undefined) throw validationError(notSupported('eventbridge', 'EndpointId of PutEvents'));
      checkEntries(context, entries);
      const results = entries.map((entry) => put(context, rules, entry));
      return { FailedEntryCount: results.filter((one) => 'ErrorCode' in one).length, Entries: results };
    },
  };
}

function checkEntries(context: Context, entries: PutEventsEntry[]): void {
  if (entries.length < 1 || entries.length > MAX_ENTRIES) {
    const rule = entries.length < 1 ? 'greater than or equal to 1' : `less than or equal to ${MAX_ENTRIES}`;
    throw validationError(
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${rule}`,
    );
  }
  if (Buffer.byteLength(JSON.stringify(entries)) > MAX_BYTES) {
    throw validationError('Total size of the entries in the request exceeds the limit.');
  }
  const bus = entries.map(({ EventBusName = 'default' }) => EventBusName).find((name) => !isDefaultBus(context, name));
  if (bus !== undefined) {
    throw new ServiceError(
      'ResourceNotFoundException',
      `Event bus ${bus} does not exist. The local service has the bus "default".`,
    );
  }
}

/** The only event bus of the local service, by its name or ARN. */
export function isDefaultBus(context: Pick<Context, 'arn'>, name: string): boolean {
  return name === 'default' || name === context.arn('events', 'event-bus/default');
}

function put(context: Context, rules: Rules, entry: PutEventsEntry): { readonly EventId: string } | EntryError {
  const error = entryError(entry);
  if (error !== undefined) return error;
  const { Source: source = '', DetailType: detailType = '', Detail = '{}', Resources: resources = [], Time } = entry;
  const detail = JSON.parse(Detail) as Event['detail'];
  const event = eventFrom(
    context,
    { source, detailType, resources, detail },
    Time === undefined ? undefined : Time * 1000,
  );
  rules.deliver(event);
  return { EventId: event.id };
}

function entryError(entry: PutEventsEntry): EntryError | undefined {
  const missing = (['Source', 'DetailType', 'Detail'] as const).find((name) => (entry[name] ?? '') === '');
  if (missing !== undefined) {
    const ErrorMessage = `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`;
    return { ErrorCode: 'InvalidArgument', ErrorMessage };
  }
  if (entry.Source?.startsWith('aws.') === true) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  return isObject(entry.Detail) ? undefined : { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
}

function isObject(text = ''): boolean {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
