import { createHash } from 'node:crypto';
import * as path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import type { ContainerEngine } from './engine';

/** A layer of an image. */
export interface Layer {
  /** The digest of its content, by which two images tell that they share it. */
  readonly digest: string;
  readonly bytes: number;

  /** What is pulled of it: registries keep layers gzipped. */
  readonly compressedBytes: number;
}

/** The layers of an image, from the first to the last, measured by what the engine has of them. */
export async function layersOf(engine: ContainerEngine, image: string): Promise<Layer[]> {
  const layers = new Map<string, Layer>();
  const links = new Map<string, string>();
  let manifest = '';
  const work: Promise<void>[] = [];
  const onEntry = async (entry: ReadEntry): Promise<void> => {
    if (entry.type === 'SymbolicLink')
      links.set(entry.path, path.posix.join(path.posix.dirname(entry.path), entry.linkpath ?? ''));
    if (entry.path === 'manifest.json') manifest = await textOf(entry);
    else if (isLayer(entry)) layers.set(entry.path, await measured(entry));
    else entry.resume();
  };
  const parser = new Parser({ onReadEntry: (entry) => void work.push(onEntry(entry)) });
  await pipeline(engine.save(image), parser as unknown as NodeJS.WritableStream);
  await Promise.all(work);
  const [{ Layers }] = JSON.parse(manifest) as { Layers: string[] }[];
  return Layers.map((name) => layers.get(links.get(name) ?? name)).filter((layer) => layer !== undefined);
}

/** Engines of old name layers by folders, newer ones by digests, among which are configurations too. */
function isLayer({ path: name, type }: ReadEntry): boolean {
  return type === 'File' && (name.endsWith('/layer.tar') || /^blobs\/sha256\/[0-9a-f]{64}$/.test(name));
}

async function textOf(entry: ReadEntry): Promise<string> {
  let text = '';
  for await (const chunk of entry) text += chunk.toString();
  return text;
}

async function measured(entry: ReadEntry): Promise<Layer> {
  const hash = createHash('sha256');
  const gzip = createGzip();
  let compressedBytes = 0;
  gzip.on('data', (chunk: Buffer) => (compressedBytes += chunk.length));
  const packed = new Promise((resolve, reject) => gzip.on('end', resolve).on('error', reject));
  let bytes = 0;
  for await (const chunk of entry) {
    bytes += chunk.length;
    hash.update(chunk);
    if (!gzip.write(chunk)) await new Promise((resolve) => gzip.once('drain', resolve));
  }
  gzip.end();
  await packed;
  return { digest: `sha256:${hash.digest('hex')}`, bytes, compressedBytes };
}
