import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Parser } from 'tar';

/** The index of an image archive, from the files that Docker and OCI define. */
export interface ArchiveIndex {
  /** The digests of the image configurations, which are the image IDs of an engine. */
  readonly images: string[];

  /** The media types of the manifests, if the archive has an OCI index. */
  readonly mediaTypes: string[];
}

interface DockerManifest {
  readonly Config: string;
}

interface OciIndex {
  readonly manifests?: { readonly mediaType?: string }[];
}

export async function indexOf(archive: string): Promise<ArchiveIndex> {
  const texts = new Map<string, Promise<string>>();
  const parser = new Parser({
    onReadEntry: (entry) => {
      if (['manifest.json', 'index.json'].includes(entry.path)) texts.set(entry.path, textOf(entry));
      else entry.resume();
    },
  });
  await pipeline(createReadStream(archive), parser as unknown as NodeJS.WritableStream);
  const read = async <T>(name: string, none: T): Promise<T> => {
    const text = await texts.get(name);
    return text === undefined ? none : (JSON.parse(text) as T);
  };
  const manifests = await read<DockerManifest[]>('manifest.json', []);
  const { manifests: listed = [] } = await read<OciIndex>('index.json', {});
  return {
    images: manifests.map(({ Config }) => `sha256:${/[0-9a-f]{64}/.exec(Config)?.[0] ?? ''}`),
    mediaTypes: listed.map(({ mediaType = '' }) => mediaType),
  };
}

export async function textOf(entry: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of entry) text += chunk.toString();
  return text;
}
