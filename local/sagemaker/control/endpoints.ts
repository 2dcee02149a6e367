import type { DescribeEndpointCommandOutput, CreateEndpointCommandInput } from '@aws-sdk/client-sagemaker';
import { Run, type Server, serve } from '../../container';
import type { Ecr } from '../aws/ecr';
import type { Logs } from '../aws/logs';
import type { S3 } from '../aws/s3';
import type { Context } from '../context';
import type { Store } from '../store';
import type { Operations } from '../wire/json';
import { type Wire, now } from '../wire/record';
import { ServiceError, validationError } from '../wire/service-error';
import type { EndpointConfigs } from './endpoint-configs';
import type { Models } from './models';
import { page } from './page';
import type { Tags } from './tags';

export type Endpoint = Omit<Wire<DescribeEndpointCommandOutput>, '$metadata'> & {
  readonly EndpointName: string;
  readonly EndpointArn: string;
  readonly EndpointConfigName: string;
  readonly EndpointStatus: string;
  readonly CreationTime: number;
};

/** A container that answers for a variant. */
export interface Host {
  readonly variant: string;
  readonly weight: number;
  readonly server: Server;
}

/** The containers of one endpoint under one configuration. */
interface Fleet {
  readonly run: Run;
  readonly hosts: Host[];
}

interface Services {
  readonly context: Context;
  readonly s3: S3;
  readonly ecr: Ecr;
  readonly logs: Logs;
  readonly tags: Tags;
  readonly models: Models;
  readonly configs: EndpointConfigs;
}

/** What is under way may still answer requests before its containers are taken away. */
const DRAIN_MS = 1_000;

/** Endpoints: one container for each variant, whatever number of instances is asked for. */
export class Endpoints {
  public readonly operations: Operations;
  private readonly store: Store<Endpoint>;
  private readonly fleets = new Map<string, Fleet>();
  private readonly work = new Map<string, Promise<void>>();
  private isClosing = false;

  constructor(private readonly services: Services) {
    this.store = services.context.store<Endpoint>('endpoints');
    this.operations = {
      CreateEndpoint: (input: Wire<CreateEndpointCommandInput>) => ({ EndpointArn: this.create(input).EndpointArn }),
      DescribeEndpoint: ({ EndpointName }: { EndpointName: string }) => this.existing(EndpointName),
      UpdateEndpoint: (input: { EndpointName: string; EndpointConfigName: string }) => ({
        EndpointArn: this.update(input.EndpointName, input.EndpointConfigName).EndpointArn,
      }),
      DeleteEndpoint: ({ EndpointName }: { EndpointName: string }) => this.delete(EndpointName),
      ListEndpoints: (query: object) => {
        const { items, NextToken } = page(
          this.store.list(),
          query,
          ({ EndpointName }) => EndpointName,
          ({ EndpointStatus }) => EndpointStatus,
        );
        return {
          Endpoints: items.map(({ EndpointName, EndpointArn, EndpointStatus, CreationTime, LastModifiedTime }) => ({
            EndpointName,
            EndpointArn,
            EndpointStatus,
            CreationTime,
            LastModifiedTime,
          })),
          NextToken,
        };
      },
    };
  }

  /** The containers are gone with the process that made them: they are made again, under the configuration that held. */
  public resume(): void {
    for (const { EndpointName, EndpointStatus } of this.store.list()) {
      if (EndpointStatus === 'Deleting') this.forget(EndpointName);
      else if (EndpointStatus !== 'Failed') this.deploy(EndpointName, 'Creating');
    }
  }

  public async close(): Promise<void> {
    this.isClosing = true;
    const fleets = [...this.fleets.values()];
    this.fleets.clear();
    await Promise.all([...fleets.map(({ run }) => run.dispose()), ...this.work.values()]);
  }

  public create({ Tags: tags, ...input }: Wire<CreateEndpointCommandInput>): Endpoint {
    const { EndpointName: name = '', EndpointConfigName = '' } = input;
    if (this.store.get(name) !== undefined) throw validationError(`Cannot create already existing endpoint "${name}".`);
    this.services.configs.existing(EndpointConfigName);
    const EndpointArn = this.services.context.arn('sagemaker', `endpoint/${name.toLowerCase()}`);
    this.services.tags.add(EndpointArn, tags as never);
    const endpoint = this.store.put(name, {
      EndpointName: name,
      EndpointArn,
      EndpointConfigName,
      EndpointStatus: 'Creating',
      CreationTime: now(),
      LastModifiedTime: now(),
    });
    this.deploy(name, 'Creating');
    return endpoint;
  }

