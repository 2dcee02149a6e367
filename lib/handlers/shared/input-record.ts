import { createHash } from 'node:crypto';
import type { _Object } from '@aws-sdk/client-s3';
import type { JobKind, JobRequests } from '../contract';
import { type S3Reader, objectsOf } from './s3-objects';

/** The tag of a job that contains the record of its inputs. */
export const INPUTS_TAG = 'cdk-sagemaker-algorithm:inputs';

/** Ten requests. A job with more objects is not delayed by them. */
export const MAX_OBJECTS = 10_000;

/** The S3 inputs of a training at one time. Equal hashes mean equal objects. */
export interface InputRecord {
  readonly objects: number;
  readonly bytes: number;

  /** The modification time of the newest object. Undefined without objects. */
  readonly newest?: string;

  /**
   * The SHA-256 hash of a line for each object: the key, the ETag in quotation marks and the size, with tabs between them. The AWS CLI
   * prints the same lines.
   */
  readonly sha256: string;

  /** Whether there are more objects than the record contains. */
  readonly isPartial: boolean;
}

/** The members of an object that a record depends on. */
export type RecordedObject = Pick<_Object, 'Key' | 'ETag' | 'Size' | 'LastModified'>;

/** The S3 URIs of the inputs in the request for a training or tuning job. Other jobs have none. */
export function inputUris(request: JobRequests[JobKind]): string[] {
  const { TrainingJobDefinition: single, TrainingJobDefinitions: several = [], ...training } = request as Request;
  const inputs = [training, ...(single === undefined ? [] : [single]), ...several];
  const uris = inputs.flatMap(({ InputDataConfig = [] }) =>
    InputDataConfig.flatMap(({ DataSource }) => DataSource?.S3DataSource?.S3Uri ?? []),
  );
  return [...new Set(uris)].sort();
}

type Request = Pick<Partial<JobRequests['training']>, 'InputDataConfig'> &
  Pick<Partial<JobRequests['tuning']>, 'TrainingJobDefinition' | 'TrainingJobDefinitions'>;

/** Lists the objects of S3 URIs. */
export function recordInputs(uris: string[], s3: S3Reader, signal?: AbortSignal): Promise<InputRecord> {
  return recordObjects(objectsUnder(uris, s3, signal));
}

async function* objectsUnder(uris: string[], s3: S3Reader, signal?: AbortSignal): AsyncGenerator<_Object> {
  for (const uri of uris) yield* objectsOf(locate(uri), s3, signal);
}

/** The record of objects in the order of their URIs and keys. */
export async function recordObjects(
  list: AsyncIterable<RecordedObject> | Iterable<RecordedObject>,
): Promise<InputRecord> {
  const hash = createHash('sha256');
  let [objects, bytes, newest] = [0, 0, 0];
  const record = (isPartial: boolean): InputRecord => ({
    objects,
    bytes,
    newest: newest === 0 ? undefined : new Date(newest).toISOString(),
    sha256: hash.digest('hex'),
    isPartial,
  });
  for await (const { Key, ETag, Size = 0, LastModified } of list) {
    if (objects === MAX_OBJECTS) return record(true);
    objects++;
    bytes += Size;
    newest = Math.max(newest, LastModified?.getTime() ?? 0);
    hash.update(`${Key}\t${ETag}\t${Size}\n`);
  }
  return record(false);
}

/** A record as the value of a tag, which has at most 256 characters. */
export function inputsTagValue({ objects, bytes, newest, sha256, isPartial }: InputRecord): string {
  const members = { objects, bytes, newest, sha256, partial: isPartial || undefined };
  return Object.entries(members)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
    .join(' ');
}

/** The record in the value of a tag. Undefined if the inputs could not be listed. */
export function parseInputsTag(value: string): InputRecord | undefined {
  const { objects, bytes, newest, sha256, partial } = Object.fromEntries(
    value.split(' ').map((member) => member.split(/=(.*)/s).slice(0, 2) as [string, string]),
  ) as Partial<Record<string, string>>;
  if (sha256 === undefined) return undefined;
  return { objects: Number(objects), bytes: Number(bytes), newest, sha256, isPartial: partial === 'true' };
}

export function locate(uri: string): { bucket: string; prefix: string } {
  const { bucket = '', prefix = '' } = /^s3:\/\/(?<bucket>[^/]+)\/?(?<prefix>.*)$/s.exec(uri)?.groups ?? {};
  return { bucket, prefix };
}
