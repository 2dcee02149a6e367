import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { type Header, type Pack, extract, pack } from 'tar-stream';

/** The folder of the model from which inference containers load a script. */
const FOLDER = 'code';

/**
 * Writes a model artifact with a script in the folder `code`, which replaces a folder of this name. The archives are neither stored
 * on disk nor in memory.
 */
export async function addScript(artifact: Readable, script: () => Promise<Readable>, output: Writable): Promise<void> {
  const archive = pack();
  // Models hardly become smaller, so the compression should be fast.
  const written = pipeline(archive, createGzip({ level: 1 }), output);
  const copied = copyAll(artifact, script, archive);
  copied.catch((error: Error) => archive.destroy(error));
  await Promise.all([copied, written]);
}

async function copyAll(artifact: Readable, script: () => Promise<Readable>, archive: Pack): Promise<void> {
  await copy(artifact, archive, (name) => (name.split('/')[0] === FOLDER ? undefined : name || undefined));
  // A connection that waits for minutes would be closed.
  await copy(await script(), archive, (name) => `${FOLDER}/${name}`);
  archive.finalize();
}

/** Copies the entries of a compressed archive. Entries without a new name are omitted. */
async function copy(source: Readable, archive: Pack, rename: (name: string) => string | undefined): Promise<void> {
  const entries = extract();
  // The iteration below throws the error, which also occurs while it waits for the content of an entry.
  entries.on('error', () => undefined);
  const read = pipeline(source, createGunzip(), entries);
  read.catch((error: Error) => entries.destroy(error));
  for await (const entry of entries) {
    const name = rename(withoutRoot(entry.header.name));
    checkEntry(entry.header);
    const linkname = linkOf(entry.header, rename);
    const header = { ...entry.header, name: name ?? '', linkname, pax: undefined } as Header;
    const hasContent = ['file', 'contiguous-file'].includes(entry.header.type ?? 'file');
    if (name !== undefined && hasContent) await copyEntry(entry as AsyncIterable<Uint8Array>, header, archive);
    else entry.resume();
    if (name !== undefined && !hasContent) archive.entry(header);
  }
  await read;
}

function withoutRoot(name: string): string {
  return name.replace(/^(\.?\/)+/, '');
}

/** The library that reads the archives does not know sparse files, and would copy a part of their content. */
function checkEntry({ name, type, pax }: Header): void {
  // The type is null if it is unknown.
  const isKnown = (type as string | null) !== null;
  if (isKnown && !Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse'))) return;
  throw new Error(`The model artifact must not contain sparse files or files of an unknown type, got: ${name}`);
}

/** The target of a link. That of a hard link is a name in the archive. */
function linkOf({ name, type, linkname }: Header, rename: (name: string) => string | undefined): string | undefined {
  if (type !== 'link') return linkname;
  const target = rename(withoutRoot(linkname));
  if (target !== undefined || rename(withoutRoot(name)) === undefined) return target;
  throw new Error(
    `${withoutRoot(name)} of the model artifact must not be a hard link into the folder ${FOLDER}, which the script replaces`,
  );
}

async function copyEntry(entry: AsyncIterable<Uint8Array>, header: Header, archive: Pack): Promise<void> {
  const target = archive.entry(header);
  // It is the error with which the archive was destroyed.
  target.on('error', () => undefined);
  for await (const part of entry) {
    if (!target.write(part)) await once(target, 'drain');
  }
  const closed = once(target, 'close');
  target.end(undefined);
  await closed;
}
