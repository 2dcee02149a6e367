import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { readJson, writeJson } from './json-file';

/** The maximum of file systems is 255, which includes the endings. */
const MAX_FILE_NAME_LENGTH = 240;

/** Records of one kind, each in its own file. */
export class Store<T extends object> {
  private readonly records = new Map<string, T>();

  constructor(private readonly directory: string) {
    mkdirSync(directory, { recursive: true });
    const files = readdirSync(directory).map((name) => path.join(directory, name));
    files.filter((file) => file.endsWith('.new')).forEach((file) => rmSync(file));
    for (const file of files.filter((one) => one.endsWith('.json'))) {
      const stored = readJson<{ name: string; record: T }>(file);
      if (stored !== undefined) this.records.set(stored.name, stored.record);
    }
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
    const record = this.records.get(name);
    if (record === undefined) throw new Error(`The record "${name}" does not exist.`);
    return this.put(name, { ...record, ...change });
  }

  public delete(name: string): void {
    this.records.delete(name);
    if (existsSync(this.fileOf(name))) rmSync(this.fileOf(name));
  }

  /** Names come from requests: they must not lead out of the directory, and can be longer than the name of a file. */
  private fileOf(name: string): string {
    const encoded = Buffer.from(name).toString('base64url');
    const isLong = encoded.length > MAX_FILE_NAME_LENGTH;
    return path.join(this.directory, `${isLong ? createHash('sha256').update(name).digest('hex') : encoded}.json`);
  }
}
