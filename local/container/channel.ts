import { existsSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import * as path from 'node:path';

export type InputMode = 'File' | 'FastFile' | 'Pipe';

/** An input channel of a training job. */
export interface ChannelInput {
  readonly name: string;

  /** The data of every host; a sharded channel has a directory for each host in `shards`. */
  readonly directory: string;
  readonly shards?: string[];

  /** The instance groups that receive the channel: all, if undefined. */
  readonly groups?: string[];
  readonly contentType?: string;
  readonly inputMode?: InputMode;

  /** A file system that the job may write to. */
  readonly isWritable?: boolean;

  /** Pipe mode only: the files are gzipped. */
  readonly isCompressed?: boolean;

  /** Pipe mode only: each file becomes a RecordIO record. */
  readonly isRecordIo?: boolean;

  /** Pipe mode only: the files have a different order in each epoch. */
  readonly shuffleSeed?: number;
}

/** Why a directory cannot be a channel, whose links are followed like those of an upload to Amazon S3; undefined if it can. */
export function channelError(directory: string, parents: readonly string[] = []): string | undefined {
  if (!existsSync(directory)) return `"${directory}" does not exist`;
  const real = realpathSync(directory);
  if (parents.includes(real)) return `"${directory}" is a symbolic link to a directory that contains it`;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const file = path.join(directory, entry.name);
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) {
      return entry.isSymbolicLink()
        ? `"${file}" is a symbolic link to "${readlinkSync(file)}", which does not exist`
        : `the name of "${file}" is not valid UTF-8`;
    }
    const error = stats.isDirectory() ? channelError(file, [...parents, real]) : undefined;
    if (error !== undefined) return error;
    if (!stats.isDirectory() && !stats.isFile()) return `"${file}" is neither a file nor a directory`;
  }
  return undefined;
}
