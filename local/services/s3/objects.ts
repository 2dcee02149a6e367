import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import type { Store } from '../store';

export interface ObjectInfo {
  readonly etag: string;
  readonly contentType?: string;
  readonly metadata: Record<string, string>;

  /** The ARN of the KMS key that the object is encrypted with on AWS. */
  readonly kmsKey?: string;
}

interface ObjectRecord extends ObjectInfo {
  readonly key: string;
}

/**
 * The objects of a bucket that were uploaded. The path of an object follows from a digest of its key, because keys are not
 * paths: `a` and `a/b`, `folder/`, `../x` and names of any length are different objects, none of them outside the bucket.
 */
export class Objects {
  private readonly root: string;
  private sortedKeys?: readonly string[];

  /** @param directory the directory of the bucket */
  constructor(
    directory: string,
    private readonly records: Store<ObjectRecord>,
  ) {
    this.root = path.join(directory, 'objects');
  }

  /** The keys in alphabetical order, which are sorted once for many pages of a list. */
  public keys(): readonly string[] {
    return (this.sortedKeys ??= this.records
      .list()
      .map(({ key }) => key)
      .sort());
  }

  public info(key: string): ObjectInfo | undefined {
    return this.records.get(key);
  }

  /** The file of an object; undefined if it does not exist. */
  public file(key: string): string | undefined {
    return this.info(key) && this.fileOf(key);
  }

  /** Makes a file the content of an object. */
  public put(key: string, content: string, info: ObjectInfo): void {
    const file = this.fileOf(key);
    mkdirSync(path.dirname(file), { recursive: true });
    renameSync(content, file);
    if (this.info(key) === undefined) this.sortedKeys = undefined;
    this.records.put(key, { key, ...info });
  }

  public delete(key: string): void {
    this.records.delete(key);
    this.sortedKeys = undefined;
    rmSync(path.dirname(this.fileOf(key)), { recursive: true, force: true });
  }

  /** The name of the file is only for messages, and for programs that look at its extension. */
  private fileOf(key: string): string {
    const name =
      key
        .split('/')
        .filter((segment) => segment !== '')
        .at(-1) ?? '';
    const readable = name
      .replace(/[^\w.-]/g, '_')
      .replace(/^\.+/, '_')
      .slice(-100);
    return path.join(this.root, createHash('sha256').update(key).digest('hex'), readable || '_');
  }
}
