import { randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { parseS3Folder, parseS3Uri } from '../../../aws-model/s3-uri';
import { validationError } from '../../../aws-model/service-error';
import { LIMITS, SECONDS } from '../../../contract';
import type { Caller } from '../../access';
import type { Context } from '../../context';
import { AccessDenied } from '../../iam';
import { type Buckets, type BucketsOfRole, kmsKeyArn } from '../../s3';
import type { Notifications } from '../../sns';
import type { Store } from '../../store';
import type { Response } from '../../wire/request';
import type { Endpoints } from '../endpoint/endpoints';
import type { ExecutionRole } from '../execution-role';
import type { DataCapture } from './data-capture';
import type { EndpointMetrics } from './endpoint-metrics';
import { type Invoker, PREFIX } from './invocation';

/** The default of MaxConcurrentInvocationsPerInstance. */
const DEFAULT_CONCURRENCY = 4;

const METRICS_INTERVAL_MS = 60_000;

/** A request that is queued or in progress. */
interface QueuedRequest {
  readonly id: string;
  readonly endpoint: string;
  readonly inputLocation: string;
  readonly headers: Record<string, string | undefined>;
  readonly timeoutSeconds: number;
  readonly outputLocation: string;
  readonly failureLocation?: string;
  readonly receivedTime: string;
}

/** The result of a request. */
interface Outcome {
  readonly contentType?: string;
  readonly failure?: string;
}

/** The largest response that a notification contains. */
const MAX_NOTIFIED_BYTES = 128 * 1024;

interface Services {
  readonly context: Context;
  readonly s3: Buckets;
  readonly notifications: Notifications;
  readonly endpoints: Endpoints;
  readonly invoker: Invoker;
  readonly capture: DataCapture;
  readonly endpointMetrics: EndpointMetrics;
}

/** Requests whose input and output are S3 objects. They are queued until they are complete, also over a restart. */
export class AsyncInvocations {
  private readonly queue: Store<QueuedRequest>;
  private readonly active = new Map<string, Set<Promise<void>>>();
  private readonly started = new Set<string>();
  private readonly closing = new AbortController();

  constructor(private readonly services: Services) {
    this.queue = services.context.store<QueuedRequest>('async-invocations');
    services.context.events.subscribe('endpoint', ({ EndpointName, EndpointStatus }) => {
      if (EndpointStatus === 'InService') this.process(EndpointName);
      if (EndpointStatus === 'Deleted') this.discard(EndpointName);
    });
  }

  /** Queues a request. The response contains the location of the output. */
  public accept(endpoint: string, headers: Record<string, string | undefined>): Response {
    const config = this.services.endpoints.asyncConfig(endpoint);
    if (config === undefined) throw validationError(`Endpoint ${endpoint} is not asynchronous: use InvokeEndpoint.`);
    this.services.endpoints.route(endpoint);
    const inputLocation = headers[`${PREFIX}inputlocation`] ?? '';
    if (parseS3Uri(inputLocation).key === '')
      throw validationError('InputLocation must be the s3:// URI of an object.');
    const id = randomUUID();
    const { S3OutputPath, S3FailurePath } = config.OutputConfig ?? {};
    const locations = {
      outputLocation: `${folder(S3OutputPath)}${id}.out`,
      failureLocation: S3FailurePath && `${folder(S3FailurePath)}${id}-error.out`,
    };
    const inferenceId = headers[`${PREFIX}inference-id`] ?? randomUUID();
    this.queue.put(id, {
      id,
      endpoint,
      inputLocation,
      headers: containerHeaders(headers, inferenceId),
      timeoutSeconds: Number(headers[`${PREFIX}invocationtimeoutseconds`] ?? SECONDS.asyncInvocation),
      receivedTime: new Date(this.services.context.clock.now()).toISOString(),
      ...locations,
    });
    this.process(endpoint);
    return {
      status: 202,
      headers: {
        'content-type': 'application/json',
        [`${PREFIX}outputlocation`]: locations.outputLocation,
        ...(locations.failureLocation && { [`${PREFIX}failurelocation`]: locations.failureLocation }),
      },
      body: JSON.stringify({ InferenceId: inferenceId }),
    };
  }

  /** Publishes the metrics of the queues every minute until the service is closed. */
  public async publishBacklogs(): Promise<void> {
    const { context, endpoints, endpointMetrics } = this.services;
    for (;;) {
      const now = await context.clock.tick(METRICS_INTERVAL_MS, this.closing.signal).catch(() => undefined);
      if (now === undefined) return;
      const queues = endpoints.list().filter(({ config }) => config.AsyncInferenceConfig !== undefined);
      for (const { EndpointName } of queues) {
        const [oldest, ...others] = this.queue.list().filter(({ endpoint }) => endpoint === EndpointName);
        endpointMetrics.putBacklog(
          EndpointName,
          oldest === undefined
            ? { size: 0 }
            : { size: others.length + 1, oldestSeconds: (now - Date.parse(oldest.receivedTime)) / 1000 },
        );
      }
    }
  }

  public async close(): Promise<void> {
    this.closing.abort();
    await Promise.all([...this.active.values()].flatMap((active) => [...active]));
  }

  /** Starts queued requests of an endpoint, up to its maximum concurrency. */
  private process(endpoint: string): void {
    const config = this.services.endpoints.asyncConfig(endpoint);
    const perInstance = config?.ClientConfig?.MaxConcurrentInvocationsPerInstance ?? DEFAULT_CONCURRENCY;
    const limit = perInstance * this.services.endpoints.instanceCount(endpoint);
    const active = this.active.get(endpoint) ?? new Set();
    this.active.set(endpoint, active);
    const queued = this.queue.list().filter((one) => one.endpoint === endpoint && !this.started.has(one.id));
    for (const request of queued.slice(0, Math.max(limit - active.size, 0))) {
      this.started.add(request.id);
      const done = this.run(request).finally(() => {
        active.delete(done);
        this.started.delete(request.id);
        if (!this.closing.signal.aborted && this.services.endpoints.isServing(endpoint)) this.process(endpoint);
      });
      active.add(done);
    }
  }

  /** Removes the queued requests of a deleted endpoint. */
  private discard(endpoint: string): void {
    for (const request of this.queue.list()) if (request.endpoint === endpoint) this.queue.delete(request.id);
  }

  private async run(request: QueuedRequest): Promise<void> {
    const { endpoint, inputLocation, headers, timeoutSeconds } = request;
    let role: ExecutionRole | undefined;
    const outcome = await Promise.resolve()
      .then(async (): Promise<Outcome> => {
        const { endpoints, invoker, endpointMetrics, capture } = this.services;
        const replicas = endpoints.route(endpoint);
        ({ role } = replicas.definition);
        const invocation = { headers, timeoutSeconds, body: read(role.s3, inputLocation) };
        const replica = replicas.choose();
        if (replica === undefined) throw new Error(`Endpoint ${endpoint} has no instances.`);
        const concurrency = (): number => replica.model.requests.count;
        const observed = { endpoint, variant: replica.variant, received: performance.now(), concurrency };
        const response = await endpointMetrics.observe(observed, () => invoker.invoke(replica, invocation));
        const contentType = response.headers['content-type'];
        const body = capture.bodyOf({ endpoint, replica, invocation }, response);
        await write(role.s3, request.outputLocation, body, { contentType, kmsKey: this.kmsKeyOf(endpoint) });
        return { contentType };
      })
      .catch((error: Error): Outcome => ({ failure: error.message }));
    // The containers are removed when the service closes. The request remains queued for the next start.
    if (this.closing.signal.aborted) return;
    if (role !== undefined) {
      const { s3, caller } = role;
      await ifAllowed(() => writeFailure(s3, request, outcome));
      await ifAllowed(() => this.notify(caller, request, outcome));
    }
    this.queue.delete(request.id);
  }

  /** The KMS key of the output of an endpoint. */
  private kmsKeyOf(endpoint: string): string | undefined {
    return kmsKeyArn(this.services.context, this.services.endpoints.asyncConfig(endpoint)?.OutputConfig?.KmsKeyId);
  }

  /** Publishes the notification of a result, if the endpoint has a topic for it. */
  private notify(role: Caller, request: QueuedRequest, { contentType, failure }: Outcome): void {
    if (this.services.endpoints.nameOf(request.endpoint) === undefined) return;
    const { region } = this.services.context;
    const { NotificationConfig: config = {} } =
      this.services.endpoints.asyncConfig(request.endpoint)?.OutputConfig ?? {};
    const [topic, kind] =
      failure === undefined
        ? [config.SuccessTopic, 'SUCCESS_NOTIFICATION_TOPIC' as const]
        : [config.ErrorTopic, 'ERROR_NOTIFICATION_TOPIC' as const];
    if (topic === undefined) return;
    const isIncluded = failure === undefined && config.IncludeInferenceResponseIn?.includes(kind) === true;
    const message = {
      awsRegion: region,
      eventTime: new Date().toISOString(),
      receivedTime: request.receivedTime,
      invocationStatus: failure === undefined ? 'Completed' : 'Failed',
      failureReason: failure,
      requestParameters: { endpointName: request.endpoint, inputLocation: request.inputLocation },
      responseParameters: failure === undefined ? { contentType, outputLocation: request.outputLocation } : undefined,
      responseBody: isIncluded ? bodyOf(this.services.s3, request.outputLocation) : undefined,
      inferenceId: request.headers[`${PREFIX}inference-id`],
      eventVersion: '1.0',
      eventSource: 'aws:sagemaker',
      eventName: 'InferenceResult',
    };
    this.services.notifications.publish(role, topic, JSON.stringify(message));
  }
}

/** The output as a notification contains it; undefined if it is too large. */
function bodyOf(s3: Buckets, uri: string): { content: string; encoding: string } | undefined {
  const { bucket, key } = parseS3Uri(uri);
  const file = s3.file(bucket, key);
  if (statSync(file).size > MAX_NOTIFIED_BYTES) return undefined;
  return { content: readFileSync(file, 'base64'), encoding: 'BASE64' };
}

function read(s3: BucketsOfRole, uri: string): Buffer {
  const { bucket, key } = parseS3Uri(uri);
  const file = s3.file(bucket, key);
  const { size } = statSync(file);
  if (size > LIMITS.asyncPayloadBytes)
    throw new Error(`${uri} has ${size} bytes. The limit of asynchronous inference is ${LIMITS.asyncPayloadBytes}.`);
  return readFileSync(file);
}

async function write(
  s3: BucketsOfRole,
  uri: string,
  body: Readable,
  info: { readonly contentType?: string; readonly kmsKey?: string },
): Promise<void> {
  const { bucket, key } = parseS3Uri(uri);
  await s3.put(bucket, key, body, info);
}

/** Writes the failure of a request to its failure location. */
async function writeFailure(
  s3: BucketsOfRole,
  { failureLocation }: QueuedRequest,
  { failure }: Outcome,
): Promise<void> {
  if (failure === undefined || failureLocation === undefined) return;
  await write(s3, failureLocation, Readable.from([failure]), { contentType: 'text/plain' });
}

/** Takes a step after an invocation. It is left out if the role does not have the permission for it. */
async function ifAllowed(step: () => void | Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (!(error instanceof AccessDenied)) throw error;
  }
}

function folder(uri: string | undefined): string {
  const { bucket, key } = parseS3Folder(uri);
  return `s3://${bucket}/${key}`;
}

/** The headers that the container receives. */
function containerHeaders(
  headers: Record<string, string | undefined>,
  inferenceId: string,
): Record<string, string | undefined> {
  return {
    'content-type': headers[`${PREFIX}content-type`],
    accept: headers[`${PREFIX}accept`],
    [`${PREFIX}custom-attributes`]: headers[`${PREFIX}custom-attributes`],
    [`${PREFIX}inference-id`]: inferenceId,
  };
}
