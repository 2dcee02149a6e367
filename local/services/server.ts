import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import type { Readable } from 'node:stream';
import { type Request, type Response, parseRequest } from './wire/request';

/** The names of the loopback interface. Any other name in the Host header is a sign of DNS rebinding by a web page. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** The values of Sec-Fetch-Site for a page of the service itself, and for an address that the user has entered. */
const OWN_SITES = ['same-origin', 'none'];

/**
 * A browser that opens an object of Amazon S3 with a presigned URL runs no code in it: the code would be that of a page of the service,
 * which has access to all of it. The console has a policy of its own.
 */
const NO_CODE = { 'content-security-policy': 'sandbox' };

type Responder = (request: Request) => Promise<Response>;

/** An HTTP server on the loopback interface, or on an address that the user has chosen. */
export class LocalServer {
  private readonly server: Server;
  private isLoopback = true;

  constructor(private readonly responder: Responder) {
    this.server = createServer((message, response) => void this.respond(message, response));
    // Uploads of images and data, and invocations of containers, may take minutes.
    this.server.requestTimeout = 0;
  }

  /** The host and port by which this machine reaches the server. */
  public get host(): string {
    const { address, port } = (this.server.address() as AddressInfo | null) ?? { address: '', port: 0 };
    const name = ['0.0.0.0', '::', ''].includes(address) ? '127.0.0.1' : isIP(address) === 6 ? `[${address}]` : address;
    return `${name}:${port}`;
  }

  public listen(port: number, address: string): Promise<void> {
    this.isLoopback = LOOPBACK.includes(address);
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, address, () => resolve());
    });
  }

  public async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async respond(message: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const refusal = this.refusalOf(message);
      await send(refusal ?? (await this.responder(parseRequest(message))), message, response);
    } catch (error) {
      if (!response.headersSent) {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        process.stderr.write(`${message.method} ${message.url}: ${text}\n`);
        response.writeHead(500, { 'x-amzn-errortype': 'InternalFailure', 'content-type': 'application/json' });
        response.end(JSON.stringify({ __type: 'InternalFailure', message: (error as Error).message }));
      } else {
        response.destroy();
      }
    }
  }

  /** The response to a request that a web page sends, or makes the browser send: no page of another origin has access. */
  private refusalOf({ headers }: IncomingMessage): Response | undefined {
    if (!this.isExpectedHost(headers.host)) return { status: 403, body: 'The Host header names another machine.' };
    const { origin, 'sec-fetch-site': site = 'none' } = headers;
    if ((origin ?? `http://${headers.host}`) === `http://${headers.host}` && OWN_SITES.includes(String(site)))
      return undefined;
    return { status: 403, body: 'Web pages have no access to the local service.' };
  }

  /** A web page can point a name of its own to this machine, but not an IP address. */
  private isExpectedHost(header = ''): boolean {
    const host = header.replace(/:\d+$/, '');
    return LOOPBACK.includes(host) || (!this.isLoopback && isIP(host.replace(/^\[|\]$/g, '')) !== 0);
  }
}

async function send(
  { status = 200, headers = {}, body = '' }: Response,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(status, { ...NO_CODE, ...headers });
  // The rest of the body would otherwise be parsed as the next request.
  message.resume();
  if (typeof body === 'string' || body instanceof Uint8Array) response.end(body);
  else await pipe(body as Readable, response);
}

/** Does what `pipeline` does, without the AbortController and its error that `pipeline` creates for each call. */
function pipe(body: Readable, response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    response.once('close', () => {
      body.destroy();
      resolve();
    });
    response.on('error', reject);
    body.on('error', reject);
    body.once('close', () => {
      if (!body.readableEnded) reject(new Error('The body of the response is not complete.'));
    });
    body.pipe(response);
  });
}
