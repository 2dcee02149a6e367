import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { type Answer, type Request, requestOf } from './wire/request';

/** The names by which this machine reaches itself. Any other in the Host header was sent by a web page's trick. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** One port: on the loopback interface, or where the user has said that others may reach it. */
export class LocalServer {
  private readonly server: Server;
  private isLoopback = true;

  constructor(answer: (request: Request) => Promise<Answer>) {
    this.server = createServer((message, response) => void this.respond(answer, message, response));
    // Images and data are large, and containers think for a minute.
    this.server.requestTimeout = 0;
  }

  /** How this machine reaches the port. */
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

  private async respond(
    answer: (request: Request) => Promise<Answer>,
    message: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    try {
      const host = (message.headers.host ?? '').replace(/:\d+$/, '');
      // A name can be made to stand for this machine; its number cannot.
      const isExpected = LOOPBACK.includes(host) || (!this.isLoopback && isIP(host.replace(/^\[|\]$/g, '')) !== 0);
      const given: Answer = isExpected
        ? await answer(requestOf(message))
        : { status: 403, body: 'The Host header names another machine.' };
      await send(given, message, response);
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
}

async function send(
  { status = 200, headers = {}, body = '' }: Answer,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(status, headers);
  // What was not read would be taken for the next request.
  message.resume();
  if (typeof body === 'string' || body instanceof Uint8Array) response.end(body);
  else await pipeline(body, response);
}
