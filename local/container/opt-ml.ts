import { chmodSync, lstatSync, mkdirSync, readFileSync, writeFileSync, constants } from 'node:fs';
import { cp } from 'node:fs/promises';
import * as path from 'node:path';
import { LIMITS, NETWORK_INTERFACE, PATHS } from '../contract';
import type { Mount } from './engine';
import { Pipe } from './pipe';

export type InputMode = 'File' | 'FastFile' | 'Pipe';

export interface ChannelInput {
  readonly name: string;

  /** What every host finds; a channel that is divided has a directory for each of them in `shards`. */
  readonly directory: string;
  readonly shards?: string[];

  /** The instance groups that get the channel: all, if undefined. */
  readonly groups?: string[];
  readonly contentType?: string;
  readonly inputMode?: InputMode;

  /** A file system that the job may write to. */
  readonly isWritable?: boolean;

  /** Of Pipe mode alone: files are gzipped, each becomes a record of RecordIO, and every epoch has an order of its own. */
  readonly isCompressed?: boolean;
  readonly isRecordIo?: boolean;
  readonly shuffleSeed?: number;
}

/** Machines of one kind in a job. */
export interface InstanceGroup {
  readonly name: string;
  readonly instanceType: string;
  readonly hosts: string[];
}

export interface OptMlRequest {
  readonly hyperparameters: Record<string, unknown>;
  readonly channels: ChannelInput[];
  readonly groups: InstanceGroup[];
  readonly checkpoints?: { readonly directory: string; readonly target?: string };
}

/** The directories that the program writes; one tree is writable whatever user the image names. */
const WRITABLE = [PATHS.model, PATHS.outputData, PATHS.output];

/** The /opt/ml of one training host, in a directory of this machine. */
export class OptMl {
  constructor(
    private readonly root: string,
    private readonly request: OptMlRequest,
  ) {}

  /** Writes what the container finds when it starts. */
  public async prepare(currentHost: string): Promise<void> {
    [PATHS.config, PATHS.data, ...WRITABLE].forEach((directory) =>
      mkdirSync(this.host(directory), { recursive: true }),
    );
    WRITABLE.forEach((directory) => chmodSync(this.host(directory), 0o777));
    this.writeJson(PATHS.hyperparameters, this.request.hyperparameters);
    this.writeJson(PATHS.inputDataConfig, this.inputDataConfig());
    this.writeJson(PATHS.resourceConfig, this.resourceConfig(currentHost));
    for (const { name, directory, inputMode = 'File' } of this.request.channels) {
      const target = path.join(this.host(PATHS.data), name);
      // A copy, as the platform makes one: the program may write to its channel, and the user's data stays as it is.
      if (inputMode === 'File')
        await cp(directory, target, { recursive: true, dereference: true, mode: constants.COPYFILE_FICLONE });
      else if (inputMode === 'FastFile') mkdirSync(target);
    }
  }

  public mounts(): Mount[] {
    const { channels, checkpoints } = this.request;
    const fastFile = channels.filter(({ inputMode }) => inputMode === 'FastFile');
    return [
      // Each directory of the contract by itself: what else an image has below /opt/ml, as programs of the training toolkit, stays.
      ...[PATHS.input, PATHS.model, PATHS.output].map((target) => ({ source: this.host(target), target })),
      ...fastFile.map(({ name, directory, isWritable }) => ({
        source: path.resolve(directory),
        target: `${PATHS.data}/${name}`,
        readOnly: isWritable !== true,
      })),
      ...(checkpoints === undefined
        ? []
        : [{ source: path.resolve(checkpoints.directory), target: checkpoints.target ?? PATHS.checkpoints }]),
    ];
  }

  /** Feeds the channels in Pipe mode, until the pipes are closed. */
  public openPipes(): Pipe[] {
    const piped = this.request.channels.filter(({ inputMode }) => inputMode === 'Pipe');
    return piped.map((channel) => Pipe.open(this.host(PATHS.data), channel));
  }

  /** Where a path of the container is on this machine. */
  public host(target: string): string {
    return path.join(this.root, path.relative(PATHS.root, target));
  }

  /** What the program wrote about its failure, as far as the service keeps it. */
  public failure(): string | undefined {
    const file = this.host(PATHS.failure);
    // A program may have left anything there, also a link to a file of this machine.
    if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
    return [...readFileSync(file, 'utf8')].slice(0, LIMITS.failureReason).join('');
  }

  /** FastFile reads "File" here, for programs that know no other mode. */
  private inputDataConfig(): object {
    return Object.fromEntries(
      this.request.channels.map(({ name, contentType, inputMode, shards, isRecordIo }) => [
        name,
        {
          ...(contentType === undefined ? {} : { ContentType: contentType }),
          TrainingInputMode: inputMode === 'Pipe' ? 'Pipe' : 'File',
          S3DistributionType: shards === undefined ? 'FullyReplicated' : 'ShardedByS3Key',
          RecordWrapperType: isRecordIo === true ? 'RecordIO' : 'None',
        },
      ]),
    );
  }

  private resourceConfig(currentHost: string): object {
    const { groups } = this.request;
    const current = groups.find(({ hosts }) => hosts.includes(currentHost));
    return {
      current_host: currentHost,
      current_instance_type: current?.instanceType,
      current_group_name: current?.name,
      // Sorted as text, as the platform sorts them: algo-10 comes before algo-2.
      hosts: groups.flatMap(({ hosts }) => hosts).sort(),
      instance_groups: groups.map(({ name, instanceType, hosts }) => ({
        instance_group_name: name,
        instance_type: instanceType,
        hosts: [...hosts].sort(),
      })),
      network_interface_name: NETWORK_INTERFACE,
    };
  }

  private writeJson(target: string, value: object): void {
    writeFileSync(this.host(target), JSON.stringify(value));
  }
}
