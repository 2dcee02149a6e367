import { once } from 'node:events';
import { createWriteStream, mkdirSync, renameSync } from 'node:fs';
import * as path from 'node:path';
import { SERVING } from '../contract';
import { NoResponse, isSuccess, sendRequest } from '../http';
import { type DataProcessing, inputOf, isPlain, resultOf } from './data-processing';
import { invoke } from './invoke';
import { type Batch, type Split, batchesOf } from './records';
import type { Run } from './run';
import { type ServingEvents, type ServingRequest, serve } from './serve';

export interface TransformRequest {
  readonly environment?: Record<string, string>;

  /** The input objects: the output of each is `<name>.out`. */
  readonly objects: { readonly name: string; readonly file: string }[];
  readonly isCompressed?: boolean;
  readonly split: Split;
  readonly dataProcessing?: DataProcessing;
  readonly batchStrategy?: 'MultiRecord' | 'SingleRecord';
  readonly maxPayloadInMB?: number;
  readonly maxConcurrentTransforms?: number;
  readonly contentType?: string;
  readonly accept?: string;
  readonly assembleWith: 'None' | 'Line';
  readonly timeoutSeconds?: number;
  readonly outputDirectory: string;
}

/** The defaults of the service, for parameters that neither the job nor the container specifies. */
const DEFAULTS = { MaxConcurrentTransforms: 1, BatchStrategy: 'MULTI_RECORD', MaxPayloadInMB: 6 };
const TIMEOUT_SECONDS = 600;

type Parameters = typeof DEFAULTS;

export interface TransformEvents extends ServingEvents {
  /** Receives the output of an object when it is complete. Those of other objects are kept if an object fails. */
  onOutput?(file: string): Promise<void>;
}

/** Runs a batch transform job: serves the model, and invokes it with all records of all objects. */
export async function transform(
  run: Run,
  request: TransformRequest & Pick<ServingRequest, 'image' | 'model'>,
  events: TransformEvents = {},
): Promise<void> {
  const environment = { ...request.environment, ...transformEnvironment(request) };
  const server = await serve(run, { image: request.image, model: request.model, environment }, events);
  await transformWith([server.directUrl], request, events);
  await server.stop();
}

/**
 * Invokes running containers with all records of all objects: each container gets the response of the one before. An object that fails
 * has no output, and the job continues with the next one, as on SageMaker.
 * @throws an error with the reasons of all failed objects
 */
export async function transformWith(
  urls: string[],
  request: TransformRequest,
  events: TransformEvents = {},
): Promise<void> {
  const parameters = { ...DEFAULTS, ...(await suggested(urls[0])), ...specified(request) };
  const failures: Error[] = [];
  for (const object of request.objects) {
    if (events.stop?.aborted === true) return;
    try {
      const file = await transformObject(urls, request, object, parameters, events.stop);
      await events.onOutput?.(file);
    } catch (error) {
      failures.push(new Error(`${object.name}: ${(error as Error).message}`, { cause: error }));
    }
  }
  if (failures.length === 0) return;
  if (request.objects.length === 1) throw failures[0].cause as Error;
  const count = `${failures.length} of ${request.objects.length} objects have failed, and have no output.`;
  throw new Error([count, ...failures.map(({ message }) => message)].join('\n'));
}

/** The environment of the container: the parameters that the job specifies. */
export function transformEnvironment({
  maxPayloadInMB,
  batchStrategy,
  maxConcurrentTransforms,
}: TransformRequest): Record<string, string> {
  return {
    SAGEMAKER_BATCH: 'true',
    ...(maxPayloadInMB !== undefined && { SAGEMAKER_MAX_PAYLOAD_IN_MB: String(maxPayloadInMB) }),
    ...(batchStrategy !== undefined && { SAGEMAKER_BATCH_STRATEGY: strategyName(batchStrategy) }),
    ...(maxConcurrentTransforms !== undefined && {
      SAGEMAKER_MAX_CONCURRENT_TRANSFORMS: String(maxConcurrentTransforms),
    }),
  };
}

function specified({ maxPayloadInMB, batchStrategy, maxConcurrentTransforms }: TransformRequest): Partial<Parameters> {
  return {
    ...(maxPayloadInMB !== undefined && { MaxPayloadInMB: maxPayloadInMB }),
    ...(batchStrategy !== undefined && { BatchStrategy: strategyName(batchStrategy) }),
    ...(maxConcurrentTransforms !== undefined && { MaxConcurrentTransforms: maxConcurrentTransforms }),
  };
}

