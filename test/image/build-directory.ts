import { App, Stack } from 'aws-cdk-lib';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

/** The content of a file, or its content and mode, or the target of a symbolic link. */
export type Entry = string | Buffer | { content: string; mode: number } | { link: string };

const directories: string[] = [];

/** A directory that `deleteDirectories` deletes. */
export function newDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'image-'));
  directories.push(directory);
  return directory;
}

/** A directory with a Dockerfile and other files, which tests change. */
export class BuildDirectory {
  public readonly path = newDirectory();

  constructor(dockerfile: string, files: { [name: string]: Entry } = {}) {
    this.write('Dockerfile', dockerfile);
    for (const [name, entry] of Object.entries(files)) this.write(name, entry);
  }

  public write(name: string, entry: Entry): void {
    const file = path.join(this.path, name);
    mkdirSync(path.dirname(file), { recursive: true });
    rmSync(file, { force: true });
    if (typeof entry === 'string' || Buffer.isBuffer(entry)) writeFileSync(file, entry, { mode: 0o644 });
    else if ('link' in entry) symlinkSync(entry.link, file);
    else {
      writeFileSync(file, entry.content);
      chmodSync(file, entry.mode);
    }
  }
}

/** Deletes the directories of the tests. */
export function deleteDirectories(): void {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
}

/** A stack in an app of its own, since the CDK caches the hashes of a directory by the output directory of the app. */
export function freshStack(): Stack {
  return new Stack(new App({ outdir: newDirectory() }), 'Stack');
}
