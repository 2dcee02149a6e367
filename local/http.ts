import { type ClientRequest, type IncomingHttpHeaders, request } from 'node:http';

export interface HttpRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array;

  /** Sends the body in chunks, without telling its length before. */
  readonly isChunked?: boolean;
  readonly timeoutSeconds: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly seconds: number;

  /** When the parts of the body came, in milliseconds since the question. */
  readonly partsAt: number[];
}

/** No answer: what happened instead. */
export class NoResponse extends Error {
  public override readonly name = 'NoResponse';

  constructor(
    message: string,
    public readonly isLate: boolean,
  ) {
    super(message);
  }
}

/** Asks over a connection of its own; has what happened instead of an answer for one. */
export function sendRequest(url: string, asked: HttpRequest): Promise<HttpResponse | NoResponse> {
  const { client, answer } = openRequest(url, asked);
  client.end(asked.body);
  return answer.catch((error: NoResponse) => error);
}

/** Begins to ask: whoever sends the rest gets the answer. */
export function openRequest(url: string, asked: HttpRequest): { client: ClientRequest; answer: Promise<HttpResponse> } {
  const { method = 'GET', headers = {}, body, isChunked = false, timeoutSeconds } = asked;
  const started = Date.now();
  const length: Record<string, number> = body === undefined || isChunked ? {} : { 'Content-Length': body.byteLength };
  const client = request(url, { method, agent: false, headers: { ...length, ...headers } });
  const answer = new Promise<HttpResponse>((resolve, reject) => {
    const timer = setTimeout(() => {
      client.destroy();
      reject(new NoResponse(`no answer within ${timeoutSeconds} s`, true));
    }, timeoutSeconds * 1000);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(new NoResponse(`the connection ended: ${error.message}`, false));
    };
    client.on('error', fail);
    client.on('response', (response) => {
      const parts: Buffer[] = [];
      const partsAt: number[] = [];
      response.on('data', (part: Buffer) => {
        parts.push(part);
        partsAt.push(Date.now() - started);
      });
      response.on('error', fail);
      response.on('end', () => {
        clearTimeout(timer);
        const seconds = (Date.now() - started) / 1000;
        const { statusCode: status = 0, headers: given } = response;
        resolve({ status, headers: given, body: Buffer.concat(parts), seconds, partsAt });
      });
    });
  });
  answer.catch(() => undefined);
  return { client, answer };
}

export function isSuccess({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}
