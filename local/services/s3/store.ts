import { createHash, randomUUID } from 'node:crypto';
import {
  chmodSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import * as path from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseS3Folder, parseS3Uri } from '../../aws-model/s3-uri';
import { ServiceError } from '../../aws-model/service-error';
import { type Context, isBucketName } from '../context';
import type { ServiceEvent } from '../event-bus';
import type { Store } from '../store';
import { bucketArn } from './access';
import { createdEvent, deletedEvent } from './events';
import { type ObjectInfo, Objects } from './objects';
import { withPrefix } from './sorted-keys';
import { Tree } from './tree';

const MAX_KEY_BYTES = 1024;

/** The objects of a bucket: those that were uploaded, and the files of a directory. */
interface Bucket {
  /** Undefined for a mounted directory of the user. */
  readonly objects?: Objects;

  /** Why objects cannot be written; undefined if they can. */
  readonly readOnly?: string;

  /** The mounted directory of the user, or the folders that containers write to. */
  readonly tree: Tree;
}

/** The buckets on disk. */
export class Buckets {
  private readonly root: string;
  private readonly incoming: string;
  private readonly buckets = new Map<string, Bucket>();
  private readonly keysOfBuckets: Store<{ readonly kmsKey: string }>;

  /** The buckets whose events Amazon EventBridge receives. */
  private readonly notifying: Store<{ readonly bucket: string }>;

  constructor(private readonly context: Context) {
    this.keysOfBuckets = context.store('bucket-keys');
    this.notifying = context.store('notifying-buckets');
    this.root = path.join(context.directory, 's3');
    this.incoming = path.join(context.directory, 'incoming');
    mkdirSync(this.root, { recursive: true });
    // Uploads that a crash has cut off.
    rmSync(this.incoming, { recursive: true, force: true });
    mkdirSync(this.incoming);
  }

  public createBucket(bucket: string): void {
    if (!isBucketName(bucket))
      throw new ServiceError('InvalidBucketName', `The specified bucket is not valid, got: "${bucket}"`);
    if (this.ownerOf(bucket) !== this.context)
      throw new ServiceError('BucketAlreadyExists', 'The requested bucket name is not available.', 409);
    if (this.context.mountOf(bucket) === undefined) mkdirSync(path.join(this.root, bucket), { recursive: true });
  }

  /** Sets the ARN of the KMS key of new objects; undefined for a key of Amazon S3. */
  public setKey(bucket: string, kmsKey: string | undefined): void {
    if (kmsKey === undefined) this.keysOfBuckets.delete(bucket);
    else this.keysOfBuckets.put(bucket, { kmsKey });
  }

  /** Sets whether Amazon EventBridge receives the events of a bucket. */
  public setNotifying(bucket: string, isNotifying: boolean): void {
    this.checkExists(bucket);
    if (isNotifying) this.notifying.put(bucket, { bucket });
    else this.notifying.delete(bucket);
  }

  public kmsKeyOf(bucket: string): string | undefined {
    return this.keysOfBuckets.get(bucket)?.kmsKey;
  }

  /** Whether a bucket exists: of this account, or of that of another local service. */
  public hasBucket(bucket: string): boolean {
    return this.ownerOf(bucket).bucketDirectory(bucket) !== undefined;
  }

  public list(): { readonly name: string; readonly creationDate: Date }[] {
    const mounted = Object.keys(this.context.mounts).filter((name) => this.context.mountOf(name) !== undefined);
    const own = readdirSync(this.root).filter((name) => !mounted.includes(name));
    return [...own, ...mounted].sort().map((name) => {
      const { birthtime } = statSync(this.context.mountOf(name) ?? path.join(this.root, name));
      return { name, creationDate: birthtime };
    });
  }

  /** Whether a bucket of this account exists and is not a mounted directory. */
  public isWritable(bucket: string): boolean {
    return this.hasBucket(bucket) && this.bucket(bucket).readOnly === undefined;
  }

  /** The directory of a folder of a bucket, writable by the program of a container, with the objects that it has already. */
  public folder(uri = ''): string {
    const { bucket, key } = parseS3Folder(uri);
    const objects = this.writable(bucket);
    const { tree } = this.bucket(bucket);
    mkdirSync(tree.root, { recursive: true });
    const directory = key === '' ? tree.root : tree.pathOf(key.slice(0, -1));
    if (directory === undefined) throw new Error(`${uri} is not the path of a directory in the bucket.`);
    mkdirSync(directory, { recursive: true });
    chmodSync(directory, 0o777);
    objects
      .keys()
      .filter((one) => one.startsWith(key))
      .forEach((one) => moveToTree(one, objects, tree));
    return directory;
  }

  public deleteBucket(bucket: string): void {
    this.writable(bucket);
    if (this.keys(bucket).length > 0) {
      throw new ServiceError('BucketNotEmpty', 'The bucket you tried to delete is not empty.', 409);
    }
    this.buckets.delete(bucket);
    this.keysOfBuckets.delete(bucket);
    this.notifying.delete(bucket);
    rmSync(path.join(this.root, bucket), { recursive: true });
  }

