import * as path from 'node:path';
import type { ContainerEngine } from '../container';
import { Clock } from './clock';
import { EventBus } from './event-bus';
import { Store } from './store';

/** The account and region that all services share, and where their state is. */
export class Context {
  public readonly account = '000000000000';
  public readonly partition = 'aws';
  public readonly urlSuffix = 'amazonaws.com';
  public readonly events = new EventBus();
  public readonly clock: Clock;

  constructor(
    /** The directory of all state. */
    public readonly directory: string,
    public readonly region: string,
    public readonly engine: ContainerEngine,
    private readonly hostOf: () => string,

    /** Mounted directories of the user: buckets by their names, file systems by their IDs. */
    public readonly mounts: Readonly<Record<string, string>> = {},

    /** Receives the log lines of containers that are not healthy yet. */
    public readonly onStartUpLog: (line: string) => void = () => undefined,

    /** The most instances of a variant that run on this machine. */
    public readonly maxInstances = 2,

    /** The most instances that the endpoints of the account can use, by instance type. */
    public readonly endpointQuotas: Readonly<Record<string, number>> = {},
  ) {
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
    return new Store<T>(path.join(this.directory, 'state', kind));
  }

  public arn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.account}:${resource}`;
  }
}
