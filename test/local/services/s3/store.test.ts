import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { Context } from '../../../../local/services/context';
import { Buckets } from '../../../../local/services/s3';
import { FakeEngine } from '../../fake-engine';

const bucketsIn = (directory: string): Buckets => {
  const buckets = new Buckets(new Context(directory, 'us-east-1', new FakeEngine(), () => ''));
  buckets.createBucket('data');
  return buckets;
};
const put = (buckets: Buckets, key: string, text: string): Promise<string> =>
  buckets.put('data', key, Readable.from([text]));
const read = (buckets: Buckets, key: string): string => readFileSync(buckets.file('data', key), 'utf8');

describe('A folder of a bucket that a container writes to', () => {
  let buckets: Buckets;
  let outside: string;

  beforeEach(() => {
    const directory = mkdtempSync(path.join(tmpdir(), 'buckets-'));
    outside = path.join(directory, 'outside');
    mkdirSync(outside);
    buckets = bucketsIn(directory);
  });

  test('contains the objects that were uploaded before, and its files are objects of the bucket', async () => {
    await put(buckets, 'checkpoints/job/step-1', 'first');
    const folder = buckets.folder('s3://data/checkpoints');
    expect(readFileSync(path.join(folder, 'job', 'step-1'), 'utf8')).toBe('first');
    writeFileSync(path.join(folder, 'job', 'step-2'), 'second');
    expect(buckets.keys('data')).toEqual(['checkpoints/job/step-1', 'checkpoints/job/step-2']);
    expect(read(buckets, 'checkpoints/job/step-2')).toBe('second');
    expect(buckets.folder('s3://data/checkpoints/job/')).toBe(path.join(folder, 'job'));
  });

  test('has the content that was uploaded last, and loses a file whose object was deleted', async () => {
    const folder = buckets.folder('s3://data/checkpoints');
    writeFileSync(path.join(folder, 'step'), 'from the container');
    await put(buckets, 'checkpoints/step', 'uploaded');
    expect(read(buckets, 'checkpoints/step')).toBe('uploaded');
    expect(readFileSync(path.join(buckets.folder('s3://data/checkpoints'), 'step'), 'utf8')).toBe('uploaded');
    buckets.delete('data', 'checkpoints/step');
    expect([existsSync(path.join(folder, 'step')), buckets.keys('data')]).toEqual([false, []]);
  });

  test('leaves objects in the bucket whose keys are not paths of files in the folder', async () => {
    const keys = ['c/', 'c/../x', 'c//y', 'c/a', 'c/a/b', `c/${'n'.repeat(256)}`];
    for (const key of keys) await put(buckets, key, key);
    buckets.folder('s3://data/c');
    expect(buckets.keys('data')).toEqual([...keys].sort());
    for (const key of keys) expect(read(buckets, key)).toBe(key);
  });

  test.each(['s3://data/../x', 's3://data/a//b', 's3://data/./a'])('is rejected under the key prefix of %s', (uri) => {
    expect(() => buckets.folder(uri)).toThrow(`${uri} is not the path of a directory in the bucket.`);
  });

  test('leads nowhere outside of the bucket by a symbolic link that a container has created', async () => {
    writeFileSync(path.join(outside, 'secret'), 'secret');
    const folder = buckets.folder('s3://data/c');
    symlinkSync(outside, path.join(folder, 'link'));
    symlinkSync(path.join(outside, 'secret'), path.join(folder, 'file'));
    expect([buckets.hasObject('data', 'c/link/secret'), buckets.hasObject('data', 'c/file')]).toEqual([false, false]);
    await put(buckets, 'c/link/new', 'x');
    buckets.folder('s3://data/c');
    expect(existsSync(path.join(outside, 'new'))).toBe(false);
    expect(() => buckets.folder('s3://data/c/link')).toThrow('is not the path of a directory in the bucket.');
  });
});
