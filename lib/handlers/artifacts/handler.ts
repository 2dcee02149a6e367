import { DeleteObjectCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { createHash } from 'node:crypto';
import { PassThrough, type Readable } from 'node:stream';
import type { RepackingAttributes, RepackingProperties } from '../artifact-contract';
import { type Outcome, RESPONSE_MS, type ResourceEvent, respond } from '../shared/response';
import { isTemporary, retry } from '../shared/retry';
import type { Dependencies } from './dependencies';
import { addScript } from './add-script';

/** The CloudFormation event of a custom resource that adds a script to a model artifact. */
export interface RepackingEvent extends ResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: RepackingProperties;
}

/** The physical id of a resource that has no artifact. */
const NONE = 'none';

/** A policy can take effect a minute after it was created. */
const PERMISSION_DEADLINE_MS = 120_000;

/** A part of a multipart upload, of which there are at most 10,000: 160 GB, more than a function compresses in 15 minutes. */
const PART_BYTES = 16 * 1024 * 1024;

/**
 * The handler of model artifacts. Its physical id is the URI of the new artifact, which contains a hash of the resource and its
 * properties: an event that is delivered twice writes the same object, and the artifact of the previous properties remains until
 * CloudFormation deletes it.
 */
export async function handle(event: RepackingEvent, dependencies: Dependencies, functionEnd: number): Promise<void> {
  const work = (): Promise<Outcome> =>
    onEvent(event, dependencies, functionEnd).catch((error: Error) => {
      throw described(event, error);
    });
  await respond(event, event.PhysicalResourceId ?? NONE, work, dependencies, functionEnd);
}

async function onEvent(event: RepackingEvent, dependencies: Dependencies, functionEnd: number): Promise<Outcome> {
  const { RequestType, PhysicalResourceId = NONE } = event;
  if (RequestType === 'Delete') {
    // CloudFormation generates an id if there was no response, perhaps after the artifact was written.
    const uri = /^s3:/.test(PhysicalResourceId) ? PhysicalResourceId : destinationOf(event);
    await dependencies.s3.send(new DeleteObjectCommand(locate(uri))).catch(ignoreMissingBucket);
    return { PhysicalResourceId };
  }
  const ModelDataUrl = destinationOf(event);
  const signal = AbortSignal.timeout(Math.max(0, functionEnd - RESPONSE_MS - dependencies.now()));
  await retry(dependencies, dependencies.now() + PERMISSION_DEADLINE_MS, isTemporary, () =>
    repack(event.ResourceProperties, ModelDataUrl, dependencies, signal),
  );
  return { PhysicalResourceId: ModelDataUrl, Data: { ModelDataUrl } satisfies RepackingAttributes };
}

/** The errors of Amazon S3 and of the decompression do not name the object. */
function described({ RequestType, ResourceProperties: properties }: RepackingEvent, { name, message }: Error): Error {
  const reason = name === 'Error' ? message : `${name}: ${message}`;
  const { ModelDataUrl, ScriptUrl } = properties;
  return RequestType === 'Delete'
    ? new Error(`The model artifact with the script could not be deleted: ${reason}`)
    : new Error(`The script ${ScriptUrl} could not be added to the model artifact ${ModelDataUrl}: ${reason}`);
}

/** With its bucket, the artifact has been deleted too. */
function ignoreMissingBucket(error: Error): void {
  if (error.name !== 'NoSuchBucket') throw error;
}

function destinationOf({ StackId, LogicalResourceId, ResourceProperties: properties }: RepackingEvent): string {
  const { Destination, ModelDataUrl, ScriptUrl } = properties;
  const identity = JSON.stringify([StackId, LogicalResourceId, ModelDataUrl, ScriptUrl]);
  return `${Destination}/${createHash('sha256').update(identity).digest('hex').slice(0, 32)}/model.tar.gz`;
}

async function repack(
  { ModelDataUrl, ScriptUrl, KmsKeyArn }: RepackingProperties,
  destination: string,
  { s3 }: Dependencies,
  signal: AbortSignal,
): Promise<void> {
  const output = new PassThrough();
  const upload = new Upload({
    client: s3,
    params: {
      ...locate(destination),
      Body: output,
      ...(KmsKeyArn === undefined ? {} : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: KmsKeyArn }),
    },
    partSize: PART_BYTES,
    queueSize: 2,
  });
  const artifact = await read(s3, ModelDataUrl);
  const uploaded = upload.done();
  const abort = (): unknown => artifact.destroy(new Error('It is too large to be written within 14 minutes'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.all([addScript(artifact, () => read(s3, ScriptUrl), output), uploaded]);
  } catch (error) {
    // With an incomplete body, the upload deletes its parts, which would otherwise remain in the bucket.
    for (const stream of [artifact, output]) stream.destroy(error as Error);
    await uploaded.catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function read(s3: Dependencies['s3'], uri: string): Promise<Readable> {
  const { Body } = await s3.send(new GetObjectCommand(locate(uri)));
  return Body as Readable;
}

function locate(uri: string): { Bucket: string; Key: string } {
  const { bucket = '', key = '' } = /^s3:\/\/(?<bucket>[^/]+)\/(?<key>.+)$/.exec(uri)?.groups ?? {};
  return { Bucket: bucket, Key: key };
}
