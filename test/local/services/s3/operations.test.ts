import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
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

  test('does not follow a symbolic link out of a bucket, which a program may have created in its checkpoints', async () => {
    await put('checkpoints/step');
    symlinkSync('/etc/passwd', path.join(service.directory, 's3', 'data', 'objects', 'checkpoints', 'secret'));
    const get = service.s3.send(new GetObjectCommand({ Bucket: 'data', Key: 'checkpoints/secret' }));
    await expect(get).rejects.toMatchObject({ name: 'NoSuchKey' });
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

  test.each(['/data/..%2f..%2fescaped', '/data/a%2f..%2f..%2f..%2fescaped', '/data/%00'])(
    'writes nothing outside of its directory for the path %s',
    async (pathname) => {
      expect(await service.send('PUT', pathname, { ...SIGNED_FOR_S3, 'content-length': '0' })).toBeGreaterThanOrEqual(
        400,
      );
      const files = readdirSync(service.directory, { recursive: true }).map(String);
      expect(files.filter((file) => file.includes('escaped'))).toEqual([]);
    },
  );
});
