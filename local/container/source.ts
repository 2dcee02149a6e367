import { createReadStream, existsSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Parser } from 'tar';
import { type BuildRequest, EngineError } from './engine';
import type { Run } from './run';

/** What is told of an image: a directory to build, an archive, or the name of an image that is there. */
export interface ImageSource extends Omit<BuildRequest, 'directory'> {
  readonly source: string;
}

/** Makes an image of its source and returns its name. What is read from an archive goes with the run. */
export async function imageOf(
  run: Run,
  { source, ...build }: ImageSource,
  onLine: (line: string) => void = () => undefined,
): Promise<string> {
  if (existsSync(source)) {
    return statSync(source).isDirectory()
      ? run.engine.build({ directory: source, ...build }, onLine)
      : run.load(source);
  }
  if ((await run.engine.inspectImage(source)) !== undefined) return source;
  throw new EngineError(
    `"${source}" is neither a directory with a Dockerfile, nor an archive, nor an image that is here. Pull or build it first.`,
  );
}

/** What an archive says of the image in it, by the files that Docker and OCI have for that. */
export interface ArchiveIndex {
  /** The digests of configurations, by which an engine knows its images. */
  readonly images: string[];

  /** Media types of the manifests, where the archive has any. */
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
