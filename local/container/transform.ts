import { createReadStream, createWriteStream, mkdirSync, renameSync } from 'node:fs';
import * as path from 'node:path';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { SERVING } from '../../lib/private/contract';
import { invoke } from './invoke';
import type { Run } from './run';
import { type ServingEvents, serve } from './serve';

export interface TransformRequest {
  readonly image: string;
  readonly model?: string;
  readonly environment?: Record<string, string>;

  /** What is transformed: each object becomes `<name>.out`. */
  readonly objects: { readonly name: string; readonly file: string }[];
  readonly isCompressed?: boolean;
  readonly split: 'None' | 'Line';
  readonly batchStrategy?: 'MultiRecord' | 'SingleRecord';
  readonly maxPayloadInMB?: number;
  readonly maxConcurrentTransforms?: number;
  readonly contentType?: string;
  readonly accept?: string;
  readonly assembleWith: 'None' | 'Line';
  readonly timeoutSeconds?: number;
  readonly outputDirectory: string;
}

/** What the service takes where neither the job nor the container says anything. */
const DEFAULTS = { MaxConcurrentTransforms: 1, BatchStrategy: 'MULTI_RECORD', MaxPayloadInMB: 6 };
const TIMEOUT_SECONDS = 600;

type Parameters = typeof DEFAULTS;

export interface TransformEvents extends ServingEvents {
  /** The answers to an object are complete; those of objects before one that fails are kept. */
  onOutput?(file: string): Promise<void>;
}

/** Runs a batch transform job: serves the model, and asks it about all records of all objects. */
export async function transform(run: Run, request: TransformRequest, events: TransformEvents = {}): Promise<void> {
  const environment = { ...request.environment, ...environmentOf(request) };
  const server = await serve(run, { image: request.image, model: request.model, environment }, events);
  const parameters = { ...DEFAULTS, ...(await suggested(server.url)), ...given(request) };
  for (const object of request.objects) {
    if (events.stop?.aborted === true) break;
    const file = await transformObject(server.url, request, object, parameters, events.stop);
    await events.onOutput?.(file);
  }
  await server.stop();
}

/** What the platform tells the container: only what the job says. */
function environmentOf({
  maxPayloadInMB,
  batchStrategy,
  maxConcurrentTransforms,
}: TransformRequest): Record<string, string> {
  return {
    SAGEMAKER_BATCH: 'true',
    ...(maxPayloadInMB !== undefined && { SAGEMAKER_MAX_PAYLOAD_IN_MB: String(maxPayloadInMB) }),
    ...(batchStrategy !== undefined && { SAGEMAKER_BATCH_STRATEGY: spelling(batchStrategy) }),
    ...(maxConcurrentTransforms !== undefined && {
      SAGEMAKER_MAX_CONCURRENT_TRANSFORMS: String(maxConcurrentTransforms),
    }),
  };
}

function given({ maxPayloadInMB, batchStrategy, maxConcurrentTransforms }: TransformRequest): Partial<Parameters> {
  return {
    ...(maxPayloadInMB !== undefined && { MaxPayloadInMB: maxPayloadInMB }),
    ...(batchStrategy !== undefined && { BatchStrategy: spelling(batchStrategy) }),
    ...(maxConcurrentTransforms !== undefined && { MaxConcurrentTransforms: maxConcurrentTransforms }),
  };
}

const spelling = (strategy: 'MultiRecord' | 'SingleRecord'): string =>
  strategy === 'MultiRecord' ? 'MULTI_RECORD' : 'SINGLE_RECORD';

/** What the container itself finds best; it need not say anything. */
async function suggested(url: string): Promise<Partial<Parameters>> {
  try {
    const response = await fetch(`${url}${SERVING.executionParameters}`, { signal: AbortSignal.timeout(10_000) });
    const text = await response.text();
    return response.ok ? (JSON.parse(text) as Partial<Parameters>) : {};
  } catch {
    return {};
  }
}

async function transformObject(
  url: string,
  request: TransformRequest,
  { name, file }: TransformRequest['objects'][number],
  parameters: Parameters,
  stop?: AbortSignal,
): Promise<string> {
  const target = path.join(request.outputDirectory, `${name}.out`);
  mkdirSync(path.dirname(target), { recursive: true });
  const output = createWriteStream(`${target}.partial`);
  const window: Promise<Buffer>[] = [];
  const ask = (body: Buffer): Promise<Buffer> =>
    invoke(url, {
      body,
      contentType: request.contentType,
      accept: request.accept,
      timeoutSeconds: request.timeoutSeconds ?? TIMEOUT_SECONDS,
      maxBytes: Infinity,
    }).then((answer) => Buffer.from(answer.body));
  const write = async (answer: Promise<Buffer> | undefined): Promise<void> => {
    if (answer === undefined) return;
    const end = request.assembleWith === 'Line' ? '\n' : '';
    if (!output.write(Buffer.concat([await answer, Buffer.from(end)]))) await once(output, 'drain');
  };
  try {
    for await (const body of batches(request, file, parameters)) {
      if (stop?.aborted === true) throw new Error('The job was stopped.');
      const asked = ask(body);
      // Whoever writes answers in order hears of a failure later.
      asked.catch(() => undefined);
      window.push(asked);
      if (window.length >= Math.max(parameters.MaxConcurrentTransforms, 1)) await write(window.shift());
    }
    while (window.length > 0) await write(window.shift());
  } finally {
    await new Promise((resolve) => output.end(resolve));
  }
  // No object is there in part.
  renameSync(`${target}.partial`, target);
  return target;
}

/** The bodies of the requests for one object. */
async function* batches(
  { split, isCompressed }: TransformRequest,
  file: string,
  { BatchStrategy, MaxPayloadInMB }: Parameters,
): AsyncGenerator<Buffer> {
  const bytes = createReadStream(file);
  const source = isCompressed === true ? bytes.pipe(createGunzip()) : bytes;
  const limit = MaxPayloadInMB === 0 ? Infinity : MaxPayloadInMB * 1024 * 1024;
  const fits = (size: number, what: string): void => {
    if (size > limit) throw new Error(`${what} has ${size} bytes, and MaxPayloadInMB allows ${limit}.`);
  };
  if (split === 'None') {
    const chunks: Buffer[] = [];
    for await (const chunk of source) chunks.push(chunk as Buffer);
    const whole = Buffer.concat(chunks);
    fits(whole.length, `${path.basename(file)} is not split and`);
    yield whole;
    return;
  }
  let batch = '';
  for await (const line of createInterface({ input: source, crlfDelay: Infinity })) {
    if (line === '') continue;
    fits(Buffer.byteLength(line), 'A record');
    const isFull = BatchStrategy === 'SINGLE_RECORD' || Buffer.byteLength(batch) + Buffer.byteLength(line) + 1 > limit;
    if (batch !== '' && isFull) {
      yield Buffer.from(batch);
      batch = '';
    }
    batch = batch === '' ? line : `${batch}\n${line}`;
  }
  if (batch !== '') yield Buffer.from(batch);
}
