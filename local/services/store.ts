import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { readJson, writeJson } from './json-file';

/** The maximum of file systems is 255, which includes the endings. */
const MAX_FILE_NAME_LENGTH = 240;

interface Stored<T> {
  readonly name: string;
  readonly record: T;
}

/** Records of one kind, each in its own file. */
export class Store<T extends object> {
  private readonly records = new Map<string, T>();

  constructor(protected readonly directory: string) {
    this.load();
  }

  public get(name: string): T | undefined {
    return this.records.get(name);
  }

  /** All records, the oldest first. */
  public list(): T[] {
    return [...this.records.values()];
  }

  public put(name: string, record: T): T {
    this.records.set(name, record);
    writeJson(this.fileOf(name), { name, record });
    return record;
  }

  public update(name: string, change: Partial<T>): T {
    const record = this.get(name);
    if (record === undefined) throw new Error(`The record "${name}" does not exist.`);
    return this.put(name, { ...record, ...change });
  }

  public delete(name: string): void {
    this.records.delete(name);
    if (existsSync(this.fileOf(name))) rmSync(this.fileOf(name));
  }

  protected load(): void {
    const { directory } = this;
    mkdirSync(directory, { recursive: true });
    const files = readdirSync(directory).map((name) => path.join(directory, name));
    files.filter((file) => file.endsWith('.new')).forEach((file) => rmSync(file));
    for (const file of files.filter((one) => one.endsWith('.json'))) {
      const stored = readJson<Stored<T>>(file);
      if (stored !== undefined) this.records.set(stored.name, stored.record);
    }
  }

  /** Names come from requests: they must not lead out of the directory, and can be longer than the name of a file. */
  protected fileOf(name: string): string {
    const encoded = Buffer.from(name).toString('base64url');
    const isLong = encoded.length > MAX_FILE_NAME_LENGTH;
    return path.join(this.directory, `${isLong ? createHash('sha256').update(name).digest('hex') : encoded}.json`);
  }
}

/** Records that another process writes: they are read from their files each time. */
export class ForeignStore<T extends object> extends Store<T> {
  public override get(name: string): T | undefined {
    return read<T>(this.fileOf(name));
  }

  public override list(): T[] {
    if (!existsSync(this.directory)) return [];
    const files = readdirSync(this.directory).filter((name) => name.endsWith('.json'));
    return files.map((name) => read<T>(path.join(this.directory, name))).filter((record) => record !== undefined);
  }

  public override put(name: string): never {
    throw new Error(`The record "${name}" belongs to another local service.`);
  }

  public override delete(name: string): never {
    throw new Error(`The record "${name}" belongs to another local service.`);
  }

  protected override load(): void {
    // The other process may be writing at any time.
  }
}

/** The record in a file; undefined if the file does not exist, or not any more. */
function read<T>(file: string): T | undefined {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as Stored<T>).record;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
