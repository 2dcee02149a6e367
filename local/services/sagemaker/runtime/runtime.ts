import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { ServiceError, validationError } from '../../../aws-model/service-error';
import { LIMITS, SECONDS } from '../../../contract';
import type { Context } from '../../context';
import type { CallerOf, Route } from '../../service';
import { type Request, type Response, readBody } from '../../wire/request';
import type { Endpoints } from '../endpoint/endpoints';
import type { Replica, Replicas } from '../endpoint/replicas';
import { type InferenceComponents, NoCapacity } from '../inference-component/inference-components';
import type { AsyncInvocations } from './async-invocations';
import type { DataCapture } from './data-capture';
import type { EndpointMetrics } from './endpoint-metrics';
import { eventsOf } from './event-stream';
import { type Invocation, type Invoker, ModelFailure, PREFIX, responseHeaders } from './invocation';
import { Sessions } from './sessions';

const PATH = /^\/endpoints\/(?<name>[^/]+)\/(?<way>invocations|invocations-response-stream|async-invocations)$/;

const ACTIONS: Record<string, string> = {
  invocations: 'InvokeEndpoint',
  'invocations-response-stream': 'InvokeEndpointWithResponseStream',
  'async-invocations': 'InvokeEndpointAsync',
};

const COMPONENT_REQUIRED =
  'Inference Component Name header is required for endpoints to which you plan to deploy inference components. Please include Inference ' +
  'Component Name header or consider using SageMaker models.';
const COMPONENT_NOT_ALLOWED =
  'Inference Component Name header is not allowed for endpoints to which you do not plan to deploy inference components.';

interface Services {
  readonly context: Pick<Context, 'arn' | 'clock'>;
  readonly endpoints: Endpoints;
  readonly components: InferenceComponents;
  readonly asyncInvocations: AsyncInvocations;
  readonly invoker: Invoker;
  readonly endpointMetrics: EndpointMetrics;
  readonly capture: DataCapture;
}

/** SageMaker Runtime: InvokeEndpoint, InvokeEndpointWithResponseStream and InvokeEndpointAsync. */
export class Runtime {
  public readonly route: Route = {
    path: PATH,
    signingName: 'sagemaker',
    respond: (request, callerOf) => this.respond(request, callerOf),
  };

  private readonly sessions: Sessions;

  constructor(private readonly services: Services) {
    this.sessions = new Sessions(services.context.clock);
  }

  private async respond(request: Request, callerOf: CallerOf): Promise<Response> {
    if (request.method !== 'POST') return { status: 405, headers: { allow: 'POST' } };
    const { name = '', way } = PATH.exec(request.path)?.groups ?? {};
    try {
      callerOf(request).check([
        {
          action: `sagemaker:${ACTIONS[way ?? '']}`,
          resource: this.services.context.arn('sagemaker', `endpoint/${name.toLowerCase()}`),
          keys: { 'sagemaker:TargetModel': request.headers[`${PREFIX}target-model`] },
        },
      ]);
      if (way === 'async-invocations') return this.services.asyncInvocations.accept(name, request.headers);
      return await this.invoke(request, name, way === 'invocations-response-stream');
    } catch (error) {
      if (error instanceof NoCapacity) this.services.endpointMetrics.putNoCapacity(error.component);
      if (!(error instanceof ServiceError)) throw error;
      return errorResponse(error, this.services.context.arn('logs', `log-group:/aws/sagemaker/Endpoints/${name}`));
    }
  }

  private async invoke(request: Request, name: string, isStreamed: boolean): Promise<Response> {
    // An unknown endpoint is reported before its payload is read.
    this.replicasFor(request, name);
    if (this.services.endpoints.asyncConfig(name) !== undefined) {
      throw validationError(`Endpoint ${name} is asynchronous: use InvokeEndpointAsync.`);
    }
    const payload = await payloadOf(request);
    const received = performance.now();
    // An update can replace the containers while the payload is read: the request goes to one that serves now.
    const replica = this.replicaFor(request, name, payload);
    const timeoutSeconds = isStreamed ? SECONDS.streamedInvocation : SECONDS.invocation;
    const headers = isStreamed ? streamHeaders(request) : request.headers;
    const invocation = { headers, body: payload, timeoutSeconds };
    this.copyToShadows(name, invocation);
    const response = await this.observed(name, replica, invocation, received);
    this.sessions.update(response.headers, replica);
    const body = this.services.capture.bodyOf({ endpoint: name, replica, invocation }, response);
    return isStreamed ? streamedResponse(response, body, replica) : plainResponse(response, body, replica);
  }

