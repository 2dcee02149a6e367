import { createHash } from 'node:crypto';
import {
  chmodSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import * as path from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseS3Folder } from '../../aws-model/s3-uri';
import { ServiceError } from '../../aws-model/service-error';
import type { Context } from '../context';
import { readJson, writeJson } from '../json-file';

const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const FILE_SYSTEM_ID = /^fs-[0-9a-f]{8,}$/;

export interface ObjectInfo {
  readonly etag: string;
  readonly contentType?: string;
  readonly metadata: Record<string, string>;
}

/** The buckets and objects on disk: an object is the file `<bucket>/objects/<key>`, or a file of a mounted directory. */
export class Buckets {
  private readonly root: string;

  constructor(private readonly context: Context) {
    this.root = path.join(context.directory, 's3');
    mkdirSync(this.root, { recursive: true });
    // Uploads that were in progress when the service was killed.
    const all = readdirSync(this.root).map((bucket) => path.join(this.root, bucket, 'info'));
    const files = all.filter(existsSync).flatMap((info) => readdirSync(info).map((name) => path.join(info, name)));
    files.filter((file) => file.endsWith('.part')).forEach((file) => rmSync(file));
  }

  public createBucket(bucket: string): void {
    if (!BUCKET_NAME.test(bucket))
      throw new ServiceError('InvalidBucketName', `The bucket name "${bucket}" is not valid.`);
    if (this.mount(bucket) !== undefined) return;
    mkdirSync(path.join(this.root, bucket, 'objects'), { recursive: true });
    mkdirSync(path.join(this.root, bucket, 'info'), { recursive: true });
  }

  public hasBucket(bucket: string): boolean {
    return BUCKET_NAME.test(bucket) && (this.mount(bucket) !== undefined || existsSync(path.join(this.root, bucket)));
  }

  public list(): { readonly name: string; readonly creationDate: Date }[] {
    const mounted = Object.keys(this.context.mounts).filter((name) => this.mount(name) !== undefined);
    const own = readdirSync(this.root).filter((name) => !mounted.includes(name));
    return [...own, ...mounted].sort().map((name) => ({ name, creationDate: statSync(this.base(name)).mtime }));
  }

  /** Whether a bucket exists and is not a mounted directory. */
  public isWritable(bucket: string): boolean {
    return this.hasBucket(bucket) && this.mount(bucket) === undefined;
  }

  /** The directory of a folder of a bucket, writable by the program of a container. */
  public folder(uri = ''): string {
    const { bucket, key } = parseS3Folder(uri);
    this.checkWritable(bucket);
    const directory = key === '' ? this.base(bucket) : this.pathOf(bucket, key);
    mkdirSync(directory, { recursive: true });
    chmodSync(directory, 0o777);
    return directory;
  }

  public deleteBucket(bucket: string): void {
    this.checkWritable(bucket);
    if (this.keys(bucket).length > 0) {
      throw new ServiceError('BucketNotEmpty', 'The bucket you tried to delete is not empty.', 409);
    }
    rmSync(path.join(this.root, bucket), { recursive: true });
  }

  /** The keys that start with a prefix, in alphabetical order. */
  public keys(bucket: string, prefix = ''): string[] {
    const base = this.base(bucket);
    return readdirSync(base, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(base, path.join(entry.parentPath, entry.name)))
      .filter((key) => key.startsWith(prefix))
      .sort();
  }

  /** The file of an existing object. */
  public file(bucket: string, key: string): string {
    if (!this.hasObject(bucket, key))
      throw new ServiceError('NoSuchKey', `The specified key does not exist: ${key}`, 404);
    return this.pathOf(bucket, key);
  }

  public hasObject(bucket: string, key: string): boolean {
    const file = this.pathOf(bucket, key);
    // A program may have left symbolic links in a folder that it writes to: they must not lead out of the bucket.
    const isInside = existsSync(file) && realpathSync(file).startsWith(`${realpathSync(this.base(bucket))}${path.sep}`);
    return isInside && statSync(file).isFile();
  }

  public async put(bucket: string, key: string, body: Readable, info: Partial<ObjectInfo> = {}): Promise<string> {
    this.checkWritable(bucket);
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
    await pipeline(body, hashing, createWriteStream(temporary)).catch((error: Error) => {
      rmSync(temporary, { force: true });
      throw error;
    });
    renameSync(temporary, file);
    const etag = `"${hash.digest('hex')}"`;
    const { contentType, metadata = {} } = info;
    writeJson(this.infoFile(bucket, key), { etag, contentType, metadata });
    return etag;
  }

  public info(bucket: string, key: string): ObjectInfo {
    const info = readJson<ObjectInfo>(this.infoFile(bucket, key));
    if (info !== undefined) return info;
    // A file that was not uploaded through S3 has an ETag of its size and modification time.
    const { size, mtimeMs } = statSync(this.file(bucket, key));
    return { etag: `"${createHash('md5').update(`${size} ${mtimeMs}`).digest('hex')}"`, metadata: {} };
  }

  public delete(bucket: string, key: string): void {
    this.checkWritable(bucket);
    rmSync(this.pathOf(bucket, key), { force: true });
    rmSync(this.infoFile(bucket, key), { force: true });
  }

  public checkExists(bucket: string): void {
    if (!this.hasBucket(bucket)) {
      throw new ServiceError('NoSuchBucket', `The specified bucket does not exist: ${bucket}`, 404);
    }
  }

  private checkWritable(bucket: string): void {
    this.checkExists(bucket);
    if (this.mount(bucket) !== undefined) {
      throw new ServiceError('AccessDenied', `The bucket ${bucket} is a mounted directory, which is read-only.`, 403);
    }
  }

  private mount(bucket: string): string | undefined {
    const { mounts } = this.context;
    return Object.hasOwn(mounts, bucket) && !FILE_SYSTEM_ID.test(bucket) ? mounts[bucket] : undefined;
  }

  /** The directory with the objects of a bucket. */
  private base(bucket: string): string {
    this.checkExists(bucket);
    return this.mount(bucket) ?? path.join(this.root, bucket, 'objects');
  }

  /** Keys come from requests, and must not lead out of the bucket. */
  private pathOf(bucket: string, key: string): string {
    const base = this.base(bucket);
    const file = path.join(base, key);
    const isOutside = !file.startsWith(`${base}${path.sep}`);
    if (isOutside || key.includes('\0') || path.relative(base, file) !== key.replace(/\/$/, '')) {
      throw new ServiceError(
        'InvalidArgument',
        `The key "${key}" is not supported: the local service stores objects as files, and this is not the path of one.`,
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
}
