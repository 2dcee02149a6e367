import type { ListObjectVersionsCommandInput } from '@aws-sdk/client-s3';
import { recordObjects } from '../../../lib/handlers/shared/input-record';
import { versionsOf } from '../../../local/lineage/versions';

interface Stored {
  readonly Key: string;
  readonly VersionId: string;
  readonly LastModified: Date;

  /** Not of a delete marker. */
  readonly ETag?: string;
  readonly Size?: number;
}

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 30, 5, minute));
const JOB_CREATED_AT = at(30);

/** A version of an object of 4 bytes. */
const version = (Key: string, VersionId: string, minute: number): Stored => ({
  Key,
  VersionId,
  LastModified: at(minute),
  ETag: `"${VersionId}"`,
  Size: 4,
});
const deleted = (Key: string, VersionId: string, minute: number): Stored => ({
  Key,
  VersionId,
  LastModified: at(minute),
});

const STORED = [
  version('train/a.csv', 'a3', 45),
  version('train/a.csv', 'a2', 20),
  version('train/a.csv', 'a1', 10),
  deleted('train/b.csv', 'b2', 15),
  version('train/b.csv', 'b1', 10),
  deleted('train/c.csv', 'c2', 50),
  version('train/c.csv', 'c1', 10),
  version('train/d.csv', 'd1', 40),
];

/** A bucket with versions, which lists two of them in a page. */
function bucket(stored: Stored[]): never {
  const send = ({ input }: { input: ListObjectVersionsCommandInput }): Promise<object> => {
    const under = stored.filter(({ Key }) => Key.startsWith(input.Prefix ?? ''));
    const start = under.findIndex(({ VersionId }) => VersionId === input.VersionIdMarker) + 1;
    const page = under.slice(start, start + 2);
    const last = page.at(-1);
    return Promise.resolve({
      Versions: page.filter(({ ETag }) => ETag !== undefined),
      DeleteMarkers: page.filter(({ ETag }) => ETag === undefined),
      IsTruncated: start + 2 < under.length,
      NextKeyMarker: last?.Key,
      NextVersionIdMarker: last?.VersionId,
    });
  };
  return { send } as never;
}

const recorded = (...objects: Stored[]) => recordObjects(objects);

test('The versions of the inputs are those that were the latest when the job was created', async () => {
  const record = await recorded(STORED[1], STORED[6]);
  expect(await versionsOf(['s3://data/train/'], JOB_CREATED_AT, record, bucket(STORED))).toEqual([
    { uri: 's3://data/train/a.csv', versionId: 'a2' },
    { uri: 's3://data/train/c.csv', versionId: 'c1' },
  ]);
});

test.each([
  [
    'their hash is not the recorded one',
    STORED.slice(0, 5),
    'the buckets have no versions, or not any more, that were the latest when the job was created',
  ],
  ['no object has a version', [version('train/a.csv', 'null', 10)], 'the buckets have no versions'],
])('The versions of the inputs are unknown if %s', async (_, stored, reason) => {
  const record = await recorded(...(stored.length === 1 ? stored : [STORED[1], STORED[6]]));
  expect(await versionsOf(['s3://data/train/'], JOB_CREATED_AT, record, bucket(stored))).toEqual({ missing: reason });
});

test('The versions of the inputs are unknown without permission to list them, or if there are too many', async () => {
  const denied = { send: () => Promise.reject(Object.assign(new Error('denied'), { name: 'AccessDenied' })) } as never;
  const record = await recorded(STORED[1]);
  expect(await versionsOf(['s3://data/train/'], JOB_CREATED_AT, record, denied)).toEqual({
    missing: 'no permission for s3:ListBucketVersions: denied',
  });
  const partial = { ...record, isPartial: true };
  expect(await versionsOf(['s3://data/train/'], JOB_CREATED_AT, partial, bucket(STORED))).toEqual({
    missing: 'not all objects are recorded: there are more than 1',
  });
});