  /** The keys that start with a prefix, in alphabetical order. */
  public keys(bucket: string, prefix = ''): string[] {
    const { objects, tree } = this.bucket(bucket);
    const keys = withPrefix(objects?.keys() ?? [], prefix);
    const files = tree.keys().filter((key) => key.startsWith(prefix));
    return files.length === 0 ? keys : [...new Set([...keys, ...files])].sort();
  }

  /** The file of an existing object. */
  public file(bucket: string, key: string): string {
    const file = this.find(bucket, key);
    if (file === undefined) throw new ServiceError('NoSuchKey', `The specified key does not exist: ${key}`, 404);
    return file;
  }

  public hasObject(bucket: string, key: string): boolean {
    return this.find(bucket, key) !== undefined;
  }

  public async put(
    bucket: string,
    key: string,
    body: Readable,
    info: Partial<ObjectInfo> & { readonly operation?: string } = {},
  ): Promise<string> {
    const objects = this.writable(bucket);
    if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new ServiceError('KeyTooLongError', 'Your key is too long');
    const hash = createHash('md5');
    const hashing = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(undefined, chunk);
      },
    });
    const content = path.join(this.incoming, randomUUID());
    try {
      await pipeline(body, hashing, createWriteStream(content));
      const etag = `"${hash.digest('hex')}"`;
      const { contentType, metadata = {}, kmsKey = this.kmsKeyOf(bucket) } = info;
      this.bucket(bucket).tree.delete(key);
      const { size } = statSync(content);
      objects.put(key, content, { etag, contentType, metadata, kmsKey });
      this.notify(bucket, createdEvent(this.context, { bucket, key, size, etag }, info.operation));
      return etag;
    } finally {
      rmSync(content, { force: true });
    }
  }

  public info(bucket: string, key: string): ObjectInfo {
    const { objects, tree } = this.bucket(bucket);
    const info = tree.file(key) === undefined ? objects?.info(key) : undefined;
    if (info !== undefined) return info;
    // A file that was not uploaded through S3 has an ETag of its size and modification time.
    const { size, mtimeMs } = statSync(this.file(bucket, key));
    return { etag: `"${createHash('md5').update(`${size} ${mtimeMs}`).digest('hex')}"`, metadata: {} };
  }

  /** The ETag of the object with a URI, without quotation marks. Undefined if there is no such object. */
  public etagOf(uri: string): string | undefined {
    const { bucket, key } = parseS3Uri(uri);
    return this.hasBucket(bucket) && this.hasObject(bucket, key)
      ? this.info(bucket, key).etag.replaceAll('"', '')
      : undefined;
  }

  public delete(bucket: string, key: string): void {
    const objects = this.writable(bucket);
    const existed = this.hasObject(bucket, key);
    this.bucket(bucket).tree.delete(key);
    objects.delete(key);
    if (existed) this.notify(bucket, deletedEvent(this.context, { bucket, key }));
  }

  public checkExists(bucket: string): void {
    if (!this.hasBucket(bucket)) {
      throw new ServiceError('NoSuchBucket', `The specified bucket does not exist: ${bucket}`, 404);
    }
  }

  private notify(bucket: string, event: ServiceEvent): void {
    if (this.notifying.get(bucket) !== undefined) this.context.events.publish('serviceEvent', event);
  }

  private ownerOf(bucket: string): Context {
    return this.context.ownerOf(bucketArn(bucket));
  }

  private bucket(name: string): Bucket {
    this.checkExists(name);
    const owner = this.ownerOf(name);
    if (owner !== this.context) {
      return {
        ...bucketIn(owner, name),
        readOnly: `belongs to the account ${owner.account}, whose local service writes it`,
      };
    }
    const known = this.buckets.get(name);
    if (known !== undefined) return known;
    const bucket = bucketIn(owner, name);
    this.buckets.set(name, bucket);
    return bucket;
  }

  private writable(name: string): Objects {
    const { objects, readOnly } = this.bucket(name);
    if (objects !== undefined && readOnly === undefined) return objects;
    throw new ServiceError('AccessDenied', `The bucket ${name} ${readOnly}.`, 403);
  }

  /** A file that a container has written takes precedence: it is newer than the object. */
  private find(bucket: string, key: string): string | undefined {
    const { objects, tree } = this.bucket(bucket);
    return tree.file(key) ?? objects?.file(key);
  }
}

/** A bucket of an account, which is this account or that of another local service. */
function bucketIn(owner: Context, name: string): Bucket {
  const mounted = owner.mountOf(name);
  if (mounted !== undefined) return { tree: new Tree(mounted), readOnly: 'is a mounted directory, which is read-only' };
  const directory = path.join(owner.directory, 's3', name);
  return {
    objects: new Objects(directory, owner.records(path.join(directory, 'info'))),
    tree: new Tree(path.join(directory, 'folders')),
  };
}

/** Moves an object to a folder of containers. A key that is not a path, or whose path is taken, remains an object. */
function moveToTree(key: string, objects: Objects, tree: Tree): void {
  const [from, to] = [objects.file(key), tree.pathOf(key)];
  if (from === undefined || to === undefined || existsSync(to)) return;
  try {
    mkdirSync(path.dirname(to), { recursive: true });
  } catch {
    return;
  }
  renameSync(from, to);
  objects.delete(key);
}
