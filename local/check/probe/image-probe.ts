import * as path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Parser, type ReadEntry } from 'tar';
import { type ContainerEngine, EngineError, type ImageInfo, type Run } from '../../container';
import { Untold } from '../core/check';
import type { LabOptions } from './check-context';
import { Once } from '../core/slots';

/** A file of an image. */
export interface ImageFile {
  readonly path: string;
  readonly type: string;
  readonly mode: number;

  /** Its first bytes, as Latin-1. */
  readonly start: string;
}

const START_BYTES = 256;

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Images as they lie there: what is known of them, and their files. */
export class ImageLab {
  private readonly once = new Once();
  private readonly run: Run;
  private readonly engine: ContainerEngine;

  constructor(private readonly options: LabOptions) {
    this.run = options.run;
    this.engine = options.run.engine;
  }

  /** The images that are checked, each once, with what they are for. */
  public async all(): Promise<{ image: string; info: ImageInfo }[]> {
    const { training, serving } = this.options.specification;
    const names = [training?.image, serving?.image].filter((name) => name !== undefined);
    return Promise.all([...new Set(names)].map(async (image) => ({ image, info: await this.info(image) })));
  }

  public info(image: string): Promise<ImageInfo> {
    return this.once.do(`info ${image}`, async () => {
      const info = await this.engine.inspectImage(image);
      if (info === undefined) throw new Untold(`there is no image "${image}"`);
      return info;
    });
  }

  /** What is at a path: the file, or a directory with all that is below it; nothing when there is nothing. */
  public async files(image: string, file: string): Promise<ImageFile[]> {
    return entriesOf(this.engine.fetchArchive(await this.container(image), file), path.posix.dirname(file));
  }

  /** The program that a word names, as the kernel would find it. */
  public async program(image: string, word: string): Promise<ImageFile | undefined> {
    const { environment } = await this.info(image);
    const directories = word.includes('/') ? [''] : (environment.PATH ?? DEFAULT_PATH).split(':');
    const found = await Promise.all(
      directories.map((directory) => this.files(image, path.posix.join(directory, word))),
    );
    return found.flat().find(({ type }) => type === 'File');
  }

  /** A container that is never started: files are read from it. */
  private container(image: string): Promise<string> {
    return this.once.do(`container ${image}`, () =>
      this.run.create({ image, command: ['none'], environment: {}, mounts: [], network: 'none' }),
    );
  }
}

/** The entries of an archive as it comes; nothing where there is nothing to copy. */
async function entriesOf(archive: Readable, parent: string): Promise<ImageFile[]> {
  const files: ImageFile[] = [];
  const parser = new Parser({
    onReadEntry: (entry: ReadEntry) => {
      const file = { path: path.posix.join(parent, entry.path), type: entry.type, mode: entry.mode ?? 0, start: '' };
      files.push(file);
      entry.on('data', (chunk: Buffer) => {
        if (file.start.length < START_BYTES) file.start += chunk.subarray(0, START_BYTES).toString('latin1');
      });
    },
  });
  try {
    await pipeline(archive, parser as unknown as NodeJS.WritableStream);
  } catch (error) {
    // There is no such file: the engine has no other word for it.
    if (error instanceof EngineError) return [];
    throw error;
  }
  return files;
}
