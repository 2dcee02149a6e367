import {
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
  type ObjectVersion,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type InputRecord, MAX_OBJECTS, locate, recordObjects } from '../contract/records';
import { type Fact, isMissing, missing, requested } from './fact';

/** A version of an object that a training job has read. */
export interface VersionedObject {
  readonly uri: string;
  readonly versionId: string;
}

/** The version ID of each object of a bucket that never had versions. */
const NO_VERSION = 'null';

/**
 * The versions of the objects that were the latest ones when a job was created. The recorded hash proves that they are those which the job
 * was to read.
 */
export async function versionsOf(
  uris: string[],
  createdAt: Date | undefined,
  recorded: Fact<InputRecord>,
  s3: S3Client,
): Promise<Fact<VersionedObject[]>> {
  if (isMissing(recorded)) return recorded;
  if (recorded.isPartial) return missing(`not all objects are recorded: there are more than ${recorded.objects}`);
  const found = await requested('s3:ListBucketVersions', () => latestAt(uris, createdAt ?? new Date(), s3));
  if (isMissing(found)) return found;
  const { sha256 } = await recordObjects(found.map(({ version }) => version));
  if (sha256 !== recorded.sha256) {
    return missing('the buckets have no versions, or not any more, that were the latest when the job was created');
  }
  if (found.every(({ version }) => version.VersionId === NO_VERSION)) return missing('the buckets have no versions');
  return found.map(({ uri, version }) => ({ uri, versionId: version.VersionId ?? NO_VERSION }));
}

interface FoundVersion {
  readonly uri: string;
  readonly version: ObjectVersion;
}

async function latestAt(uris: string[], time: Date, s3: S3Client): Promise<FoundVersion[]> {
  const found: FoundVersion[] = [];
  for (const uri of uris) {
    const { bucket, prefix } = locate(uri);
    const latest = new Map<string, ObjectVersion & { isDeleted: boolean }>();
    for await (const version of versionsUnder(bucket, prefix, s3)) {
      const { Key = '', LastModified = new Date(0) } = version;
      const known = latest.get(Key)?.LastModified;
      // The versions of a key are listed from the newest to the oldest, and the delete markers apart from them.
      if (LastModified > time || (known !== undefined && known >= LastModified)) continue;
      latest.set(Key, version);
      // One more than a record contains: the hashes differ then.
      if (latest.size > MAX_OBJECTS) break;
    }
    for (const [key, version] of latest) {
      if (!version.isDeleted) found.push({ uri: `s3://${bucket}/${key}`, version });
    }
  }
  return found;
}

async function* versionsUnder(
  Bucket: string,
  Prefix: string,
  s3: S3Client,
): AsyncGenerator<ObjectVersion & { isDeleted: boolean }> {
  for await (const page of pagesOf({ Bucket, Prefix }, s3)) {
    for (const version of page.Versions ?? []) yield { ...version, isDeleted: false };
    for (const marker of page.DeleteMarkers ?? []) yield { ...marker, isDeleted: true };
  }
}

/** The SDK has no paginator of this operation. */
async function* pagesOf(
  { KeyMarker, VersionIdMarker, ...query }: ListObjectVersionsCommandInput,
  s3: S3Client,
): AsyncGenerator<ListObjectVersionsCommandOutput> {
  const page = await s3.send(new ListObjectVersionsCommand({ ...query, KeyMarker, VersionIdMarker }));
  yield page;
  const { IsTruncated, NextKeyMarker, NextVersionIdMarker } = page;
  if (IsTruncated !== true) return;
  yield* pagesOf({ ...query, KeyMarker: NextKeyMarker, VersionIdMarker: NextVersionIdMarker }, s3);
}
