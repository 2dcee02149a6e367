import { existsSync, statSync } from 'node:fs';
import { type BuildRequest, EngineError } from './engine';
import type { Run } from './run';

/** Where an image comes from: a directory with a Dockerfile, an archive, or the name of a local image. */
export interface ImageSource extends Omit<BuildRequest, 'directory'> {
  readonly source: string;
}

/** Builds, loads or finds an image and returns its name. An image that was loaded is removed at the end of the run. */
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
    `"${source}" is neither a directory with a Dockerfile, nor an image archive, nor a local image. Pull or build it first.`,
  );
}
