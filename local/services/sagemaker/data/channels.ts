import type { Channel, FileSystemDataSource, S3DataSource } from '@aws-sdk/client-sagemaker';
import { copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { parseS3Uri } from '../../../aws-model/s3-uri';
import { validationError } from '../../../aws-model/service-error';
import { notSupported } from '../../../aws-model/not-supported';
import { type ChannelInput, type Run, recordIo } from '../../../container';
import type { Context } from '../../context';
import type { BucketsOfRole } from '../../s3';
import type { Wire } from '../../wire/record';
import { type DataObject, augmentedLines, objectsOf } from './data-sources';

/** The input channels of training jobs. */
export class Channels {
  constructor(
    private readonly context: Context,
    private readonly s3: BucketsOfRole,
  ) {}

  /** Validates a channel before the job starts. */
  public check(channel: Wire<Channel>, jobMode: string | undefined): void {
    const { S3DataSource: objects, FileSystemDataSource: fileSystem } = channel.DataSource ?? {};
    const mode = channel.InputMode ?? jobMode ?? 'File';
    const ensure = (condition: boolean, rule: string): void => {
      if (!condition) throw validationError(`Channel ${channel.ChannelName}: ${rule}`);
    };
    if (fileSystem !== undefined) {
      ensure(mode === 'File', 'a file system requires File mode.');
      this.directoryOf(fileSystem);
      return;
    }
    if (objects === undefined) return ensure(false, 'the local service supports S3 and mounted file systems.');
    for (const rule of rulesFor(channel, objects, mode)) ensure(rule.holds, rule.text);
    if (objects.S3DataType === 'AugmentedManifestFile') augmentedLines(this.s3, objects.S3Uri);
    else objectsOf(this.s3, objects);
  }

  /** The channel as input of the containers of a job with `hostCount` hosts. */
  public input(run: Run, channel: Wire<Channel>, jobMode: string | undefined, hostCount: number): ChannelInput {
    const { ChannelName: name = '', DataSource = {}, ContentType: contentType } = channel;
    const { S3DataSource: source = {} as Wire<S3DataSource>, FileSystemDataSource: fileSystem } = DataSource;
    if (fileSystem !== undefined) {
      const isWritable = fileSystem.FileSystemAccessMode === 'rw';
      return { name, contentType, directory: this.directoryOf(fileSystem), inputMode: 'FastFile', isWritable };
    }
    const objects =
      source.S3DataType === 'AugmentedManifestFile'
        ? this.records(run, source, channel.RecordWrapperType === 'RecordIO')
        : objectsOf(this.s3, source);
    const isSharded = source.S3DataDistributionType === 'ShardedByS3Key';
    const shards = Array.from({ length: isSharded ? hostCount : 1 }, (_, index) =>
      directoryWith(
        run,
        objects.filter((_object, at) => !isSharded || at % hostCount === index),
      ),
    );
    return {
      name,
      contentType,
      directory: shards[0],
      shards: isSharded ? shards : undefined,
      groups: source.InstanceGroupNames,
      inputMode: (channel.InputMode ?? jobMode ?? 'File') as ChannelInput['inputMode'],
      isCompressed: channel.CompressionType === 'Gzip',
      // The records of an augmented manifest are wrapped one by one already.
      isRecordIo: channel.RecordWrapperType === 'RecordIO' && source.S3DataType !== 'AugmentedManifestFile',
      shuffleSeed: channel.ShuffleConfig?.Seed,
    };
  }

  /** A file for each line of an augmented manifest, with the values of its attributes in order. */
  private records(run: Run, source: Wire<S3DataSource>, isWrapped: boolean): DataObject[] {
    const directory = run.directory();
    return augmentedLines(this.s3, source.S3Uri).map((line, index) => {
      const values = (source.AttributeNames ?? []).map((attribute) => this.valueOf(line, attribute));
      const name = String(index).padStart(9, '0');
      const file = path.join(directory, name);
      writeFileSync(file, Buffer.concat(isWrapped ? values.map(recordIo) : values));
      return { name, file };
    });
  }

  /** The value of an attribute; an attribute whose name ends with -ref contains the S3 URI of the value. */
  private valueOf(line: Record<string, unknown>, attribute: string): Buffer {
    const value = line[attribute];
    if (value === undefined) throw new Error(`A line of the manifest does not have the attribute "${attribute}".`);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (!attribute.endsWith('-ref')) return Buffer.from(text);
    const { bucket, key } = parseS3Uri(text);
    return readFileSync(this.s3.file(bucket, key));
  }

  private directoryOf({ FileSystemId = '', DirectoryPath = '/' }: Wire<FileSystemDataSource>): string {
    const root = this.context.mounts[FileSystemId];
    if (root === undefined) {
      throw validationError(
        `The file system ${FileSystemId} does not exist. Mount a directory for it: byoa local up --mount ${FileSystemId}=DIR`,
      );
    }
    const directory = path.join(root, path.join('/', DirectoryPath));
    if (!existsSync(directory))
      throw validationError(`${DirectoryPath} does not exist in the file system ${FileSystemId}.`);
    return directory;
  }
}

interface Rule {
  readonly holds: boolean;
  readonly text: string;
}

/** The rules of the API that combine several members of a channel. */
function rulesFor(
  { CompressionType, RecordWrapperType }: Wire<Channel>,
  { S3DataType, AttributeNames }: Wire<S3DataSource>,
  mode: string,
): Rule[] {
  const isPipe = mode === 'Pipe';
  const isAugmented = S3DataType === 'AugmentedManifestFile';
  return [
    { holds: isPipe || CompressionType !== 'Gzip', text: 'CompressionType Gzip requires Pipe mode.' },
    { holds: isPipe || RecordWrapperType !== 'RecordIO', text: 'RecordWrapperType RecordIO requires Pipe mode.' },
    { holds: mode !== 'FastFile' || S3DataType === 'S3Prefix', text: 'FastFile mode requires S3Prefix.' },
    { holds: isPipe || !isAugmented, text: 'AugmentedManifestFile requires Pipe mode.' },
    { holds: !isAugmented || AttributeNames !== undefined, text: 'AugmentedManifestFile requires AttributeNames.' },
    {
      holds: ['S3Prefix', 'ManifestFile', 'AugmentedManifestFile'].includes(S3DataType ?? ''),
      text: notSupported('sagemaker', `S3DataType ${S3DataType}`),
    },
  ];
}

/** A directory with these objects, under their names. */
export function directoryWith(run: Run, objects: DataObject[]): string {
  const directory = run.directory();
  for (const { name, file } of objects) {
    const target = path.join(directory, name);
    if (!target.startsWith(`${directory}${path.sep}`))
      throw new Error(`The object "${name}" leads out of its channel.`);
    try {
      mkdirSync(path.dirname(target), { recursive: true });
      linkOrCopy(file, target);
    } catch (error) {
      throw new Error(
        `Data download failed: the path of "${name}" is that of another object: ${(error as Error).message}`,
      );
    }
  }
  return directory;
}

function linkOrCopy(source: string, target: string): void {
  // The containers only read the files, or get copies, so that a hard link is sufficient.
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
}