  /** The model server for a request: that of its session, or the one that the endpoint selects. */
  private replicaFor({ headers }: Request, name: string, body: Buffer): Replica {
    const ofSession = this.sessions.replicaOf(headers[`${PREFIX}session-id`]);
    const { endpoints, components } = this.services;
    if (ofSession !== undefined && (endpoints.has(name, ofSession) || components.has(ofSession))) return ofSession;
    const replicas = this.replicasFor({ headers }, name);
    checkCapacity(replicas, body);
    return chosen(replicas);
  }

  /** Invokes a model server, and publishes the metrics of the invocation. */
  private observed(
    endpoint: string,
    replica: Replica,
    invocation: Invocation,
    received: number,
  ): Promise<IncomingMessage> {
    const { variant, model } = replica;
    const { components, endpointMetrics, invoker } = this.services;
    const name = invocation.headers[`${PREFIX}inference-component`];
    const component = name === undefined ? undefined : components.existing(name);
    const concurrency = (): number => model.requests.count;
    return endpointMetrics.observe({ endpoint, variant, component, received, concurrency }, () =>
      invoker.invoke(replica, invocation),
    );
  }

  /** The replicas for a request: the copies of an inference component, or the instances of a variant. */
  private replicasFor({ headers }: Pick<Request, 'headers'>, name: string): Replicas {
    const { endpoints, components } = this.services;
    const component = headers[`${PREFIX}inference-component`];
    if (endpoints.hostsComponents(name)) {
      if (component === undefined) throw validationError(COMPONENT_REQUIRED);
      return components.route(name, component);
    }
    const replicas = endpoints.route(name, headers[`${PREFIX}target-variant`]);
    if (component !== undefined) throw validationError(COMPONENT_NOT_ALLOWED);
    return replicas;
  }

  /** Sends copies of a request to shadow variants. Their responses are discarded. */
  private copyToShadows(name: string, invocation: Invocation): void {
    for (const { replicas, share } of this.services.endpoints.shadows(name)) {
      if (Math.random() >= share) continue;
      const replica = chosen(replicas);
      this.observed(name, replica, invocation, performance.now()).then(
        (response) => this.services.capture.bodyOf({ endpoint: name, replica, invocation }, response).resume(),
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
function checkCapacity({ variant, requestCount, definition: { maxConcurrency } }: Replicas, body: Buffer): void {
  if (maxConcurrency === undefined) return;
  const limit = LIMITS.serverlessPayloadBytes;
  if (body.length > limit) throw tooLarge(`The request has more than ${limit} bytes.`, limit);
  if (requestCount >= maxConcurrency) {
    throw new ServiceError(
      'ThrottlingException',
      `Rate exceeded: ${variant} has ${requestCount} requests in progress.`,
    );
  }
}

function plainResponse(response: IncomingMessage, body: Readable, { variant }: Replica): Response {
  const { [`${PREFIX}session-id`]: session, ...headers } = responseHeaders(response);
  const { 'content-length': length } = response.headers;
  return {
    headers: {
      ...headers,
      // A response of a known length is sent at once, and not in chunks.
      ...(length === undefined ? {} : { 'content-length': length }),
      ...(session === undefined ? {} : { [`${PREFIX}new-session-id`]: session }),
      'x-amzn-invoked-production-variant': variant,
    },
    body,
  };
}

function streamedResponse(response: IncomingMessage, body: Readable, { variant }: Replica): Response {
  const { 'content-type': contentType, ...headers } = responseHeaders(response);
  return {
    headers: {
      ...headers,
      ...(contentType === undefined ? {} : { [`${PREFIX}content-type`]: contentType }),
      'content-type': 'application/vnd.amazon.eventstream',
      'x-amzn-invoked-production-variant': variant,
    },
    body: Readable.from(eventsOf(body)),
  };
}

/** The error codes of SageMaker Runtime that are not those of the other operations. */
const CODES: Record<string, string> = {
  ValidationException: 'ValidationError',
  AccessDenied: 'AccessDeniedException',
  InvalidClientTokenId: 'UnrecognizedClientException',
  ExpiredToken: 'ExpiredTokenException',
};

function errorResponse(error: ServiceError, LogStreamArn: string): Response {
  const original =
    error instanceof ModelFailure
      ? { OriginalStatusCode: error.originalStatus, OriginalMessage: error.originalMessage, LogStreamArn }
      : {};
  const code = CODES[error.code] ?? error.code;
  return {
    status: error.status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
    body: JSON.stringify({ message: error.message, Message: error.message, ...original }),
  };
}

function chosen(replicas: Replicas): Replica {
  const replica = replicas.choose();
  if (replica === undefined) throw validationError(`The variant ${replicas.variant} has no instances.`);
  return replica;
}
