import { createHash } from 'node:crypto';
import {
  chmodSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import * as path from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { s3Folder } from '../../aws-model/s3-uri';
import type { Context } from '../context';
import { ServiceError } from '../wire/service-error';

const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const FILE_SYSTEM_ID = /^fs-[0-9a-f]{8,}$/;

export interface ObjectInfo {
  readonly etag: string;
  readonly contentType?: string;
  readonly metadata: Record<string, string>;
}

/** The buckets and objects of S3, on disk: an object is the file `<bucket>/objects/<key>`, or one of a mounted directory. */
export class Buckets {
  private readonly root: string;

  constructor(private readonly context: Context) {
    this.root = path.join(context.directory, 's3');
    mkdirSync(this.root, { recursive: true });
  }

  public createBucket(bucket: string): void {
    if (!BUCKET_NAME.test(bucket)) throw new ServiceError('InvalidBucketName', `"${bucket}" is no name of a bucket.`);
    if (this.mount(bucket) !== undefined) return;
    mkdirSync(path.join(this.root, bucket, 'objects'), { recursive: true });
    mkdirSync(path.join(this.root, bucket, 'info'), { recursive: true });
  }

  public hasBucket(bucket: string): boolean {
    return BUCKET_NAME.test(bucket) && (this.mount(bucket) !== undefined || existsSync(path.join(this.root, bucket)));
  }

  /** The names of all buckets, with when each was made. */
  public list(): { readonly name: string; readonly made: Date }[] {
    const mounted = Object.keys(this.context.mounts).filter((name) => this.mount(name) !== undefined);
    const own = readdirSync(this.root).filter((name) => !mounted.includes(name));
    return [...own, ...mounted].sort().map((name) => ({ name, made: statSync(this.base(name)).mtime }));
  }

  /** What a user has mounted is only read. */
  public isWritable(bucket: string): boolean {
    return this.hasBucket(bucket) && this.mount(bucket) === undefined;
  }

  /** The directory of a folder of a bucket, for a program that writes files to it. */
  public folder(uri = ''): string {
    const { bucket, key } = s3Folder(uri);
    this.writable(bucket);
    const directory = key === '' ? this.base(bucket) : this.pathOf(bucket, key);
    mkdirSync(directory, { recursive: true });
    chmodSync(directory, 0o777);
    return directory;
  }

  public deleteBucket(bucket: string): void {
    this.writable(bucket);
    if (this.keys(bucket).length > 0) {
      throw new ServiceError('BucketNotEmpty', 'The bucket you tried to delete is not empty.', 409);
    }
    rmSync(path.join(this.root, bucket), { recursive: true });
  }

  /** The keys that start with a prefix, in order. */
  public keys(bucket: string, prefix = ''): string[] {
    const base = this.base(bucket);
    return readdirSync(base, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(base, path.join(entry.parentPath, entry.name)))
      .filter((key) => key.startsWith(prefix))
      .sort();
  }

  /** The file of an object that exists. */
  public file(bucket: string, key: string): string {
    if (!this.hasObject(bucket, key))
      throw new ServiceError('NoSuchKey', `The specified key does not exist: ${key}`, 404);
    return this.pathOf(bucket, key);
  }

  public hasObject(bucket: string, key: string): boolean {
    const file = this.pathOf(bucket, key);
    // A program may leave links in a folder that it writes to: they must not lead out of it.
    const isInside = existsSync(file) && realpathSync(file).startsWith(`${realpathSync(this.base(bucket))}${path.sep}`);
    return isInside && statSync(file).isFile();
  }

  public async put(bucket: string, key: string, body: Readable, info: Partial<ObjectInfo> = {}): Promise<string> {
    this.writable(bucket);
    const file = this.pathOf(bucket, key);
    mkdirSync(path.dirname(file), { recursive: true });
    const temporary = `${path.join(this.root, bucket, 'info', this.infoName(key))}.part`;
    const hash = createHash('md5');
    const hashing = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(undefined, chunk);
      },
    });
    await pipeline(body, hashing, createWriteStream(temporary));
    renameSync(temporary, file);
    const etag = `"${hash.digest('hex')}"`;
    const { contentType, metadata = {} } = info;
    writeFileSync(this.infoFile(bucket, key), JSON.stringify({ etag, contentType, metadata }));
    return etag;
  }

  public delete(bucket: string, key: string): void {
    this.writable(bucket);
    rmSync(this.pathOf(bucket, key), { force: true });
    rmSync(this.infoFile(bucket, key), { force: true });
  }

  public existing(bucket: string): void {
    if (!this.hasBucket(bucket)) {
      throw new ServiceError('NoSuchBucket', `The specified bucket does not exist: ${bucket}`, 404);
    }
  }

  private writable(bucket: string): void {
    this.existing(bucket);
    if (this.mount(bucket) !== undefined) {
      throw new ServiceError('AccessDenied', `The bucket ${bucket} is a directory of yours, which is only read.`, 403);
    }
  }

  private mount(bucket: string): string | undefined {
    const { mounts } = this.context;
    return Object.hasOwn(mounts, bucket) && !FILE_SYSTEM_ID.test(bucket) ? mounts[bucket] : undefined;
  }

  /** The directory with the objects of a bucket. */
  private base(bucket: string): string {
    this.existing(bucket);
    return this.mount(bucket) ?? path.join(this.root, bucket, 'objects');
  }

  /** Keys come from requests: none of them may lead out of its bucket. */
  private pathOf(bucket: string, key: string): string {
    const base = this.base(bucket);
    const file = path.join(base, key);
    const isOutside = !file.startsWith(`${base}${path.sep}`);
    if (isOutside || key.includes('\0') || path.relative(base, file) !== key.replace(/\/$/, '')) {
      throw new ServiceError(
        'InvalidArgument',
        `The key "${key}" cannot be the path of a file, which it is in the local service.`,
      );
    }
    return file;
  }

  private infoFile(bucket: string, key: string): string {
    return path.join(this.root, bucket, 'info', `${this.infoName(key)}.json`);
  }

  private infoName(key: string): string {
    return createHash('sha256').update(key).digest('hex');
  }

  public info(bucket: string, key: string): ObjectInfo {
    const file = this.infoFile(bucket, key);
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as ObjectInfo;
    // What did not come through S3 is told apart by its size and age.
    const { size, mtimeMs } = statSync(this.file(bucket, key));
    return { etag: `"${createHash('md5').update(`${size} ${mtimeMs}`).digest('hex')}"`, metadata: {} };
  }
}
