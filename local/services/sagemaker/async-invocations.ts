import { randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { LIMITS, SECONDS } from '../../contract';
import type { Buckets } from '../s3/store';
import type { Logs } from '../logs/operations';
import type { Context } from '../context';
import type { Endpoints } from './endpoints';
import { s3Folder, s3Uri } from '../../aws-model/s3-uri';
import type { Invocation } from './runtime';
import type { Store } from '../store';
import type { Answer } from '../wire/request';
import { validationError } from '../wire/service-error';

const PREFIX = 'x-amzn-sagemaker-';

/** How many requests a variant is asked at a time where its configuration does not say. */
const DEFAULT_CONCURRENCY = 4;

/** A request that waits for its answer, or is being answered. */
interface Waiting {
  readonly id: string;
  readonly endpoint: string;
  readonly inputLocation: string;
  readonly headers: Record<string, string | undefined>;
  readonly timeoutSeconds: number;
  readonly outputLocation: string;
  readonly failureLocation?: string;
  readonly received: string;
}

/** How an answer came about. */
interface Outcome {
  readonly contentType?: string;
  readonly failure?: string;
}

/** The largest answer that a notification carries. */
const MAX_NOTIFIED_BYTES = 128 * 1024;

type Ask = (endpoint: string, invocation: Invocation) => Promise<IncomingMessage>;

/** Requests whose input and answer are objects of S3. They are kept until they are answered, over a restart too. */
export class AsyncInvocations {
  private readonly waiting: Store<Waiting>;
  private readonly active = new Map<string, Set<Promise<void>>>();
  private readonly begun = new Set<string>();
  private isClosing = false;

  constructor(
    private readonly context: Context,
    private readonly buckets: Buckets,
    private readonly logs: Logs,
    private readonly endpoints: Endpoints,
    private readonly ask: Ask,
  ) {
    this.waiting = context.store<Waiting>('async-invocations');
  }

  /** Takes a request, whose answer will be where this says. */
  public accept(endpoint: string, headers: Record<string, string | undefined>): Answer {
    const config = this.endpoints.asyncConfig(endpoint);
    if (config === undefined) throw validationError(`Endpoint ${endpoint} is not asynchronous.`);
    this.endpoints.hosts(endpoint);
    const inputLocation = headers[`${PREFIX}inputlocation`] ?? '';
    if (s3Uri(inputLocation).key === '') throw validationError('InputLocation must be the s3:// URI of an object.');
    const id = randomUUID();
    const { S3OutputPath, S3FailurePath } = config.OutputConfig ?? {};
    const locations = {
      outputLocation: `${folder(S3OutputPath)}${id}.out`,
      failureLocation: S3FailurePath && `${folder(S3FailurePath)}${id}-error.out`,
    };
    const inferenceId = headers[`${PREFIX}inference-id`] ?? randomUUID();
    this.waiting.put(id, {
      id,
      endpoint,
      inputLocation,
      headers: passed(headers, inferenceId),
      timeoutSeconds: Number(headers[`${PREFIX}invocationtimeoutseconds`] ?? SECONDS.asyncInvocation),
      received: new Date().toISOString(),
      ...locations,
    });
    this.work(endpoint);
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

  /** Goes on with what waits for an endpoint that answers now. */
  public work(endpoint: string): void {
    const config = this.endpoints.asyncConfig(endpoint);
    const limit = config?.ClientConfig?.MaxConcurrentInvocationsPerInstance ?? DEFAULT_CONCURRENCY;
    const active = this.active.get(endpoint) ?? new Set();
    this.active.set(endpoint, active);
    const mine = this.waiting.list().filter((one) => one.endpoint === endpoint && !this.begun.has(one.id));
    for (const request of mine.slice(0, Math.max(limit - active.size, 0))) {
      this.begun.add(request.id);
      const answered = this.answer(request).finally(() => {
        active.delete(answered);
        this.begun.delete(request.id);
        if (!this.isClosing && this.endpoints.nameOf(endpoint) !== undefined) this.work(endpoint);
      });
      active.add(answered);
    }
  }

  /** Forgets what an endpoint that is gone had still to answer. */
  public forget(endpoint: string): void {
    for (const request of this.waiting.list()) if (request.endpoint === endpoint) this.waiting.delete(request.id);
  }

  public async close(): Promise<void> {
    this.isClosing = true;
    await Promise.all([...this.active.values()].flatMap((active) => [...active]));
  }

  private async answer(request: Waiting): Promise<void> {
    const { endpoint, inputLocation, headers, timeoutSeconds } = request;
    const outcome = await Promise.resolve()
      .then(async (): Promise<Outcome> => {
        const invocation = { headers, timeoutSeconds, body: this.read(inputLocation) };
        const response = await this.ask(endpoint, invocation);
        const contentType = response.headers['content-type'];
        await this.write(request.outputLocation, response, contentType);
        return { contentType };
      })
      .catch((error: Error): Outcome => ({ failure: error.message }));
    // Closing takes the containers away; the next start asks again.
    if (this.isClosing) return;
    if (outcome.failure !== undefined && request.failureLocation !== undefined)
      await this.write(request.failureLocation, Readable.from([outcome.failure]), 'text/plain');
    this.notify(request, outcome);
    this.waiting.delete(request.id);
  }

  /** What a topic would be told is written where the service writes what topics deliver. */
  private notify(request: Waiting, { contentType, failure }: Outcome): void {
    if (this.endpoints.nameOf(request.endpoint) === undefined) return;
    const { region, account } = this.context;
    const { NotificationConfig: config = {} } = this.endpoints.asyncConfig(request.endpoint)?.OutputConfig ?? {};
    const [topic, kind] =
      failure === undefined
        ? [config.SuccessTopic, 'SUCCESS_NOTIFICATION_TOPIC' as const]
        : [config.ErrorTopic, 'ERROR_NOTIFICATION_TOPIC' as const];
    if (topic === undefined) return;
    const isIncluded = failure === undefined && config.IncludeInferenceResponseIn?.includes(kind) === true;
    const message = {
      awsRegion: region,
      eventTime: new Date().toISOString(),
      receivedTime: request.received,
      invocationStatus: failure === undefined ? 'Completed' : 'Failed',
      failureReason: failure,
      requestParameters: { endpointName: request.endpoint, inputLocation: request.inputLocation },
      responseParameters: failure === undefined ? { contentType, outputLocation: request.outputLocation } : undefined,
      responseBody: isIncluded ? this.body(request.outputLocation) : undefined,
      inferenceId: request.headers[`${PREFIX}inference-id`],
      eventVersion: '1.0',
      eventSource: 'aws:sagemaker',
      eventName: 'InferenceResult',
    };
    this.logs.write(`sns/${region}/${account}/${topic.split(':').pop()}`, request.id, JSON.stringify(message));
  }

  /** An answer as a notification carries it, where it is small enough. */
  private body(uri: string): { content: string; encoding: string } | undefined {
    const { bucket, key } = s3Uri(uri);
    const file = this.buckets.file(bucket, key);
    if (statSync(file).size > MAX_NOTIFIED_BYTES) return undefined;
    return { content: readFileSync(file, 'base64'), encoding: 'BASE64' };
  }

  private read(uri: string): Buffer {
    const { bucket, key } = s3Uri(uri);
    const file = this.buckets.file(bucket, key);
    const { size } = statSync(file);
    if (size > LIMITS.asyncPayloadBytes) throw new Error(`${uri} has ${size} bytes; at most 1 GB can be asked about.`);
    return readFileSync(file);
  }

  private async write(uri: string, body: Readable, contentType?: string): Promise<void> {
    const { bucket, key } = s3Uri(uri);
    await this.buckets.put(bucket, key, body, { contentType });
  }
}

function folder(uri: string | undefined): string {
  const { bucket, key } = s3Folder(uri);
  return `s3://${bucket}/${key}`;
}

/** The headers that the container gets of a request that came without a body of its own. */
function passed(headers: Record<string, string | undefined>, inferenceId: string): Record<string, string | undefined> {
  return {
    'content-type': headers[`${PREFIX}content-type`],
    accept: headers[`${PREFIX}accept`],
    [`${PREFIX}custom-attributes`]: headers[`${PREFIX}custom-attributes`],
    [`${PREFIX}inference-id`]: inferenceId,
  };
}
