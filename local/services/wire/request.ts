import type { IncomingMessage } from 'node:http';
import { unescape } from 'node:querystring';

import { ServiceError } from '../../aws-model/service-error';

/** An HTTP request to a service. */
export interface Request {
  readonly method: string;

  /** Decoded path, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Record<string, string | undefined>;

  /** The body as a stream, because objects and image layers are too large for memory. */
  readonly stream: IncomingMessage;
}

/** An HTTP response of a service; the default status is 200. */
export interface Response {
  readonly status?: number;
  readonly headers?: Record<string, string | number>;
  readonly body?: string | Uint8Array | NodeJS.ReadableStream;
}

/** The path is not normalized: `..` is a part of an object key. */
export function parseRequest(message: IncomingMessage): Request {
  const [target, ...query] = (message.url ?? '/').replace(/^https?:\/\/[^/?]*/, '').split('?');
  return {
    method: message.method ?? 'GET',
    path: unescape(target),
    query: new URLSearchParams(query.join('?')),
    headers: message.headers as Record<string, string | undefined>,
    stream: message,
  };
}

/** The signing name of the service that a request, or a presigned URL, is for. Only Amazon S3 accepts signature version 2. */
export function signingNameOf({ headers, query }: Request): string | undefined {
  const { authorization = '' } = headers;
  if (authorization.startsWith('AWS ') || query.has('AWSAccessKeyId')) return 's3';
  const credential = /Credential=([^,\s]+)/.exec(authorization)?.[1] ?? query.get('X-Amz-Credential');
  return credential?.split('/')[3];
}

/** Reads the whole body of a small request. */
export async function readBody({ stream }: Request, limit = 16 * 1024 * 1024): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += (chunk as Buffer).length;
    if (size > limit)
      throw new ServiceError('RequestEntityTooLargeException', `The request has more than ${limit} bytes.`, 413);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
