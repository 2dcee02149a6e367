import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { ServiceError, validationError } from '../../../aws-model/service-error';
import { LIMITS, SECONDS } from '../../../contract';
import type { Context } from '../../context';
import type { Route } from '../../service';
import { type Request, type Response, readBody } from '../../wire/request';
import type { Endpoints, WeightedHost } from '../endpoint/endpoints';
import type { Host } from '../endpoint/fleet';
import type { AsyncInvocations } from './async-invocations';
import type { EndpointMetrics } from './endpoint-metrics';
import { eventsOf } from './event-stream';
import { type Invocation, type Invoker, ModelFailure, PREFIX, responseHeaders } from './invocation';

const PATH = /^\/endpoints\/(?<name>[^/]+)\/(?<way>invocations|invocations-response-stream|async-invocations)$/;

/** SageMaker Runtime: InvokeEndpoint, InvokeEndpointWithResponseStream and InvokeEndpointAsync. */
export class Runtime {
  public readonly route: Route = {
    path: PATH,
    signingName: 'sagemaker',
    respond: (request) => this.respond(request),
  };

  constructor(
    private readonly endpoints: Endpoints,
    private readonly asyncInvocations: AsyncInvocations,
    private readonly invoker: Invoker,
    private readonly metrics: EndpointMetrics,
    private readonly context: Pick<Context, 'arn'>,
  ) {}

  private async respond(request: Request): Promise<Response> {
    if (request.method !== 'POST') return { status: 405, headers: { allow: 'POST' } };
    const { name = '', way } = PATH.exec(request.path)?.groups ?? {};
    try {
      if (way === 'async-invocations') return this.asyncInvocations.accept(name, request.headers);
      return await this.invoke(request, name, way === 'invocations-response-stream');
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return errorResponse(error, this.context.arn('logs', `log-group:/aws/sagemaker/Endpoints/${name}`));
    }
  }

  private async invoke(request: Request, name: string, isStreamed: boolean): Promise<Response> {
    // An unknown endpoint is reported before its payload is read.
    this.endpoints.hosts(name);
    if (this.endpoints.asyncConfig(name) !== undefined) {
      throw validationError(`Endpoint ${name} is asynchronous: use InvokeEndpointAsync.`);
    }
    const body = await payloadOf(request);
    const received = performance.now();
    // An update can replace the hosts while the payload is read: the request goes to one that serves now.
    const host = chooseHost(this.endpoints.hosts(name), request.headers[`${PREFIX}target-variant`]);
    checkCapacity(host, body);
    const timeoutSeconds = isStreamed ? SECONDS.streamedInvocation : SECONDS.invocation;
    const headers = isStreamed ? streamHeaders(request) : request.headers;
    const invocation = { headers, body, timeoutSeconds };
    this.copyToShadows(name, invocation);
    const response = await this.observed(name, host, invocation, received);
    return isStreamed ? streamedResponse(response, host) : plainResponse(response, host);
  }

  /** Invokes a host, and publishes the metrics of the invocation. */
  private observed(endpoint: string, host: Host, invocation: Invocation, received: number): Promise<IncomingMessage> {
    const concurrency = (): number => host.model.requests.count;
    return this.metrics.observe({ endpoint, variant: host.variant, received, concurrency }, () =>
      this.invoker.invoke(host, invocation),
    );
  }

  /** Sends copies of a request to shadow variants. Their responses are discarded. */
  private copyToShadows(name: string, invocation: Invocation): void {
    for (const shadow of this.endpoints.shadows(name)) {
      if (Math.random() >= shadow.share) continue;
      this.observed(name, shadow, invocation, performance.now()).then(
        (response) => response.resume(),
        () => undefined,
      );
    }
  }
}

/** The headers of InvokeEndpointWithResponseStream, whose `Accept` has another name: the response itself is an event stream. */
function streamHeaders({ headers }: Request): Request['headers'] {
  return { ...headers, accept: headers[`${PREFIX}accept`] };
}

async function payloadOf(request: Request): Promise<Buffer> {
  return readBody(request, LIMITS.realtimePayloadBytes).catch((error: Error) => {
    throw tooLarge(error.message, LIMITS.realtimePayloadBytes);
  });
}

function tooLarge(message: string, limit: number): ServiceError {
  return validationError(`${message} The limit of this endpoint is ${limit}.`);
}

/** Validates a request against the limits of a serverless variant. */
function checkCapacity({ variant, model, maxConcurrency }: Host, body: Buffer): void {
  if (maxConcurrency === undefined) return;
  const limit = LIMITS.serverlessPayloadBytes;
  if (body.length > limit) throw tooLarge(`The request has more than ${limit} bytes.`, limit);
  const { count } = model.requests;
  if (count >= maxConcurrency) {
    throw new ServiceError('ThrottlingException', `Rate exceeded: ${variant} has ${count} requests in progress.`);
  }
}

function plainResponse(response: IncomingMessage, { variant }: Host): Response {
  return {
    headers: { ...responseHeaders(response), 'x-amzn-invoked-production-variant': variant },
    body: response,
  };
}

function streamedResponse(response: IncomingMessage, { variant }: Host): Response {
  const { 'content-type': contentType, ...headers } = responseHeaders(response);
  return {
    headers: {
      ...headers,
      ...(contentType === undefined ? {} : { [`${PREFIX}content-type`]: contentType }),
      'content-type': 'application/vnd.amazon.eventstream',
      'x-amzn-invoked-production-variant': variant,
    },
    body: Readable.from(eventsOf(response)),
  };
}

function errorResponse(error: ServiceError, LogStreamArn: string): Response {
  const original =
    error instanceof ModelFailure
      ? { OriginalStatusCode: error.originalStatus, OriginalMessage: error.originalMessage, LogStreamArn }
      : {};
  const code = error.code === 'ValidationException' ? 'ValidationError' : error.code;
  return {
    status: error.status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body: JSON.stringify({ message: error.message, Message: error.message, ...original }),
  };
}

/** The host of the target variant, or a random one according to the weights. */
function chooseHost(hosts: WeightedHost[], target?: string): Host {
  if (target !== undefined) {
    const host = hosts.find(({ variant }) => variant === target);
    if (host === undefined) throw validationError(`Variant ${target} not found.`);
    return host;
  }
  const total = hosts.reduce((sum, { weight }) => sum + weight, 0);
  let left = Math.random() * total;
  return hosts.find(({ weight }) => (left -= weight) < 0) ?? hosts[0];
}
