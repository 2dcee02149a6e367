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

/** The services with presigned URLs. Every web page can send the query of a URL, but not the header of a signed request. */
const PRESIGNED = ['s3'];

/**
 * The signing name of the service that a request is for: in its signature, or in the query of a presigned URL. Only Amazon S3 accepts
 * signature version 2.
 */
export function signingNameOf({ headers, query }: Request): string | undefined {
  const { authorization } = headers;
  if (authorization?.startsWith('AWS ')) return 's3';
  if (authorization !== undefined) return scopeOf(authorization)[3];
  if (query.has('AWSAccessKeyId') && query.has('Signature')) return 's3';
  const name = query.get('X-Amz-Credential')?.split('/')[3] ?? '';
  return PRESIGNED.includes(name) && query.has('X-Amz-Signature') ? name : undefined;
}

/** Validates the region in the signature of a request. A stack in another region would fail later, with an unrelated error. */
export function checkRegion({ headers }: Request, expected?: string): void {
  const region = scopeOf(headers.authorization ?? '')[2] ?? expected;
  if (expected === undefined || region === expected) return;
  throw new ServiceError(
    'InvalidSignatureException',
    `Credential should be scoped to a valid region, not '${region}'. The only region of the local service is ${expected}: ` +
      'use it for the stacks too, and for AWS_REGION, which `byoa local run` and `byoa local env` set.',
  );
}

/** The scope of the credential in the signature of a request: access key, date, region and service. */
function scopeOf(authorization: string): string[] {
  return /^AWS4-HMAC-SHA256 .*\bCredential=([^,\s]+)/.exec(authorization)?.[1].split('/') ?? [];
}

/** The access key that a request is signed with; empty if it is not signed. */
export function accessKeyOf({ headers, query }: Request): string {
  const { authorization = '' } = headers;
  const ofVersion2 = /^AWS ([^:]+):/.exec(authorization)?.[1];
  const presigned = query.get('X-Amz-Credential')?.split('/')[0] ?? query.get('AWSAccessKeyId');
  return ofVersion2 ?? scopeOf(authorization)[0] ?? presigned ?? '';
}

/** Reads the whole body of a small request. */
export function readBody({ stream }: Request, limit = 16 * 1024 * 1024): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Not with `for await`, which destroys the connection if it stops early, and is slower for a small body.
  return new Promise((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= limit) return;
      stream.removeAllListeners('data').pause();
      reject(new ServiceError('RequestEntityTooLargeException', `The request has more than ${limit} bytes.`, 413));
    });
    stream.once('end', () => resolve(Buffer.concat(chunks)));
    stream.once('error', reject);
  });
}
