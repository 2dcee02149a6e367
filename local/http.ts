import { type ClientRequest, type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface HttpRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array;

  /** Sends the body in chunks, without a Content-Length header. */
  readonly isChunked?: boolean;

  /** The time limit for the whole exchange, up to the last byte of the response. */
  readonly timeoutSeconds: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly seconds: number;

  /** When each part of the body arrived, in milliseconds since the request. */
  readonly partsAt: number[];
}

/** A request that got no complete response. */
export class NoResponse extends Error {
  public override readonly name = 'NoResponse';

  constructor(
    message: string,

    /** Whether the time limit passed; otherwise the connection failed. */
    public readonly isLate: boolean,
  ) {
    super(message);
  }
}

/** Sends a request over a connection of its own. A missing response is a result, because callers report it. */
export function sendRequest(url: string, request: HttpRequest): Promise<HttpResponse | NoResponse> {
  const { client, response } = openRequest(url, request);
  client.end(request.body);
  return response.catch((error: NoResponse) => error);
}

/**
 * Opens a request whose body the caller sends. The global `fetch` is not used: in Node.js 20 its promise never settles
 * when a server closes the connection before the first byte of the response.
 */
export function openRequest(
  url: string,
  { method = 'GET', headers = {}, body, isChunked = false, timeoutSeconds }: HttpRequest,
): { client: ClientRequest; response: Promise<HttpResponse> } {
  const length = body === undefined ? {} : { 'Content-Length': body.byteLength };
  const framing = isChunked ? { 'Transfer-Encoding': 'chunked' } : length;
  const open = new URL(url).protocol === 'https:' ? httpsRequest : httpRequest;
  const client = open(url, { method, agent: false, headers: { ...framing, ...headers } });
  const response = responseTo(client, timeoutSeconds);
  // A caller may stop before it reads the response.
  response.catch(() => undefined);
  return { client, response };
}

function responseTo(client: ClientRequest, timeoutSeconds: number): Promise<HttpResponse> {
  const started = Date.now();
  return new Promise<HttpResponse>((resolve, reject) => {
    const timer = setTimeout(() => {
      client.destroy();
      reject(new NoResponse(`no response within ${timeoutSeconds} s`, true));
    }, timeoutSeconds * 1000);
    const fail = (error: NodeJS.ErrnoException): void => {
      clearTimeout(timer);
      // An error of several addresses (localhost as IPv4 and IPv6) has a code and no message.
      reject(new NoResponse(`the connection failed: ${error.message || error.code}`, false));
    };
    client.on('error', fail);
    client.on('response', (message) => {
      const parts: Buffer[] = [];
      const partsAt: number[] = [];
      message.on('data', (part: Buffer) => {
        parts.push(part);
        partsAt.push(Date.now() - started);
      });
      message.on('error', fail);
      message.on('end', () => {
        clearTimeout(timer);
        const { statusCode: status = 0, headers } = message;
        resolve({ status, headers, body: Buffer.concat(parts), seconds: (Date.now() - started) / 1000, partsAt });
      });
    });
  });
}

export function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}
