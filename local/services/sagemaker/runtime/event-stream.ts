import { EventStreamCodec } from '@smithy/core/event-streams';
import type { Readable } from 'node:stream';

const PART = {
  ':message-type': 'event',
  ':event-type': 'PayloadPart',
  ':content-type': 'application/octet-stream',
};
const FAILURE = { ':message-type': 'exception', ':exception-type': 'ModelStreamError' };

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString(),
  (text) => Buffer.from(text),
);

/** The response of a container as an event stream: each chunk is one event, as soon as it is received. */
export async function* eventsOf(response: Readable): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) yield encode(PART, chunk as Buffer);
  } catch (error) {
    const body = JSON.stringify({ Message: (error as Error).message, ErrorCode: 'StreamBroken' });
    yield encode(FAILURE, Buffer.from(body));
  }
}

function encode(headers: Record<string, string>, body: Uint8Array): Uint8Array {
  const values = Object.entries(headers).map(([name, value]) => [name, { type: 'string' as const, value }] as const);
  return codec.encode({ headers: Object.fromEntries(values), body });
}
