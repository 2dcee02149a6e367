import { EventStreamCodec } from '@smithy/core/event-streams';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { LIMITS, SECONDS } from '../../contract';
import { ModelError } from '../../container';
import type { AsyncInvocations } from './async-invocations';
import type { Endpoints, Host, Weighted } from './endpoints';
import { type Answer, type Request, bodyOf } from '../wire/request';
import { ServiceError, validationError } from '../wire/service-error';

const PATH = /^\/endpoints\/(?<name>[^/]+)\/(?<way>invocations|invocations-response-stream|async-invocations)$/;
const PREFIX = 'x-amzn-sagemaker-';

/** What travels from the caller to the container, and back. */
const TO_CONTAINER = [
  'content-type',
  'accept',
  `${PREFIX}custom-attributes`,
  `${PREFIX}session-id`,
  `${PREFIX}inference-id`,
  `${PREFIX}target-model`,
];
const FROM_CONTAINER = [
  'content-type',
  `${PREFIX}custom-attributes`,
  `${PREFIX}session-id`,
  `${PREFIX}closed-session-id`,
];

export function isInvocation({ path }: Request): boolean {
  return PATH.test(path);
}

/** What is asked of the containers of an endpoint. */
export interface Invocation {
  readonly headers: Record<string, string | undefined>;
  readonly body: Buffer;
  readonly timeoutSeconds: number;
}

/** SageMaker's runtime: passes requests on to the containers of endpoints. */
export class Runtime {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(
    private readonly endpoints: Endpoints,
    private readonly async: AsyncInvocations,
  ) {}

  public async handle(request: Request): Promise<Answer> {
    try {
      const { name = '', way } = PATH.exec(request.path)?.groups ?? {};
      return way === 'async-invocations' ? this.async.accept(name, request.headers) : await this.answer(request, name);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const original =
        error instanceof ModelFailure
          ? { OriginalStatusCode: error.originalStatus, OriginalMessage: error.originalMessage }
          : {};
      const code = error.code === 'ValidationException' ? 'ValidationError' : error.code;
      return {
        status: error.status,
        headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
        body: JSON.stringify({ message: error.message, Message: error.message, ...original }),
      };
    }
  }

  /** The answer of a host's containers to a request. */
  public async ask(host: Host, { headers, body, timeoutSeconds }: Invocation): Promise<IncomingMessage> {
    const target = {
      model: headers[`${PREFIX}target-model`],
      container: headers[`${PREFIX}target-container-hostname`],
    };
    const urls = await host.model.route(target).catch((error: Error) => {
      throw error instanceof ModelError
        ? new ModelFailure(host.variant, error.originalStatusCode, error.originalMessage)
        : error;
    });
    let next = { headers: picked(headers, TO_CONTAINER), body };
    for (const [index, url] of urls.entries()) {
      const response = await this.send(url, next, timeoutSeconds).catch((error: Error) => {
        const reason = `Your invocation timed out or failed: the container ${error.message}`;
        throw new ModelFailure(host.variant, 0, reason);
      });
      const status = response.statusCode ?? 500;
      if (status < 200 || status > 299) throw new ModelFailure(host.variant, status, await textOf(response));
      if (index === urls.length - 1) return response;
      next = { headers: { ...next.headers, ...picked(flat(response), FROM_CONTAINER) }, body: await hop(response) };
    }
    throw new Error('A model has at least one container.');
  }

  public close(): void {
    this.agent.destroy();
  }

  private async answer(request: Request, name: string): Promise<Answer> {
    const host = choose(this.endpoints.hosts(name), request.headers[`${PREFIX}target-variant`]);
    if (this.endpoints.asyncConfig(name) !== undefined) {
      throw validationError(`Endpoint ${name} is asynchronous: use InvokeEndpointAsync.`);
    }
    const isStreamed = request.path.endsWith('-stream');
    const isServerless = host.maxConcurrency !== undefined;
    const limit = isServerless ? LIMITS.serverlessPayloadBytes : LIMITS.realtimePayloadBytes;
    const body = await bodyOf(request, limit).catch((error: Error) => {
      throw validationError(`${error.message} An invocation of this endpoint has at most ${limit}.`);
    });
    const timeoutSeconds = isStreamed ? SECONDS.streamedInvocation : SECONDS.invocation;
    if (host.inFlight >= (host.maxConcurrency ?? Infinity)) {
      throw new ServiceError(
        'ThrottlingException',
        `Rate exceeded: ${host.variant} answers ${host.inFlight} requests.`,
      );
    }
    this.copy(name, { headers: request.headers, body, timeoutSeconds });
    host.inFlight++;
    const leave = (): void => void host.inFlight--;
    const response = await this.ask(host, { headers: request.headers, body, timeoutSeconds }).catch(
      (error: unknown) => {
        leave();
        throw error;
      },
    );
    response.once('close', leave);
    return isStreamed ? streamed(response, host) : plain(response, host);
  }

