import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { Body } from '../shared/bodies';
import { capturedFiles } from '../shared/captured-files';
import { type Clock, type Deadline, isTemporary, retry } from '../shared/retry';
import { hash } from '../jobs/names';
import type { Dependencies } from './dependencies';

/** A captured response, and what identifies its request. */
export interface CapturedRecord {
  /** The ID that the caller has sent, if any. */
  readonly inferenceId?: string;

  /** A hash of the captured request. Undefined if requests are not captured. */
  readonly request?: string;
  readonly response: Body;
}

/** A file with captured records, in the folder of its hour. */
export interface CaptureFile {
  readonly key: string;
  readonly size: number;

  /** The number of bytes that are read, of a file that is read in part. */
  readonly limit?: number;
}

/** The members of a record, a line of a file. */
interface CaptureLine {
  readonly captureData?: { readonly endpointInput?: Captured; readonly endpointOutput?: Captured };
  readonly eventMetadata?: { readonly inferenceId?: string; readonly inferenceTime?: string };
}

interface Captured {
  readonly observedContentType?: string;
  readonly data?: string;
  readonly encoding: string;
}

type Services = Pick<Dependencies, 's3' | keyof Clock>;

/** The files of a variant that can contain records since a time. */
export async function listFiles(
  bucket: string,
  prefix: string,
  since: number,
  services: Services,
  deadline: Deadline,
): Promise<CaptureFile[]> {
  const files: CaptureFile[] = [];
  const from = new Date(since).toISOString();
  for await (const { Key = '', Size = 0 } of capturedFiles({ bucket, prefix, from }, services, deadline)) {
    files.push({ key: Key, size: Size });
  }
  return files;
}

/**
 * A share of the files of a variant: the first ones of each hour, in proportion to what was captured in it, so that the sample contains
 * all times of day. Of the last one, the start is read: a single file can be larger than what the function can hold.
 */
export function sampleOf(files: CaptureFile[], share: number): CaptureFile[] {
  if (share >= 1) return files;
  const hours = new Map<string, CaptureFile[]>();
  for (const file of files) {
    const hour = file.key.slice(0, file.key.lastIndexOf('/'));
    const ofHour = hours.get(hour);
    if (ofHour === undefined) hours.set(hour, [file]);
    else ofHour.push(file);
  }
  return [...hours.values()].flatMap((ofHour) => {
    let left = Math.floor(sizeOf(ofHour) * share);
    return ofHour.flatMap((file) => {
      const limit = left;
      left -= file.size;
      if (limit <= 0) return [];
      return limit < file.size ? [{ ...file, limit }] : [file];
    });
  });
}

export function sizeOf(files: CaptureFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** The records of a file since a time. */
export async function readFile(
  Bucket: string,
  { key: Key, limit }: CaptureFile,
  since: number,
  services: Services,
  deadline: Deadline,
): Promise<CapturedRecord[]> {
  const Range = limit === undefined ? undefined : `bytes=0-${limit - 1}`;
  const text = await retry(services, deadline, isTemporary, async () => {
    const { Body: stream } = await services.s3.send(new GetObjectCommand({ Bucket, Key, Range }));
    return (await stream?.transformToString()) ?? '';
  });
  return text.split('\n').flatMap((line) => recordOf(line, since) ?? []);
}

/** The record of a line. Undefined if it has no response, is from before a time, or is not complete. */
function recordOf(line: string, since: number): CapturedRecord | undefined {
  const { captureData: { endpointInput: input, endpointOutput: output } = {}, eventMetadata = {} } = parsed(line) ?? {};
  const { inferenceId, inferenceTime } = eventMetadata;
  // The captured time has whole seconds.
  const isBefore = inferenceTime !== undefined && Date.parse(inferenceTime) + 1000 <= since;
  if (output?.data === undefined || isBefore) return undefined;
  const body = Buffer.from(output.data, output.encoding === 'BASE64' ? 'base64' : 'utf8');
  return {
    inferenceId,
    request: input?.data === undefined ? undefined : hash(`${input.encoding} ${input.data}`),
    response: { contentType: output.observedContentType, body },
  };
}

/** One line that is not JSON must not prevent the comparison for good. The last line of a file that is read in part is not complete. */
function parsed(line: string): CaptureLine | null {
  try {
    return JSON.parse(line) as CaptureLine | null;
  } catch {
    return null;
  }
}
