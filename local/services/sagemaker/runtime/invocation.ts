import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { ServiceError, validationError } from '../../../aws-model/service-error';
import { ModelError } from '../../../container';
import { LIMITS } from '../../../contract';
import type { Replica } from '../endpoint/replicas';
import type { ModelServer } from '../model-server';

/** The prefix of the headers of SageMaker Runtime. */
export const PREFIX = 'x-amzn-sagemaker-';

/** The headers that are passed from the caller to the container. */
const REQUEST_HEADERS = [
  'content-type',
  'accept',
  `${PREFIX}custom-attributes`,
  `${PREFIX}session-id`,
  `${PREFIX}inference-id`,
  `${PREFIX}target-model`,
];

/** The headers that are passed from the container to the caller. */
const RESPONSE_HEADERS = [
  'content-type',
  `${PREFIX}custom-attributes`,
  `${PREFIX}session-id`,
  `${PREFIX}closed-session-id`,
];

type Headers = Record<string, string | undefined>;

/** A request to one container. */
interface Message {
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** A request to the containers of an endpoint. */
export interface Invocation {
  readonly headers: Headers;
  readonly body: Buffer;
  readonly timeoutSeconds: number;
}

/** A container responded with a status that is not a success. */
export class ModelFailure extends ServiceError {
  constructor(
    variant: string,
    public readonly originalStatus: number,
    public readonly originalMessage: string,
  ) {
    super(
      'ModelError',
      `Received server error (${originalStatus}) from ${variant} with message "${originalMessage}".`,
      424,
    );
  }
}

/** Sends invocations to containers. */
export class Invoker {
  private readonly agent = new Agent({ keepAlive: true });

  /** Invokes a model server. The request is in progress from now on until the response is complete. */
  public async invoke({ variant, model }: Replica, invocation: Invocation): Promise<IncomingMessage> {
    const end = model.requests.begin(invocation.timeoutSeconds);
    try {
      return (await this.exchange(variant, model, invocation)).once('close', end);
    } catch (error) {
      end();
      throw error;
    }
  }

  public close(): void {
    this.agent.destroy();
  }

  /** Sends an invocation to the containers of a model, one after the other. Returns the response of the last one. */
  private async exchange(
    variant: string,
    model: ModelServer,
    { headers, body, timeoutSeconds }: Invocation,
  ): Promise<IncomingMessage> {
    const target = {
      model: headers[`${PREFIX}target-model`],
      container: headers[`${PREFIX}target-container-hostname`],
    };
    const urls = await model.route(target).catch((error: Error) => {
      throw error instanceof ModelError
        ? new ModelFailure(variant, error.originalStatusCode, error.originalMessage)
        : error;
    });
    let next = { headers: picked(headers, REQUEST_HEADERS), body };
    for (const [index, url] of urls.entries()) {
      const response = await this.send(url, next, timeoutSeconds).catch((error: Error) => {
        const reason = `Your invocation timed out or failed: the container ${error.message}`;
        throw new ModelFailure(variant, 0, reason);
      });
      const status = response.statusCode ?? 500;
      if (status < 200 || status > 299) throw new ModelFailure(variant, status, await textOf(response));
      if (index === urls.length - 1) return response;
      next = { headers: { ...next.headers, ...responseHeaders(response) }, body: await intermediateBody(response) };
    }
    throw new Error('A model has at least one container.');
  }

  private async send(url: string, message: Message, timeoutSeconds: number): Promise<IncomingMessage> {
    for (;;) {
      const response = await this.sendOnce(url, message, timeoutSeconds);
      if (response !== 'closed') return response;
    }
  }

  /** Returns `closed` if the container has closed an idle connection at the moment of its reuse. */
  private sendOnce(
    url: string,
    { headers, body }: Message,
    timeoutSeconds: number,
  ): Promise<IncomingMessage | 'closed'> {
    return new Promise((resolve, reject) => {
      const { hostname, port, pathname } = new URL(url);
      const request = httpRequest(
        {
          method: 'POST',
          hostname,
          port,
          path: pathname,
          agent: this.agent,
          headers: { ...headers, 'content-length': body.length },
        },
        resolve,
      );
      request.setTimeout(timeoutSeconds * 1000, () =>
        request.destroy(new Error(`did not respond within ${timeoutSeconds} s`)),
      );
      request.on('error', (error: NodeJS.ErrnoException) => {
        if (request.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(error.code ?? '')) resolve('closed');
        else reject(error);
      });
      request.end(body);
    });
  }
}

/** The headers of a container that are passed to the caller, or to the next container. */
export function responseHeaders(response: IncomingMessage): Record<string, string> {
  return picked(response.headers as Headers, RESPONSE_HEADERS);
}

function picked(headers: Headers, names: string[]): Record<string, string> {
  const all: Record<string, string> = {};
  for (const name of names) {
    const { [name]: value } = headers;
    if (value !== undefined) all[name] = value;
  }
  return all;
}

/** The body that a container of a serial inference pipeline passes to the next one. */
async function intermediateBody(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  if (body.length > LIMITS.pipelineHopBytes) {
    throw validationError(
      `The containers of a pipeline pass at most ${LIMITS.pipelineHopBytes} bytes, got: ${body.length}.`,
    );
  }
  return body;
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response) text += (chunk as Buffer).toString();
  return text.slice(0, 2048);
}
