import { existsSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import * as path from 'node:path';

/** The maximum of file systems, in bytes. */
const MAX_NAME_LENGTH = 255;

/** A directory that a program or the user writes to: each file is an object, and its path is the key. */
export class Tree {
  constructor(public readonly root: string) {}

  public keys(): string[] {
    if (!existsSync(this.root)) return [];
    return readdirSync(this.root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(this.root, path.join(entry.parentPath, entry.name)));
  }

  /** The file with a key; undefined if it does not exist. */
  public file(key: string): string | undefined {
    const file = this.pathOf(key);
    return file !== undefined && existsSync(file) && statSync(file).isFile() ? file : undefined;
  }

  public delete(key: string): void {
    const file = this.file(key);
    if (file !== undefined) rmSync(file);
  }

  /**
   * The path of the file or directory with a key; undefined if the key is not a path in this directory. A program may have
   * created symbolic links that lead out of it.
   */
  public pathOf(key: string): string | undefined {
    if (!existsSync(this.root) || !key.split('/').every(isName)) return undefined;
    const file = path.join(this.root, key);
    const root = realpathSync(this.root);
    return `${realpathSync(existing(file))}${path.sep}`.startsWith(`${root}${path.sep}`) ? file : undefined;
  }
}

function isName(segment: string): boolean {
  const isPlain = !['', '.', '..'].includes(segment) && !segment.includes('\0');
  return isPlain && Buffer.byteLength(segment) <= MAX_NAME_LENGTH;
}

/** The file, or its nearest directory that exists. */
function existing(file: string): string {
  return existsSync(file) ? file : existing(path.dirname(file));
}
