import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ServiceError } from '../../aws-model/service-error';
import type { Context } from '../context';
import type { Store } from '../store';

export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly contentType?: string;
  readonly metadata: Record<string, string>;
}

/** Multipart uploads. Each part is a file until the upload is completed or aborted. */
export class Uploads {
  private readonly uploads: Store<Upload>;
  private readonly root: string;

  constructor(context: Context) {
    this.uploads = context.store<Upload>('uploads');
    this.root = path.join(context.directory, 'uploads');
  }

  public begin(upload: Omit<Upload, 'id'>): string {
    const id = randomUUID();
    mkdirSync(path.join(this.root, id), { recursive: true });
    this.uploads.put(id, { ...upload, id });
    return id;
  }

  public async part(id: string, number: number, body: Readable): Promise<string> {
    this.existing(id);
    await pipeline(body, createWriteStream(this.partFile(id, number)));
    return `"${id}-${number}"`;
  }

  /** The content of the parts, in the order of the client's list. */
  public assembled(id: string, numbers: number[]): { readonly upload: Upload; readonly body: Readable } {
    const upload = this.existing(id);
    const files = numbers.map((number) => this.partFile(id, number));
    const isMissing = numbers.length === 0 || !files.every((file) => existsSync(file));
    if (isMissing) throw new ServiceError('InvalidPart', 'One or more of the specified parts could not be found.');
    async function* bytes(): AsyncGenerator<Buffer> {
      for (const file of files) yield* createReadStream(file) as AsyncIterable<Buffer>;
    }
    return { upload, body: Readable.from(bytes()) };
  }

  public end(id: string): void {
    this.existing(id);
    this.uploads.delete(id);
    rmSync(path.join(this.root, id), { recursive: true, force: true });
  }

  private existing(id: string): Upload {
    const upload = this.uploads.get(id);
    if (upload === undefined) throw new ServiceError('NoSuchUpload', 'The specified upload does not exist.', 404);
    return upload;
  }

  private partFile(id: string, number: number): string {
    if (!Number.isInteger(number) || number < 1 || number > 10_000) {
      throw new ServiceError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
    }
    return path.join(this.root, id, String(number));
  }
}
