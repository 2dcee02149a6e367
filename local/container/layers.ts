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
  /** The digest of its content, which is equal in all images that share the layer. */
  readonly digest: string;
  readonly bytes: number;

  /** The size that is pulled: registries store layers gzipped. */
  readonly compressedBytes: number;
}

/** The layers of an image, from the first to the last, with their sizes. */
export async function layersOf(engine: ContainerEngine, image: string): Promise<Layer[]> {
  const layers = new Map<string, Layer>();
  const links = new Map<string, string>();
  let manifest = '';
  const work: Promise<void>[] = [];
  const onEntry = async (entry: ReadEntry): Promise<void> => {
    if (entry.type === 'SymbolicLink')
      links.set(entry.path, path.posix.join(path.posix.dirname(entry.path), entry.linkpath ?? ''));
    if (entry.path === 'manifest.json') manifest = await textOf(entry);
    else if (isLayer(entry)) layers.set(entry.path, await layerOf(entry));
    else entry.resume();
  };
  const parser = new Parser({ onReadEntry: (entry) => void work.push(onEntry(entry)) });
  await pipeline(engine.save(image), parser as unknown as NodeJS.WritableStream);
  await Promise.all(work);
  const [{ Layers }] = JSON.parse(manifest) as { Layers: string[] }[];
  return Layers.map((name) => {
    const layer = layers.get(links.get(name) ?? name);
    if (layer === undefined) throw new EngineError(`The archive of image ${image} lacks layer ${name}.`);
    return layer;
  });
}

/** Old engines store layers as `*.tar`, new ones by digest, which image configurations have too. */
function isLayer({ path: name, type }: ReadEntry): boolean {
  return type === 'File' && (name.endsWith('.tar') || /^blobs\/sha256\/[0-9a-f]{64}$/.test(name));
}

/** Measures a layer, compressed and not, whichever way the archive stores it. */
async function layerOf(entry: ReadEntry): Promise<Layer> {
  const hash = createHash('sha256');
  const counted = (stream: Transform): { bytes: () => number; end: Promise<void> } => {
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => (bytes += chunk.length));
    return { bytes: () => bytes, end: new Promise((resolve, reject) => stream.on('end', resolve).on('error', reject)) };
  };
  let converter: Transform | undefined;
  let result: ReturnType<typeof counted> | undefined;
  let isCompressed = false;
  let size = 0;
  for await (const chunk of entry) {
    if (converter === undefined) {
      // The containerd image store has gzipped layers, as registries have.
      isCompressed = chunk[0] === 0x1f && chunk[1] === 0x8b;
      converter = isCompressed ? createGunzip() : createGzip();
      result = counted(converter);
    }
    size += chunk.length;
    hash.update(chunk);
    if (!converter.write(chunk)) await Promise.race([once(converter, 'drain'), result?.end]);
  }
  converter?.end();
  await result?.end;
  const converted = result?.bytes() ?? 0;
  return {
    digest: `sha256:${hash.digest('hex')}`,
    bytes: isCompressed ? converted : size,
    compressedBytes: isCompressed ? size : converted,
  };
}
