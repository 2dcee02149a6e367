import type { Channel, FileSystemDataSource, S3DataSource } from '@aws-sdk/client-sagemaker';
import { copyFileSync, existsSync, linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { type ChannelInput, type Run, recordIo } from '../../container';
import type { Buckets } from '../s3/store';
import type { Context } from '../context';
import type { Wire } from '../wire/record';
import { validationError } from '../wire/service-error';
import { type DataObject, augmentedLines, objectsOf } from './data-sources';
import { s3Uri } from '../../aws-model/s3-uri';

/** The data of training jobs, brought to where their containers find it. */
export class Channels {
  constructor(
    private readonly context: Context,
    private readonly s3: Buckets,
  ) {}

  /** What cannot be done is an error before anything starts. */
  public check(channel: Wire<Channel>, jobMode: string | undefined): void {
    const { ChannelName = '', DataSource = {}, CompressionType, RecordWrapperType } = channel;
    const { S3DataSource: objects, FileSystemDataSource: fileSystem } = DataSource;
    const mode = channel.InputMode ?? jobMode ?? 'File';
    const fail = (rule: string): never => {
      throw validationError(`Channel ${ChannelName}: ${rule}`);
    };
    if (fileSystem !== undefined) {
      if (mode !== 'File') fail('a file system is read in File mode.');
      return void this.directoryOf(fileSystem);
    }
    if (objects === undefined) return fail('the local service reads S3 and mounted file systems.');
    if (mode !== 'Pipe' && CompressionType === 'Gzip') fail('CompressionType Gzip is for Pipe mode alone.');
    if (mode !== 'Pipe' && RecordWrapperType === 'RecordIO') fail('RecordWrapperType RecordIO is for Pipe mode alone.');
    if (mode === 'FastFile' && objects.S3DataType !== 'S3Prefix') fail('FastFile mode reads S3Prefix alone.');
    if (objects.S3DataType === 'AugmentedManifestFile') {
      if (mode !== 'Pipe') fail('AugmentedManifestFile is for Pipe mode alone.');
      if (objects.AttributeNames === undefined) fail('AugmentedManifestFile needs AttributeNames.');
      return void augmentedLines(this.s3, objects.S3Uri);
    }
    if (objects.S3DataType !== 'S3Prefix' && objects.S3DataType !== 'ManifestFile')
      fail(`the local service does not read ${objects.S3DataType}.`);
    objectsOf(this.s3, objects);
  }

  /** The channel as the containers of a job with so many hosts get it. */
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
      // The records of a manifest are wrapped one by one before.
      isRecordIo: channel.RecordWrapperType === 'RecordIO' && source.S3DataType !== 'AugmentedManifestFile',
      shuffleSeed: channel.ShuffleConfig?.Seed,
    };
  }

  /** A file for each line of an augmented manifest, with the values of its attributes one after the other. */
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

  /** What an attribute says; one that ends with -ref says where the content is. */
  private valueOf(line: Record<string, unknown>, attribute: string): Buffer {
    const value = line[attribute];
    if (value === undefined) throw new Error(`A line of the manifest has no "${attribute}".`);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (!attribute.endsWith('-ref')) return Buffer.from(text);
    const { bucket, key } = s3Uri(text);
    return readFileSync(this.s3.file(bucket, key));
  }

  private directoryOf({ FileSystemId = '', DirectoryPath = '/' }: Wire<FileSystemDataSource>): string {
    const root = this.context.mounts[FileSystemId];
    if (root === undefined) {
      throw validationError(
        `The file system ${FileSystemId} is not here; name a directory for it: byoa local up --mount ${FileSystemId}=DIR`,
      );
    }
    const directory = path.join(root, path.join('/', DirectoryPath));
    if (!existsSync(directory)) throw validationError(`The file system ${FileSystemId} has no ${DirectoryPath}.`);
    return directory;
  }
}

/** A directory with these objects, under their names. */
export function directoryWith(run: Run, objects: DataObject[]): string {
  const directory = run.directory();
  for (const { name, file } of objects) {
    const target = path.join(directory, name);
    if (!target.startsWith(`${directory}${path.sep}`))
      throw new Error(`The object "${name}" leads out of its channel.`);
    mkdirSync(path.dirname(target), { recursive: true });
    linkOrCopy(file, target);
  }
  return directory;
}

function linkOrCopy(source: string, target: string): void {
  // The job copies what it is given or reads it only, so that two names of one file are enough here.
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
}
