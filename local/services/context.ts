import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { validationError } from '../aws-model/service-error';
import type { ContainerEngine } from '../container';
import { DEFAULT_ACCOUNT, accountOf } from './account';
import { Clock } from './clock';
import { EventBus } from './event-bus';
import { Gpus } from './gpus';
import { ForeignStore, Store } from './store';

const BUCKET_NAME = /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const FILE_SYSTEM_ID = /^fs-[0-9a-f]{8,}$/;

/** The settings of the user. */
export interface Settings {
  /** The account, 12 digits. */
  readonly account?: string;

  /** Mounted directories of the user: buckets by their names, file systems by their IDs. */
  readonly mounts?: Readonly<Record<string, string>>;

  /** Receives the log lines of containers that are not healthy yet. */
  readonly onStartUpLog?: (line: string) => void;

  /** The most instances of a variant that run on this machine. */
  readonly maxInstances?: number;

  /** The most instances that the endpoints of the account can use, by instance type. */
  readonly endpointQuotas?: Readonly<Record<string, number>>;

  /** Whether containers on instances with GPUs use the GPUs of this machine. */
  readonly gpus?: boolean;

  /** The state directories of the local services of other accounts. */
  readonly peers?: readonly string[];
}

/** The account and region that all services share, and where their state is. */
export class Context {
  public readonly partition = 'aws';
  public readonly urlSuffix = 'amazonaws.com';
  public readonly events = new EventBus();
  public readonly clock: Clock;
  public readonly account: string;
  public readonly mounts: Readonly<Record<string, string>>;
  public readonly onStartUpLog: (line: string) => void;
  public readonly maxInstances: number;
  public readonly endpointQuotas: Readonly<Record<string, number>>;
  public readonly gpus: Gpus;
  private readonly peerDirectories: readonly string[];

  constructor(
    /** The directory of all state. */
    public readonly directory: string,
    public readonly region: string,
    public readonly engine: ContainerEngine,
    private readonly hostOf: () => string,
    settings: Settings = {},
  ) {
    this.account = settings.account ?? DEFAULT_ACCOUNT;
    this.mounts = settings.mounts ?? {};
    this.onStartUpLog = settings.onStartUpLog ?? (() => undefined);
    this.gpus = new Gpus(settings.gpus ?? false, this.onStartUpLog);
    this.maxInstances = settings.maxInstances ?? 2;
    this.endpointQuotas = settings.endpointQuotas ?? {};
    this.peerDirectories = settings.peers ?? [];
    this.clock = new Clock(path.join(directory, 'state', 'clock.json'));
  }

  /** The endpoint URL of all services. */
  public get url(): string {
    return `http://${this.host}`;
  }

  public get host(): string {
    return this.hostOf();
  }

  /** The stored records of one kind. */
  public store<T extends object>(kind: string): Store<T> {
    return this.records<T>(path.join(this.directory, 'state', kind));
  }

  /** The records in a directory. */
  public records<T extends object>(directory: string): Store<T> {
    return new Store<T>(directory);
  }

  public arn(service: string, resource: string, account = this.account): string {
    return `arn:${this.partition}:${service}:${this.region}:${account}:${resource}`;
  }

  /** The beginning of the URIs of the images in Amazon ECR. */
  public get registry(): string {
    return `${this.account}.dkr.ecr.${this.region}.${this.urlSuffix}/`;
  }

  /** The mounted directory of the user that is a bucket; undefined for any other bucket. */
  public mountOf(bucket: string): string | undefined {
    return Object.hasOwn(this.mounts, bucket) && !FILE_SYSTEM_ID.test(bucket) ? this.mounts[bucket] : undefined;
  }

  /** The directory of a bucket of this account; undefined if it does not exist. */
  public bucketDirectory(bucket: string): string | undefined {
    if (!isBucketName(bucket)) return undefined;
    const directory = this.mountOf(bucket) ?? path.join(this.directory, 's3', bucket);
    return existsSync(directory) ? directory : undefined;
  }

  /**
   * The accounts of other local services. Their state is read from its files, which only the user can read: no request between the services
   * has to be trusted. A service can be started after this one, so its directory is looked up each time.
   */
  public get peers(): Context[] {
    return this.peerDirectories.flatMap((directory) => {
      const account = accountOf(directory);
      return account === undefined || account === this.account
        ? []
        : [new PeerContext(directory, this.region, this.engine, account)];
    });
  }

  /** The account that a resource belongs to: this one, if no local service of another one has it. The names of buckets are global. */
  public ownerOf(arn: string): Context {
    const [, , service, , account, resource = ''] = arn.split(':');
    if (account === this.account || (account === '' && service !== 's3')) return this;
    const [bucket] = resource.split('/');
    const isOwner = (one: Context): boolean =>
      service === 's3' ? one.bucketDirectory(bucket) !== undefined : one.account === account;
    return [this, ...this.peers].find(isOwner) ?? this;
  }

  /**
   * The account with an ID.
   *
   * @throws an error if no local service has it
   */
  public existingAccount(account: string): Context {
    const found = [this, ...this.peers].find((one) => one.account === account);
    if (found !== undefined) return found;
    throw validationError(
      `The local service of the account ${account} is not known. Start it with \`byoa local up --account ${account} --port PORT ` +
        `--directory DIR\`, and this one with \`--peer DIR\`.`,
    );
  }
}

/** The account of another local service, which only that service changes. */
class PeerContext extends Context {
  constructor(directory: string, region: string, engine: ContainerEngine, account: string) {
    // The name in the engine of an image that was never pushed is its URI.
    super(directory, region, engine, () => `${account}.dkr.ecr.${region}.amazonaws.com`, { account });
  }

  public override records<T extends object>(directory: string): Store<T> {
    return new ForeignStore<T>(directory);
  }
}

export function isBucketName(name: string): boolean {
  return BUCKET_NAME.test(name);
}
