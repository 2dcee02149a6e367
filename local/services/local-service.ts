import type { ContainerEngine } from '../container';
import { keepAccount } from './account';
import { Context } from './context';
import { type EvaluatedAccess, Permissions } from './iam';
import { LocalServer } from './server';
import { type Service, respond } from './service';
import { createServices } from './table';
import { accessKeyOf, signingNameOf } from './wire/request';

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
   * The account, 12 digits.
   * @default 000000000000
   */
  readonly account?: string;

  /**
   * The state directories of the local services of other accounts, whose shared resources this one can read.
   * @default - no other accounts
   */
  readonly peers?: readonly string[];

  /**
   * Directories of the user: read-only buckets by their names, file systems by their IDs.
   * @default - no mounted directories
   */
  readonly mounts?: Record<string, string>;

  /**
   * Receives the log lines of containers that are not healthy yet, and warnings.
   * @default - the lines are only in CloudWatch Logs
   */
  readonly onStartUpLog?: (line: string) => void;

  /**
   * The most instances of a variant that run on this machine.
   * @default 2
   */
  readonly maxInstances?: number;

  /**
   * The most instances that the endpoints of the account can use, by instance type.
   * @default - no quotas
   */
  readonly endpointQuotas?: Record<string, number>;

  /**
   * Whether containers on instances with GPUs use the GPUs of this machine, and fail to start if the engine offers none.
   * @default - they run on the CPU, which their logs state
   */
  readonly gpus?: boolean;

  /**
   * Whether the policies of roles and resources are enforced.
   * @default - every caller, and every role, has all permissions
   */
  readonly enforceIam?: boolean;

  /**
   * Receives the decisions about requests that policies apply to.
   * @default - denials are only errors of the requests
   */
  readonly onAccess?: (access: EvaluatedAccess) => void;
}

/** The AWS services that stacks of this library need, on one port of this machine. */
export class LocalService {
  public readonly context: Context;
  private readonly server: LocalServer;
  private readonly services: readonly Service[];

  constructor(private readonly options: ServiceOptions) {
    const { directory, region, engine, enforceIam = false, onAccess } = options;
    this.server = new LocalServer((request) =>
      respond(
        this.services,
        request,
        (one) => permissions.callerWith(accessKeyOf(one)),
        signingNameOf(request),
        region,
      ),
    );
    this.context = new Context(directory, region, engine, () => this.server.host, options);
    keepAccount(directory, this.context.account);
    const permissions = new Permissions(this.context, enforceIam, onAccess);
    this.services = createServices(this.context, permissions);
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
