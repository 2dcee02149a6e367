import type { CaptureContentTypeHeader, DataCaptureConfig } from '@aws-sdk/client-sagemaker';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable, Transform, pipeline } from 'node:stream';
import { parseS3Folder } from '../../../aws-model/s3-uri';
import type { Context } from '../../context';
import { kmsKeyArn } from '../../s3';
import type { Wire } from '../../wire/record';
import { hourOf } from '../data/hour';
import type { Endpoints } from '../endpoint/endpoints';
import type { Replica } from '../endpoint/replicas';
import type { ExecutionRole } from '../execution-role';
import { type Invocation, PREFIX } from './invocation';

interface Services {
  readonly context: Context;
  readonly endpoints: Endpoints;
}

/** An invocation of a model server. */
interface Captured {
  readonly endpoint: string;
  readonly replica: Replica;
  readonly invocation: Invocation;
}

/** The destination of the records of a variant. */
interface Destination {
  readonly endpoint: string;
  readonly variant: string;
  readonly uri: string;
  readonly kmsKey?: string;

  /** The role of the model, which writes the records. */
  readonly role: ExecutionRole;
}

/** The records of a variant that are not written yet. */
interface Pending extends Destination {
  readonly since: Date;
  readonly records: object[];

  /** Aborted when the records are written before their time. */
  readonly wait: AbortController;
}

/** The records of a variant are written when there are so many, or when so much time has passed. */
const MAX_RECORDS = 100;
const MAX_AGE_MS = 5000;

/** Data capture: requests and responses of endpoints as JSON lines in S3. */
export class DataCapture {
  private readonly pending = new Map<string, Pending>();
  private readonly writes = new Set<Promise<void>>();

  constructor(private readonly services: Services) {
    services.context.events.subscribe('endpoint', ({ EndpointName, EndpointStatus }) => {
      if (EndpointStatus !== 'Deleted') return;
      for (const pending of this.pending.values()) if (pending.endpoint === EndpointName) this.write(pending);
    });
  }

  /** The body of a response. It is captured when it is complete, if the endpoint captures data and the sample contains the request. */
  public bodyOf(captured: Captured, response: IncomingMessage): Readable {
    const config = this.services.endpoints.captureConfig(captured.endpoint);
    if (config === undefined || Math.random() * 100 >= (config.InitialSamplingPercentage ?? 0)) return response;
    const chunks: Buffer[] = [];
    const body = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        chunks.push(chunk);
        done(undefined, chunk);
      },
      flush: (done) => {
        const output = { body: Buffer.concat(chunks), contentType: response.headers['content-type'] };
        this.add(this.destinationOf(captured, config), recordOf(config, captured.invocation, output, this.now()));
        done();
      },
    });
    // An error of the response is that of the body.
    return pipeline(response, body, () => undefined);
  }

  /** Writes all records. */
  public async close(): Promise<void> {
    for (const pending of this.pending.values()) this.write(pending);
    await Promise.all(this.writes);
  }

  private destinationOf(
    { endpoint, replica }: Captured,
    { DestinationS3Uri: uri = '', KmsKeyId }: Wire<DataCaptureConfig>,
  ): Destination {
    const { variant, model } = replica;
    return { endpoint, variant, uri, kmsKey: kmsKeyArn(this.services.context, KmsKeyId), role: model.role };
  }

  private add(destination: Destination, record: object): void {
    const { endpoint, variant, uri } = destination;
    const key = JSON.stringify([endpoint, variant, uri]);
    const pending = this.pending.get(key) ?? this.open(key, destination);
    pending.records.push(record);
    if (pending.records.length >= MAX_RECORDS) this.write(pending);
  }

  private open(key: string, destination: Destination): Pending {
    const pending = { ...destination, since: this.now(), records: [], wait: new AbortController() };
    this.pending.set(key, pending);
    this.services.context.clock.wait(MAX_AGE_MS, pending.wait.signal).then(
      () => this.write(pending),
      () => undefined,
    );
    return pending;
  }

  private write(pending: Pending): void {
    pending.wait.abort();
    for (const [key, one] of this.pending) if (one === pending) this.pending.delete(key);
    const written = this.put(pending).finally(() => this.writes.delete(written));
    this.writes.add(written);
  }

  private async put({ endpoint, variant, uri, kmsKey, role, since, records }: Pending): Promise<void> {
    const { bucket, key } = parseS3Folder(uri);
    const file = `${since.toISOString().slice(14, 23).replace(/\D/g, '-')}-${randomUUID()}.jsonl`;
    const lines = records.map((record) => `${JSON.stringify(record)}\n`);
    try {
      const name = `${key}${endpoint}/${variant}/${hourOf(since)}/${file}`;
      await role.s3.put(bucket, name, Readable.from(lines), { kmsKey });
    } catch (error) {
      const text = `The local service could not write captured data to ${uri}: ${(error as Error).message}`;
      role.log(`/aws/sagemaker/Endpoints/${endpoint}`)(`${variant}/data-capture`, text);
    }
  }

  private now(): Date {
    return new Date(this.services.context.clock.now());
  }
}

interface Payload {
  readonly body: Buffer;
  readonly contentType?: string;
}

function recordOf(
  { CaptureOptions = [], CaptureContentTypeHeader: header }: Wire<DataCaptureConfig>,
  { headers, body }: Invocation,
  output: Payload,
  time: Date,
): object {
  const isCaptured = (mode: string): boolean =>
    CaptureOptions.some(({ CaptureMode }) => CaptureMode === mode || CaptureMode === 'InputAndOutput');
  const input = { body, contentType: headers['content-type'] };
  const attributes = headers[`${PREFIX}custom-attributes`];
  return {
    captureData: {
      ...(isCaptured('Input') && { endpointInput: captureOf('INPUT', input, header) }),
      ...(isCaptured('Output') && { endpointOutput: captureOf('OUTPUT', output, header) }),
    },
    eventMetadata: {
      eventId: randomUUID(),
      customAttributes: attributes === undefined ? undefined : [attributes],
      inferenceId: headers[`${PREFIX}inference-id`],
      inferenceTime: time.toISOString().replace(/\.\d+Z$/, 'Z'),
    },
    eventVersion: '0',
  };
}

function captureOf(
  mode: 'INPUT' | 'OUTPUT',
  { body, contentType }: Payload,
  header: Wire<CaptureContentTypeHeader> = {},
): object {
  const encoding = encodingOf(contentType, header);
  const data = body.toString(encoding === 'BASE64' ? 'base64' : 'utf8');
  return { observedContentType: contentType, mode, data, encoding };
}

function encodingOf(
  contentType = '',
  { CsvContentTypes = [], JsonContentTypes = [] }: Wire<CaptureContentTypeHeader>,
): 'CSV' | 'JSON' | 'BASE64' {
  const [mediaType] = contentType.split(';');
  if (CsvContentTypes.includes(mediaType)) return 'CSV';
  return JsonContentTypes.includes(mediaType) ? 'JSON' : 'BASE64';
}