const strategyName = (strategy: 'MultiRecord' | 'SingleRecord'): string =>
  strategy === 'MultiRecord' ? 'MULTI_RECORD' : 'SINGLE_RECORD';

/** The parameters that the container suggests; a container need not implement this request. */
async function suggested(url: string): Promise<Partial<Parameters>> {
  const response = await sendRequest(`${url}${SERVING.executionParameters}`, { timeoutSeconds: 10 });
  if (response instanceof NoResponse || !isSuccess(response)) return {};
  try {
    return JSON.parse(response.body.toString()) as Partial<Parameters>;
  } catch {
    return {};
  }
}

async function transformObject(
  urls: string[],
  request: TransformRequest,
  { name, file }: TransformRequest['objects'][number],
  parameters: Parameters,
  stop?: AbortSignal,
): Promise<string> {
  const target = path.join(request.outputDirectory, `${name}.out`);
  mkdirSync(path.dirname(target), { recursive: true });
  const output = createWriteStream(`${target}.partial`);
  const window: Promise<Buffer>[] = [];
  const write = async (result: Promise<Buffer> | undefined): Promise<void> => {
    if (result === undefined) return;
    const end = request.assembleWith === 'Line' ? '\n' : '';
    if (!output.write(Buffer.concat([await result, Buffer.from(end)]))) await once(output, 'drain');
  };
  const { MaxPayloadInMB, BatchStrategy, MaxConcurrentTransforms } = parameters;
  const maxBytes = MaxPayloadInMB === 0 ? Infinity : MaxPayloadInMB * 1024 * 1024;
  const isCompressed = request.isCompressed ?? false;
  const isSingle = BatchStrategy === 'SINGLE_RECORD';
  try {
    for await (const batch of batchesOf(file, { split: request.split, isCompressed }, { isSingle, maxBytes })) {
      if (stop?.aborted === true) throw new Error('The job was stopped.');
      const result = transformBatch(urls, request, batch);
      // A failure is reported when the result is written, in the order of the records.
      result.catch(() => undefined);
      window.push(result);
      if (window.length >= Math.max(MaxConcurrentTransforms, 1)) await write(window.shift());
    }
    while (window.length > 0) await write(window.shift());
  } finally {
    // The requests of a failed object would otherwise be added to those of the next one.
    await Promise.allSettled(window);
    await new Promise((resolve) => output.end(resolve));
  }
  // An output is never partial.
  renameSync(`${target}.partial`, target);
  return target;
}

/** The result of a batch: the response of the model, joined and filtered as the job specifies. */
async function transformBatch(
  urls: string[],
  request: TransformRequest,
  { records, separator }: Batch,
): Promise<Buffer> {
  const { contentType, accept, dataProcessing = {} } = request;
  if (isPlain(dataProcessing)) return invokeAll(urls, request, joinBytes(records, separator));
  const texts = records.map(String);
  const sent = texts.map((record) => Buffer.from(inputOf(record, dataProcessing, contentType)));
  const response = await invokeAll(urls, request, joinBytes(sent, separator));
  if ((dataProcessing.outputFilter ?? '$') === '$' && dataProcessing.isJoined !== true) return response;
  const predictions =
    separator === ''
      ? [String(response)]
      : String(response)
          .replace(/\r?\n$/, '')
          .split(/\r?\n/);
  if (predictions.length !== texts.length) {
    throw new Error(
      `The model returned ${predictions.length} predictions for ${texts.length} records, which cannot be joined or filtered.`,
    );
  }
  const results = predictions.map((prediction, index) =>
    resultOf(texts[index], prediction, dataProcessing, accept ?? contentType),
  );
  return Buffer.from(results.join(separator));
}

/** Invokes each container with the response of the one before. */
async function invokeAll(urls: string[], request: TransformRequest, body: Buffer): Promise<Buffer> {
  let { contentType } = request;
  for (const url of urls) {
    const { accept, timeoutSeconds = TIMEOUT_SECONDS } = request;
    const response = await invoke(url, { body, contentType, accept, timeoutSeconds, maxBytes: Infinity });
    body = Buffer.from(response.body);
    contentType = response.contentType;
  }
  return body;
}

function joinBytes(parts: Buffer[], separator: string): Buffer {
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from(separator), part])));
}