  /** Sends shadows copies of a request. Nobody waits for their answers, and nobody gets them. */
  private copy(name: string, invocation: Invocation): void {
    for (const shadow of this.endpoints.shadows(name)) {
      if (Math.random() >= shadow.share) continue;
      this.ask(shadow, invocation).then(
        (response) => response.resume(),
        () => undefined,
      );
    }
  }

  private send(
    url: string,
    { headers, body }: { headers: Record<string, string>; body: Buffer },
    timeoutSeconds: number,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', agent: this.agent, headers: { ...headers, 'content-length': body.length } };
      const asked = httpRequest(url, options, resolve);
      asked.setTimeout(timeoutSeconds * 1000, () =>
        asked.destroy(new Error(`did not answer within ${timeoutSeconds} s`)),
      );
      asked.on('error', reject);
      asked.end(body);
    });
  }
}

function plain(response: IncomingMessage, { variant }: Host): Answer {
  const headers = picked(flat(response), FROM_CONTAINER);
  return { headers: { ...headers, 'x-amzn-invoked-production-variant': variant }, body: response };
}

/** Each piece that the container sends is an event, as soon as it is there. */
function streamed(response: IncomingMessage, { variant }: Host): Answer {
  const codec = new EventStreamCodec(
    (bytes) => Buffer.from(bytes as Uint8Array).toString(),
    (text) => Buffer.from(text),
  );
  const event = (kind: Record<string, string>, body: Uint8Array): Uint8Array =>
    codec.encode({
      headers: Object.fromEntries(Object.entries(kind).map(([name, value]) => [name, { type: 'string', value }])),
      body,
    });
  async function* events(): AsyncGenerator<Uint8Array> {
    const part = {
      ':message-type': 'event',
      ':event-type': 'PayloadPart',
      ':content-type': 'application/octet-stream',
    };
    try {
      for await (const chunk of response) yield event(part, chunk as Buffer);
    } catch (error) {
      const body = JSON.stringify({ Message: (error as Error).message, ErrorCode: 'StreamBroken' });
      yield event({ ':message-type': 'exception', ':exception-type': 'ModelStreamError' }, Buffer.from(body));
    }
  }
  const { 'content-type': contentType, ...headers } = picked(flat(response), FROM_CONTAINER);
  return {
    headers: {
      ...headers,
      ...(contentType === undefined ? {} : { [`${PREFIX}content-type`]: contentType }),
      'content-type': 'application/vnd.amazon.eventstream',
      'x-amzn-invoked-production-variant': variant,
    },
    body: Readable.from(events()),
  };
}

/** The container answered with something else than success. */
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

/** The variant that is asked for, or one by the weights. */
function choose(hosts: Weighted[], target?: string): Host {
  if (target !== undefined) {
    const host = hosts.find(({ variant }) => variant === target);
    if (host === undefined) throw validationError(`Variant ${target} not found.`);
    return host;
  }
  const total = hosts.reduce((sum, { weight }) => sum + weight, 0);
  let left = Math.random() * total;
  return hosts.find(({ weight }) => (left -= weight) < 0) ?? hosts[0];
}

function flat({ headers }: IncomingMessage): Record<string, string | undefined> {
  return headers as Record<string, string | undefined>;
}

function picked(headers: Record<string, string | undefined>, names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));
}

/** What one container of a pipeline gives the next. */
async function hop(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  if (body.length > LIMITS.pipelineHopBytes) {
    throw validationError(
      `Containers of a pipeline pass on at most ${LIMITS.pipelineHopBytes} bytes, got ${body.length}.`,
    );
  }
  return body;
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response) text += (chunk as Buffer).toString();
  return text.slice(0, 2048);
}
