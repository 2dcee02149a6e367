import type { ContainerEngine } from '../container';
import { Context } from './context';
import { LocalServer } from './server';
import { type Service, respond } from './service';
import { createServices } from './table';
import { signingNameOf } from './wire/request';

export interface ServiceOptions {
  readonly directory: string;
  readonly port: number;

  /**
   * The address to listen on.
   * @default - the loopback interface
   */
  readonly address?: string;
  readonly region: string;
  readonly engine: ContainerEngine;

  /**
   * Directories of the user: read-only buckets by their names, file systems by their IDs.
   * @default - no mounted directories
   */
  readonly mounts?: Record<string, string>;

  /**
   * Receives the log lines of containers that are not healthy yet.
   * @default - the lines are only in CloudWatch Logs
   */
  readonly onStartUpLog?: (line: string) => void;

  /**
   * The most instances of a variant that run on this machine.
   * @default 2
   */
  readonly maxInstances?: number;
}

/** The AWS services that stacks of this library need, on one port of this machine. */
export class LocalService {
  public readonly context: Context;
  private readonly server: LocalServer;
  private readonly services: readonly Service[];

  constructor(private readonly options: ServiceOptions) {
    const { directory, region, engine, mounts, onStartUpLog, maxInstances } = options;
    this.server = new LocalServer((request) => respond(this.services, request, signingNameOf(request), region));
    this.context = new Context(directory, region, engine, () => this.server.host, mounts, onStartUpLog, maxInstances);
    this.services = createServices(this.context);
  }

  /** Accepts requests from now on, and continues the work that was in progress when the service last stopped. */
  public async start(): Promise<void> {
    await this.server.listen(this.options.port, this.options.address ?? '127.0.0.1');
    this.services.forEach((service) => service.resume?.());
  }

  /** Stops all work; the state remains on disk. */
  public async close(): Promise<void> {
    await this.server.close();
    await Promise.all(this.services.map(async (service) => service.close?.()));
  }
}
