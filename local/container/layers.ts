import { createHash } from 'node:crypto';
import { once } from 'node:events';
import * as path from 'node:path';
import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { type ContainerEngine, EngineError } from './engine';
import { textOf } from './image-archive';

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
  return Layers.map((name) => {
    const layer = layers.get(links.get(name) ?? name);
    if (layer === undefined) throw new EngineError(`The engine has written an archive without layer ${name}.`);
    return layer;
  });
}

/** Engines of old name layers by folders, newer ones by digests, among which are configurations too. */
function isLayer({ path: name, type }: ReadEntry): boolean {
  return type === 'File' && (name.endsWith('.tar') || /^blobs\/sha256\/[0-9a-f]{64}$/.test(name));
}

async function measured(entry: ReadEntry): Promise<Layer> {
  const hash = createHash('sha256');
  const counted = (stream: Transform): { bytes: () => number; end: Promise<void> } => {
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => (bytes += chunk.length));
    return { bytes: () => bytes, end: new Promise((resolve, reject) => stream.on('end', resolve).on('error', reject)) };
  };
  let other: Transform | undefined;
  let result: ReturnType<typeof counted> | undefined;
  let isPacked = false;
  let size = 0;
  for await (const chunk of entry) {
    if (other === undefined) {
      // Engines with the store of containerd keep layers as registries do.
      isPacked = chunk[0] === 0x1f && chunk[1] === 0x8b;
      other = isPacked ? createGunzip() : createGzip();
      result = counted(other);
    }
    size += chunk.length;
    hash.update(chunk);
    if (!other.write(chunk)) await Promise.race([once(other, 'drain'), result?.end]);
  }
  other?.end();
  await result?.end;
  const changed = result?.bytes() ?? 0;
  return {
    digest: `sha256:${hash.digest('hex')}`,
    bytes: isPacked ? changed : size,
    compressedBytes: isPacked ? size : changed,
  };
}
