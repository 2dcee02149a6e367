import type { ListObjectsV2Command, _Object } from '@aws-sdk/client-s3';
import { type Deadline, isTemporary, retry } from './retry';
import { type S3Reader, objectsOf } from './s3-objects';

type Services = { readonly s3: S3Reader } & Parameters<typeof retry>[0];

/** The folder of a variant, and the hours whose files are listed. */
interface CapturedHours {
  readonly bucket: string;

  /** The key prefix of the folder, with a "/" at the end. */
  readonly prefix: string;

  /** A time of the first hour, in ISO 8601. */
  readonly from: string;

  /** A time of the hour after the last one. Undefined for all hours since the first one. */
  readonly until?: string;
}

/** The folder of an hour: `YYYY/MM/DD/HH`, in UTC. */
export function hourFolder(time: string): string {
  return time.slice(0, 13).replace(/\D/g, '/');
}

/** The files with captured data. The folders of hours are in the order of time, so that a list starts and ends with the hours. */
export async function* capturedFiles(
  { bucket, prefix, from, until }: CapturedHours,
  services: Services,
  deadline: Deadline,
): AsyncGenerator<_Object> {
  const send = (command: ListObjectsV2Command): Promise<unknown> =>
    retry(services, deadline, isTemporary, () => services.s3.send(command));
  const startAfter = `${prefix}${hourFolder(from)}`;
  for await (const object of objectsOf({ bucket, prefix, startAfter }, { send })) {
    const { Key = '' } = object;
    if (until !== undefined && Key >= `${prefix}${hourFolder(until)}`) return;
    if (Key.endsWith('.jsonl')) yield object;
  }
}
