import type { IncomingMessage } from 'node:http';

/** A request as the services see it. */
export interface Request {
  readonly method: string;

  /** Decoded path, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Record<string, string | undefined>;

  /** The body as it comes in; large ones are never held as a whole. */
  readonly stream: IncomingMessage;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string | number>;
  readonly body?: string | Uint8Array | NodeJS.ReadableStream;
}

export function requestOf(message: IncomingMessage): Request {
  const url = new URL(message.url ?? '/', 'http://localhost');
  return {
    method: message.method ?? 'GET',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers: message.headers as Record<string, string | undefined>,
    stream: message,
  };
}

/** The service that a request is signed for, which is also told by pre-signed URLs. */
export function signedFor({ headers, query }: Request): string | undefined {
  const credential = /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ?? query.get('X-Amz-Credential');
  return credential?.split('/')[3];
}

/** The whole body, for the small documents of control planes. */
export async function bodyOf({ stream }: Request, limit = 16 * 1024 * 1024): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += (chunk as Buffer).length;
    if (size > limit) throw new RangeError(`The request has more than ${limit} bytes.`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
