import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync, constants } from 'node:fs';
import * as path from 'node:path';
import { LIMITS, NETWORK_INTERFACE, PATHS } from '../../lib/private/contract';
import type { Mount } from './engine';

export type InputMode = 'File' | 'FastFile';

export interface ChannelInput {
  readonly name: string;
  readonly directory: string;
  readonly contentType?: string;
  readonly inputMode?: InputMode;
}

export interface OptMlRequest {
  readonly hyperparameters: Record<string, string>;
  readonly channels: ChannelInput[];
  readonly hosts: string[];
  readonly instanceType: string;
  readonly checkpoints?: string;
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
  public prepare(currentHost: string): void {
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
        cpSync(directory, target, { recursive: true, dereference: true, mode: constants.COPYFILE_FICLONE });
      else mkdirSync(target);
    }
  }

  public mounts(): Mount[] {
    const { channels, checkpoints } = this.request;
    const fastFile = channels.filter(({ inputMode }) => inputMode === 'FastFile');
    return [
      { source: this.root, target: PATHS.root },
      ...fastFile.map(({ name, directory }) => ({
        source: path.resolve(directory),
        target: `${PATHS.data}/${name}`,
        readOnly: true,
      })),
      ...(checkpoints === undefined ? [] : [{ source: path.resolve(checkpoints), target: PATHS.checkpoints }]),
    ];
  }

  /** Where a path of the container is on this machine. */
  public host(target: string): string {
    return path.join(this.root, path.relative(PATHS.root, target));
  }

  /** What the program wrote about its failure, as far as the service keeps it. */
  public failure(): string | undefined {
    const file = this.host(PATHS.failure);
    if (!existsSync(file)) return undefined;
    return [...readFileSync(file, 'utf8')].slice(0, LIMITS.failureReason).join('');
  }

  /** FastFile reads "File" here, for programs that know no other mode. */
  private inputDataConfig(): object {
    return Object.fromEntries(
      this.request.channels.map(({ name, contentType }) => [
        name,
        {
          ...(contentType === undefined ? {} : { ContentType: contentType }),
          TrainingInputMode: 'File',
          S3DistributionType: 'FullyReplicated',
          RecordWrapperType: 'None',
        },
      ]),
    );
  }

  private resourceConfig(currentHost: string): object {
    const { instanceType } = this.request;
    // Sorted as text, as the platform sorts them: algo-10 comes before algo-2.
    const hosts = [...this.request.hosts].sort();
    const group = 'homogeneousCluster';
    return {
      current_host: currentHost,
      current_instance_type: instanceType,
      current_group_name: group,
      hosts,
      instance_groups: [{ instance_group_name: group, instance_type: instanceType, hosts }],
      network_interface_name: NETWORK_INTERFACE,
    };
  }

  private writeJson(target: string, value: object): void {
    writeFileSync(this.host(target), JSON.stringify(value));
  }
}
