import { randomUUID } from 'node:crypto';
import type { Context } from '../context';
import type { ServiceEvent } from '../event-bus';

interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

type EventContext = Pick<Context, 'account'>;

/** The event of an object that an operation has created or replaced. */
export function createdEvent(context: EventContext, object: StoredObject, operation = 'PutObject'): ServiceEvent {
  const { size, etag } = object;
  return eventOf(context, 'Object Created', object, { size, etag: etag.replaceAll('"', '') }, { reason: operation });
}

/** The event of an object that was deleted. */
export function deletedEvent(context: EventContext, object: Pick<StoredObject, 'bucket' | 'key'>): ServiceEvent {
  const reason = { reason: 'DeleteObject', 'deletion-type': 'Permanently Deleted' };
  return eventOf(context, 'Object Deleted', object, {}, reason);
}

function eventOf(
  { account }: EventContext,
  detailType: string,
  { bucket, key }: Pick<StoredObject, 'bucket' | 'key'>,
  members: object,
  reason: object,
): ServiceEvent {
  return {
    source: 'aws.s3',
    detailType,
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: { key, ...members, sequencer: sequencer() },
      'request-id': randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase(),
      requester: account,
      'source-ip-address': '127.0.0.1',
      ...reason,
    },
  };
}

let sequence = 0;

/** A text that is greater for each later event of an object. */
function sequencer(): string {
  const time = Date.now().toString(16).toUpperCase().padStart(12, '0');
  return `00${time}${(sequence++ % 0x10000).toString(16).toUpperCase().padStart(4, '0')}`;
}
