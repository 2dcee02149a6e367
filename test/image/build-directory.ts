import { App, Stack } from 'aws-cdk-lib';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

/** The content of a file, or its content and mode, or the target of a symbolic link. */
export type Entry = string | Buffer | { content: string; mode: number } | { link: string };

/** A directory with a Dockerfile and other files, which tests change. */
export class BuildDirectory {
  public readonly path = mkdtempSync(path.join(tmpdir(), 'image-'));

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

/** A stack in an app of its own, since the CDK caches the hashes of a directory by the output directory of the app. */
export function freshStack(): Stack {
  return new Stack(new App({ outdir: mkdtempSync(path.join(tmpdir(), 'out-')) }), 'Stack');
}
