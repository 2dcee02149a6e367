import * as path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Parser, type ReadEntry } from 'tar';
import { EngineError, type ImageInfo, type Run } from '../../container';
import { Once } from '../core/concurrency';
import type { Group } from '../core/finding';
import { Inconclusive } from '../core/inconclusive';
import type { Specification } from '../core/specification';

/** A file of an image. */
export interface ImageFile {
  readonly path: string;
  readonly type: string;
  readonly mode: number;

  /** Its first bytes, as Latin-1. */
  readonly start: string;
}

const START_BYTES = 1024;

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The configuration and files of images, without running them. */
export class ImageProbe {
  private readonly once = new Once();

  constructor(
    private readonly run: Run,
    private readonly specification: Specification,
  ) {}

  /** Each distinct image that is checked for one of the groups, and its name. */
  public async all(
    groups: readonly Exclude<Group, 'image'>[] = ['training', 'serving', 'processing'],
  ): Promise<{ image: string; name: string; info: ImageInfo }[]> {
    const names = groups.map((group) => this.specification[group]?.image).filter((name) => name !== undefined);
    return Promise.all(
      [...new Set(names)].map(async (image) => ({ image, name: this.nameOf(image), info: await this.info(image) })),
    );
  }

  /** The name of an image in findings. */
  public nameOf(image: string): string {
    return this.specification.names?.[image] ?? image;
  }

  public info(image: string): Promise<ImageInfo> {
    return this.once.do(`info ${image}`, async () => {
      const info = await this.run.engine.inspectImage(image);
      if (info === undefined) throw new Inconclusive(`there is no image "${this.nameOf(image)}"`);
      return info;
    });
  }

  /** The file at a path, or a directory with everything below it; empty if the path does not exist. */
  public async files(image: string, file: string): Promise<ImageFile[]> {
    return entriesOf(this.run.engine.fetchArchive(await this.container(image), file), path.posix.dirname(file));
  }

  /** The program that a command names, as found on PATH. */
  public async program(image: string, command: string): Promise<ImageFile | undefined> {
    const { environment } = await this.info(image);
    const directories = command.includes('/') ? [''] : (environment.PATH ?? DEFAULT_PATH).split(':');
    const found = await Promise.all(
      directories.map((directory) => this.files(image, path.posix.join(directory, command))),
    );
    return found.find(([first]) => first?.type === 'File')?.[0];
  }

  /** A container that is never started; files are copied from it. */
  private container(image: string): Promise<string> {
    return this.once.do(`container ${image}`, () =>
      this.run.create({ image, command: ['none'], environment: {}, mounts: [], network: 'none' }),
    );
  }
}

/** The entries of a tar archive; empty if the engine had nothing to copy. */
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
    // The engine reports a path that does not exist as an error like any other.
    if (error instanceof EngineError) return [];
    throw error;
  }
  return files;
}