  /** The old containers answer until the new ones are healthy, and go on if those never are. */
  public update(name: string, EndpointConfigName: string): Endpoint {
    const { EndpointStatus } = this.existing(name);
    this.services.configs.existing(EndpointConfigName);
    if (EndpointStatus !== 'InService' && EndpointStatus !== 'Failed') {
      throw validationError(`Cannot update in-progress endpoint "${name}".`);
    }
    const endpoint = this.store.update(name, { EndpointStatus: 'Updating' });
    this.deploy(name, 'Updating', EndpointConfigName);
    return endpoint;
  }

  public delete(name: string): void {
    const { EndpointStatus } = this.existing(name);
    if (EndpointStatus === 'Deleting') throw validationError(`Cannot update in-progress endpoint "${name}".`);
    this.store.update(name, { EndpointStatus: 'Deleting' });
    const before = this.work.get(name) ?? Promise.resolve();
    const fleet = this.fleets.get(name);
    this.fleets.delete(name);
    this.track(
      name,
      before.then(() => fleet?.run.dispose()).then(() => this.forget(name)),
    );
  }

  public existing(name: string): Endpoint {
    const endpoint = this.store.get(name);
    if (endpoint === undefined) throw validationError(`Could not find endpoint "${name}".`);
    return endpoint;
  }

  /** The name of an endpoint, by its name or its ARN; undefined when there is none. */
  public nameOf(nameOrArn: string): string | undefined {
    return this.store.list().find(({ EndpointName, EndpointArn }) => [EndpointName, EndpointArn].includes(nameOrArn))
      ?.EndpointName;
  }

  /** Who answers for an endpoint now. */
  public hosts(name: string): Host[] {
    const hosts = this.fleets.get(name)?.hosts ?? [];
    if (hosts.length === 0) {
      const { account } = this.services.context;
      throw new ServiceError('ValidationError', `Endpoint ${name} of account ${account} not found.`);
    }
    return hosts;
  }

  private forget(name: string): void {
    const endpoint = this.store.get(name);
    if (endpoint === undefined) return;
    this.store.delete(name);
    this.services.tags.forget(endpoint.EndpointArn);
  }

  private deploy(
    name: string,
    phase: 'Creating' | 'Updating',
    configName = this.existing(name).EndpointConfigName,
  ): void {
    this.store.update(name, { EndpointStatus: phase });
    const run = new Run(this.services.context.engine);
    const deployed = this.start(name, configName, run).then(
      async (hosts) => {
        const old = this.fleets.get(name);
        if (this.isClosing || this.store.get(name)?.EndpointStatus === 'Deleting') return run.dispose();
        this.fleets.set(name, { run, hosts });
        this.settle(name, configName, 'InService');
        if (old !== undefined) {
          await new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
          await old.run.dispose();
        }
      },
      async (error: unknown) => {
        await run.dispose();
        if (this.isClosing || this.store.get(name)?.EndpointStatus !== phase) return;
        const isServing = this.fleets.has(name);
        const { EndpointConfigName } = this.existing(name);
        this.settle(name, EndpointConfigName, isServing ? 'InService' : 'Failed', (error as Error).message);
      },
    );
    this.track(name, deployed);
  }

  private async start(name: string, configName: string, run: Run): Promise<Host[]> {
    const { s3, ecr, logs, models, configs } = this.services;
    const variants = configs.existing(configName).ProductionVariants ?? [];
    return Promise.all(
      variants.map(async ({ VariantName: variant = '', ModelName = '', InitialVariantWeight: weight = 1 }) => {
        const { image, modelDataUrl, environment } = models.hosted(ModelName);
        const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(modelDataUrl ?? '') ?? [];
        const model = modelDataUrl === undefined ? undefined : s3.file(bucket, key);
        const onLog = ({ text }: { text: string }): void =>
          logs.write(`/aws/sagemaker/Endpoints/${name}`, `${variant}/i-local`, text);
        const server = await serve(run, { image: ecr.localName(image), model, environment }, { onLog });
        return { variant, weight, server };
      }),
    );
  }

  private settle(
    name: string,
    EndpointConfigName: string,
    EndpointStatus: 'InService' | 'Failed',
    FailureReason?: string,
  ): void {
    const variants = this.services.configs.existing(EndpointConfigName).ProductionVariants ?? [];
    this.store.update(name, {
      EndpointStatus,
      EndpointConfigName,
      FailureReason,
      LastModifiedTime: now(),
      ProductionVariants: variants.map(({ VariantName, InitialVariantWeight = 1, InitialInstanceCount }) => ({
        VariantName,
        CurrentWeight: InitialVariantWeight,
        DesiredWeight: InitialVariantWeight,
        CurrentInstanceCount: InitialInstanceCount,
        DesiredInstanceCount: InitialInstanceCount,
      })),
    });
  }

  private track(name: string, work: Promise<void>): void {
    const tracked = work.finally(() => {
      if (this.work.get(name) === tracked) this.work.delete(name);
    });
    this.work.set(name, tracked);
  }
}
