import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { SIGNED_FOR_S3, ServiceFixture } from '../fixture';

const service = ServiceFixture.forEachTest();

describe('Amazon S3', () => {
  beforeEach(async () => {
    await service.s3.send(new CreateBucketCommand({ Bucket: 'data' }));
  });
  const put = (Key: string, Body = 'x'): Promise<unknown> =>
    service.s3.send(new PutObjectCommand({ Bucket: 'data', Key, Body }));

  test('stores an object with its content type and metadata, and returns ranges of it', async () => {
    await service.s3.send(
      new PutObjectCommand({
        Bucket: 'data',
        Key: 'a/b.txt',
        Body: 'hello',
        ContentType: 'text/plain',
        Metadata: { who: 'me' },
      }),
    );
    const whole = await service.s3.send(new GetObjectCommand({ Bucket: 'data', Key: 'a/b.txt' }));
    expect([await whole.Body?.transformToString(), whole.ContentType, whole.Metadata]).toEqual([
      'hello',
      'text/plain',
      { who: 'me' },
    ]);
    const part = await service.s3.send(new GetObjectCommand({ Bucket: 'data', Key: 'a/b.txt', Range: 'bytes=1-3' }));
    expect([await part.Body?.transformToString(), part.ContentRange]).toEqual(['ell', 'bytes 1-3/5']);
  });

  test('reads a mounted directory as a bucket, and never writes to it', async () => {
    const mine = path.join(service.directory, 'mine');
    mkdirSync(mine);
    writeFileSync(path.join(mine, 'a.csv'), '1,2');
    await service.restart({ mounts: { mine } });
    const object = await service.s3.send(new GetObjectCommand({ Bucket: 'mine', Key: 'a.csv' }));
    expect(await object.Body?.transformToString()).toBe('1,2');
    const writes = [
      () => service.s3.send(new PutObjectCommand({ Bucket: 'mine', Key: 'b.csv', Body: 'x' })),
      () => service.s3.send(new DeleteObjectCommand({ Bucket: 'mine', Key: 'a.csv' })),
      () => service.s3.send(new DeleteBucketCommand({ Bucket: 'mine' })),
    ];
    for (const write of writes) await expect(write()).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(readdirSync(mine)).toEqual(['a.csv']);
  });

  test('lists objects by prefix and delimiter, in pages', async () => {
    for (const key of ['a/1', 'a/2', 'b/1', 'c']) await put(key);
    const list = (options: object): Promise<unknown[]> =>
      service.s3
        .send(new ListObjectsV2Command({ Bucket: 'data', ...options }))
        .then(({ Contents = [], CommonPrefixes = [] }) => [
          Contents.map(({ Key }) => Key),
          CommonPrefixes.map(({ Prefix }) => Prefix),
        ]);
    expect(await list({ Prefix: 'a/' })).toEqual([['a/1', 'a/2'], []]);
    expect(await list({ Delimiter: '/' })).toEqual([['c'], ['a/', 'b/']]);
    const { NextContinuationToken } = await service.s3.send(new ListObjectsV2Command({ Bucket: 'data', MaxKeys: 3 }));
    expect(await list({ ContinuationToken: NextContinuationToken })).toEqual([['c'], []]);
  });

  test('lists one version of each object, in pages, as in a bucket without versioning', async () => {
    for (const key of ['a/1', 'a/2', 'b/1']) await put(key);
    const list = (options: object): Promise<ListObjectVersionsCommandOutput> =>
      service.s3.send(new ListObjectVersionsCommand({ Bucket: 'data', MaxKeys: 2, ...options }));
    const first = await list({});
    expect(first).toMatchObject({ IsTruncated: true, NextKeyMarker: 'a/2', NextVersionIdMarker: 'null' });
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = first;
    const { Versions = [], IsTruncated } = await list({ KeyMarker, VersionIdMarker });
    expect(Versions).toMatchObject([{ Key: 'b/1', VersionId: 'null', IsLatest: true, Size: 1 }]);
    expect(IsTruncated).toBe(false);
  });

  test('completes a multipart upload in the order of its parts, and removes the parts of an aborted one', async () => {
    const where = { Bucket: 'data', Key: 'large' };
    const { UploadId } = await service.s3.send(
      new CreateMultipartUploadCommand({ ...where, ContentType: 'text/plain' }),
    );
    const parts = await Promise.all(
      ['b', 'a'].map(async (Body, index) => {
        const PartNumber = 2 - index;
        const { ETag } = await service.s3.send(
          new UploadPartCommand({ ...where, UploadId, PartNumber, Body: Body.repeat(5) }),
        );
        return { PartNumber, ETag };
      }),
    );
    const Parts = parts.reverse();
    await service.s3.send(new CompleteMultipartUploadCommand({ ...where, UploadId, MultipartUpload: { Parts } }));
    const whole = await service.s3.send(new GetObjectCommand(where));
    expect([await whole.Body?.transformToString(), whole.ContentType]).toEqual(['aaaaabbbbb', 'text/plain']);
    const other = await service.s3.send(new CreateMultipartUploadCommand(where));
    await service.s3.send(new AbortMultipartUploadCommand({ ...where, UploadId: other.UploadId }));
    expect(readdirSync(path.join(service.directory, 'uploads'))).toEqual([]);
  });

  test('fails for an object or a bucket that does not exist, and for the deletion of a bucket that is not empty', async () => {
    await put('a');
    const missing = new GetObjectCommand({ Bucket: 'data', Key: 'b' });
    await expect(service.s3.send(missing)).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(service.s3.send(new ListObjectsV2Command({ Bucket: 'none' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
    await expect(service.s3.send(new DeleteBucketCommand({ Bucket: 'data' }))).rejects.toMatchObject({
      name: 'BucketNotEmpty',
    });
  });

  const KEYS = [
    'a',
    'a/b',
    'a/b/',
    'folder/',
    '../../escaped',
    '/a',
    'a//b',
    './a',
    `${'long'.repeat(100)}/x`,
    'ü %+&?#"\n',
  ];

  test('stores objects whose keys are prefixes of each other or not paths, and none of them outside of the bucket', async () => {
    for (const key of KEYS) await put(key, `content of ${key}`);
    const { Contents = [] } = await service.s3.send(new ListObjectsV2Command({ Bucket: 'data', EncodingType: 'url' }));
    expect(Contents.map(({ Key = '' }) => decodeURIComponent(Key))).toEqual([...KEYS].sort());
    for (const Key of KEYS) {
      const { Body } = await service.s3.send(new GetObjectCommand({ Bucket: 'data', Key }));
      expect(await Body?.transformToString()).toBe(`content of ${Key}`);
    }
    const files = readdirSync(service.directory, { recursive: true }).map(String);
    const escaped = files.filter((file) => file.includes('escaped'));
    expect(escaped.filter((file) => !file.startsWith(path.join('s3', 'data')))).toEqual([]);
    await service.s3.send(
      new DeleteObjectsCommand({ Bucket: 'data', Delete: { Objects: KEYS.map((Key) => ({ Key })) } }),
    );
    await service.s3.send(new DeleteBucketCommand({ Bucket: 'data' }));
  });

  test('rejects a request whose XML is not well-formed', async () => {
    const url = `${service.url}/data?delete`;
    const response = await fetch(url, { method: 'POST', headers: SIGNED_FOR_S3, body: '<Delete><Object>' });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('MalformedXML')]);
  });

  test.each(['/data/../../escaped', '/data/..%2f..%2fescaped', '/data/%2e%2e/escaped', '/data/%00', '/data/%ff%zz'])(
    'creates neither a bucket nor a file of its name for the path %s',
    async (pathname) => {
      expect(await service.send('PUT', pathname, { ...SIGNED_FOR_S3, 'content-length': '0' })).toBe(200);
      const { Buckets = [] } = await service.s3.send(new ListBucketsCommand({}));
      expect(Buckets.map(({ Name = '' }) => Name).filter((name) => !name.startsWith('cdk-'))).toEqual(['data']);
      const { KeyCount } = await service.s3.send(new ListObjectsV2Command({ Bucket: 'data' }));
      expect(KeyCount).toBe(1);
    },
  );

  test('rejects a key of more than 1,024 bytes, and a bucket name with two consecutive dots', async () => {
    await put('k'.repeat(1024));
    await expect(put('ü'.repeat(513))).rejects.toMatchObject({ name: 'KeyTooLongError' });
    const bucket = service.s3.send(new CreateBucketCommand({ Bucket: 'a..b' }));
    await expect(bucket).rejects.toMatchObject({ name: 'InvalidBucketName' });
  });

  test('has the same objects after a restart, without what an interrupted upload has left', async () => {
    await put('a/b', 'kept');
    writeFileSync(path.join(service.directory, 'incoming', 'interrupted'), 'half of');
    await service.restart();
    const { Body } = await service.s3.send(new GetObjectCommand({ Bucket: 'data', Key: 'a/b' }));
    expect(await Body?.transformToString()).toBe('kept');
    expect(readdirSync(path.join(service.directory, 'incoming'))).toEqual([]);
  });

  test('accepts a presigned URL, with the headers that it sets for the response, until it expires', async () => {
    await put('a', 'hello');
    const credential = 'X-Amz-Signature=any&X-Amz-Credential=local%2F20261124%2Fus-east-1%2Fs3%2Faws4_request';
    const urls = {
      current: `${credential}&X-Amz-Date=20260101T000000Z&X-Amz-Expires=${1e10}&response-content-type=text%2Fcsv`,
      expired: `${credential}&X-Amz-Date=20260101T000000Z&X-Amz-Expires=60`,
      version2: `AWSAccessKeyId=local&Signature=any&Expires=${Math.ceil(Date.now() / 1000) + 3600}`,
      expiredVersion2: 'AWSAccessKeyId=local&Signature=any&Expires=1',
    };
    const responses = Object.entries(urls).map(async ([name, query]) => {
      const response = await fetch(`${service.url}/data/a?${query}`);
      return [name, [response.status, response.headers.get('content-type')]];
    });
    expect(Object.fromEntries(await Promise.all(responses))).toEqual({
      current: [200, 'text/csv'],
      expired: [403, 'application/xml'],
      version2: [200, 'application/octet-stream'],
      expiredVersion2: [403, 'application/xml'],
    });
  });
});
