import { chmodSync, lstatSync, mkdirSync, readFileSync, writeFileSync, constants } from 'node:fs';
import { cp } from 'node:fs/promises';
import * as path from 'node:path';
import { LIMITS, NETWORK_INTERFACE, PATHS } from '../contract';
import { unpack } from './artifact';
import { type ChannelInput, channelError } from './channel';
import type { Mount } from './engine';
import { Pipe } from './pipe';

/** The hosts of a job that have the same instance type. */
export interface InstanceGroup {
  readonly name: string;
  readonly instanceType: string;
  readonly hosts: string[];
}

export interface OptMlRequest {
  readonly hyperparameters: Record<string, unknown>;
  readonly channels: ChannelInput[];
  readonly groups: InstanceGroup[];
  readonly script?: string;
  readonly checkpoints?: { readonly directory: string; readonly target?: string };
}

/** The directories that the program writes to: any user of the image may do so. */
const WRITABLE = [PATHS.model, PATHS.outputData, PATHS.output];

/** The /opt/ml of one training host, in a directory of this machine. */
export class OptMl {
  constructor(
    private readonly root: string,
    private readonly request: OptMlRequest,
  ) {}

  /** Writes the files that the container finds when it starts. */
  public async prepare(currentHost: string): Promise<void> {
    [PATHS.config, PATHS.data, ...WRITABLE].forEach((directory) =>
      mkdirSync(this.host(directory), { recursive: true }),
    );
    WRITABLE.forEach((directory) => chmodSync(this.host(directory), 0o777));
    this.writeJson(PATHS.hyperparameters, this.request.hyperparameters);
    this.writeJson(PATHS.inputDataConfig, this.inputDataConfig());
    this.writeJson(PATHS.resourceConfig, this.resourceConfig(currentHost));
    const { script } = this.request;
    if (script !== undefined) {
      mkdirSync(this.host(PATHS.code));
      await unpack(script, this.host(PATHS.code));
    }
    for (const { name, directory, inputMode = 'File' } of this.request.channels) {
      const target = path.join(this.host(PATHS.data), name);
      // A copy, as on SageMaker: the program may write to its channel, and the data of the user does not change.
      if (inputMode === 'File') {
        const error = channelError(directory);
        if (error !== undefined) throw new Error(`The channel "${name}" cannot be copied: ${error}.`);
        await cp(directory, target, { recursive: true, dereference: true, mode: constants.COPYFILE_FICLONE });
      } else if (inputMode === 'FastFile') mkdirSync(target);
    }
  }

  public mounts(): Mount[] {
    const { channels, checkpoints, script } = this.request;
    const directories = [PATHS.input, PATHS.model, PATHS.output, ...(script === undefined ? [] : [PATHS.code])];
    const fastFile = channels.filter(({ inputMode }) => inputMode === 'FastFile');
    return [
      // One mount a directory: other files of the image below /opt/ml, such as the code of the training toolkit, stay visible.
      ...directories.map((target) => ({ source: this.host(target), target })),
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

  /** Writes the data of the channels in Pipe mode until the pipes are closed. */
  public openPipes(): Pipe[] {
    const piped = this.request.channels.filter(({ inputMode }) => inputMode === 'Pipe');
    return piped.map((channel) => Pipe.open(this.host(PATHS.data), channel));
  }

  /** The path on this machine of a path in the container. */
  public host(target: string): string {
    return path.join(this.root, path.relative(PATHS.root, target));
  }

  /** The text of the failure file, up to the length that the service keeps. */
  public failure(): string | undefined {
    const file = this.host(PATHS.failure);
    // The program may have created anything here, also a link to a file of this machine.
    if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
    return [...readFileSync(file, 'utf8')].slice(0, LIMITS.failureReason).join('');
  }

  /** FastFile channels are listed as "File", as on SageMaker. */
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
      // Sorted as text, as on SageMaker: algo-10 comes before algo-2.
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
