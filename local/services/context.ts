import * as path from 'node:path';
import type { ContainerEngine } from '../container';
import { Store } from './store';

/** What all parts of the local service share. */
export class Context {
  public readonly account = '000000000000';
  public readonly partition = 'aws';
  public readonly urlSuffix = 'amazonaws.com';

  constructor(
    /** Where all state is. */
    public readonly directory: string,
    public readonly region: string,
    public readonly engine: ContainerEngine,
    private readonly hostOf: () => string,

    /** Directories of the user that are here as buckets, by their names, or as file systems, by their ids. */
    public readonly mounts: Readonly<Record<string, string>> = {},
  ) {}

  /** Where this service answers. */
  public get url(): string {
    return `http://${this.host}`;
  }

  public get host(): string {
    return this.hostOf();
  }

  public store<T extends object>(kind: string): Store<T> {
    return new Store<T>(path.join(this.directory, 'state', kind));
  }

  public arn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.account}:${resource}`;
  }
}
