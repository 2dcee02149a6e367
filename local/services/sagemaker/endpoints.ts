import type {
  AsyncInferenceConfig,
  CreateEndpointCommandInput,
  DescribeEndpointCommandOutput,
  ProductionVariant,
  UpdateEndpointCommandInput,
  UpdateEndpointWeightsAndCapacitiesCommandInput,
} from '@aws-sdk/client-sagemaker';
import { SECONDS } from '../../contract';
import { Run } from '../../container';
import type { Ecr } from '../ecr/operations';
import type { Logs } from '../logs/operations';
import type { Buckets } from '../s3/store';
import type { Context } from '../context';
import type { Store } from '../store';
import type { Operations } from '../wire/json';
import { type Wire, now } from '../wire/record';
import { ServiceError, validationError } from '../wire/service-error';
import type { EndpointConfigs } from './endpoint-configs';
import { ModelServer } from './model-server';
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

/** What answers for a variant. */
export interface Host {
  readonly variant: string;
  readonly model: ModelServer;

  /** How many requests a serverless variant answers at a time; undefined for instances. */
  readonly maxConcurrency?: number;

  /** How many it is answering now. */
  inFlight: number;
}

/** How a part of the requests gets to a variant. */
export type Weighted = Host & { readonly weight: number };

/** What is sent copies of requests, and for which share of them. */
export type Shadow = Host & { readonly share: number };

/** The containers of one endpoint under one configuration. */
interface Fleet {
  readonly run: Run;
  readonly hosts: Host[];
  readonly shadows: Shadow[];
}

type Variant = Wire<ProductionVariant>;

interface Services {
  readonly context: Context;
  readonly s3: Buckets;
  readonly ecr: Ecr;
  readonly logs: Logs;
  readonly tags: Tags;
  readonly models: Models;
  readonly configs: EndpointConfigs;
}

/** A user of no image: serverless containers are not run as root. */
const NOBODY = '65534:65534';

/** What is under way may still answer requests before its containers are taken away. */
const DRAIN_MS = 1_000;

/** Endpoints: one model server for each variant, whatever number of instances is asked for. */
export class Endpoints {
  public readonly operations: Operations;

  /** Whoever has requests for an endpoint hears here that it answers, and that it is gone. */
  public onInService: (name: string) => void = () => undefined;
  public onGone: (name: string) => void = () => undefined;
  private readonly store: Store<Endpoint>;
  private readonly fleets = new Map<string, Fleet>();
  private readonly work = new Map<string, Promise<void>>();
  private isClosing = false;

  constructor(private readonly services: Services) {
    this.store = services.context.store<Endpoint>('endpoints');
    this.operations = {
      CreateEndpoint: (input: Wire<CreateEndpointCommandInput>) => ({ EndpointArn: this.create(input).EndpointArn }),
      DescribeEndpoint: ({ EndpointName }: { EndpointName: string }) => this.existing(EndpointName),
      UpdateEndpoint: (input: Wire<UpdateEndpointCommandInput>) => ({ EndpointArn: this.update(input).EndpointArn }),
      UpdateEndpointWeightsAndCapacities: (input: Wire<UpdateEndpointWeightsAndCapacitiesCommandInput>) => ({
        EndpointArn: this.weigh(input).EndpointArn,
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
  public update(input: Wire<UpdateEndpointCommandInput>): Endpoint {
    const { EndpointName: name = '', EndpointConfigName = '' } = input;
    const { EndpointStatus } = this.existing(name);
    this.services.configs.existing(EndpointConfigName);
    if (EndpointStatus !== 'InService' && EndpointStatus !== 'Failed') {
      throw validationError(`Cannot update in-progress endpoint "${name}".`);
    }
    const excluded = (input.ExcludeRetainedVariantProperties ?? []).map(
      ({ VariantPropertyType }) => VariantPropertyType,
    );
    const isKept = (property: string): boolean =>
      input.RetainAllVariantProperties === true && !excluded.includes(property as never);
    this.deploy(name, 'Updating', EndpointConfigName, {
      weights: isKept('DesiredWeight'),
      counts: isKept('DesiredInstanceCount'),
    });
    return this.existing(name);
  }

  /** Weights have an effect at once; the number of instances is written down. */
  public weigh({
    EndpointName: name = '',
    DesiredWeightsAndCapacities: desired = [],
  }: Wire<UpdateEndpointWeightsAndCapacitiesCommandInput>): Endpoint {
    const { EndpointStatus, ProductionVariants: variants = [] } = this.existing(name);
    if (EndpointStatus !== 'InService') throw validationError(`Cannot update in-progress endpoint "${name}".`);
    const unknown = desired.find(({ VariantName }) => !variants.some((one) => one.VariantName === VariantName));
    if (unknown !== undefined) throw validationError(`There is no variant "${unknown.VariantName}" of "${name}".`);
    return this.store.update(name, {
      LastModifiedTime: now(),
      ProductionVariants: variants.map((variant) => {
        const change = desired.find(({ VariantName }) => VariantName === variant.VariantName);
        const weight = change?.DesiredWeight ?? variant.DesiredWeight;
        const count = change?.DesiredInstanceCount ?? variant.DesiredInstanceCount;
        return {
          ...variant,
          CurrentWeight: weight,
          DesiredWeight: weight,
          CurrentInstanceCount: count,
          DesiredInstanceCount: count,
        };
      }),
    });
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
  public hosts(name: string): Weighted[] {
    const hosts = this.fleets.get(name)?.hosts ?? [];
    if (hosts.length === 0) {
      const { account } = this.services.context;
      throw new ServiceError('ValidationError', `Endpoint ${name} of account ${account} not found.`);
    }
    const { ProductionVariants: variants = [] } = this.existing(name);
    return hosts.map((host) => {
      const { CurrentWeight: weight = 1 } = variants.find(({ VariantName }) => VariantName === host.variant) ?? {};
      return Object.assign(host, { weight });
    });
  }

  /** Who is sent copies of the requests to an endpoint. */
  public shadows(name: string): Shadow[] {
    return this.fleets.get(name)?.shadows ?? [];
  }

  /** What the configuration that holds says of asynchronous invocations. */
  public asyncConfig(name: string): Wire<AsyncInferenceConfig> | undefined {
    return this.services.configs.existing(this.existing(name).EndpointConfigName).AsyncInferenceConfig;
  }

  private forget(name: string): void {
    const endpoint = this.store.get(name);
    if (endpoint === undefined) return;
    this.store.delete(name);
    this.services.tags.forget(endpoint.EndpointArn);
    this.onGone(name);
  }

  private deploy(
    name: string,
    phase: 'Creating' | 'Updating',
    configName = this.existing(name).EndpointConfigName,
    kept = { weights: true, counts: true },
  ): void {
    this.store.update(name, { EndpointStatus: phase });
    const run = new Run(this.services.context.engine);
    const deployed = this.start(name, configName, run).then(
      async ({ hosts, shadows }) => {
        const old = this.fleets.get(name);
        if (this.isClosing || this.store.get(name)?.EndpointStatus === 'Deleting') return run.dispose();
        this.fleets.set(name, { run, hosts, shadows });
        this.settle(name, configName, { EndpointStatus: 'InService' }, kept);
        this.onInService(name);
        if (old !== undefined) {
          await new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
          await old.run.dispose();
        }
      },
      async (error: unknown) => {
        await run.dispose();
        if (this.isClosing || this.store.get(name)?.EndpointStatus !== phase) return;
        const EndpointStatus = this.fleets.has(name) ? 'InService' : 'Failed';
        const { EndpointConfigName } = this.existing(name);
        this.settle(name, EndpointConfigName, { EndpointStatus, FailureReason: (error as Error).message });
      },
    );
    this.track(name, deployed);
  }

  private async start(name: string, configName: string, run: Run): Promise<Omit<Fleet, 'run'>> {
    const { ProductionVariants: production = [], ShadowProductionVariants: shadows = [] } =
      this.services.configs.existing(configName);
    const weight = ({ InitialVariantWeight = 1 }: Variant): number => InitialVariantWeight;
    const [hosts, copies] = await Promise.all(
      [production, shadows].map((variants) => Promise.all(variants.map((variant) => this.host(name, variant, run)))),
    );
    const all = production.reduce((sum, variant) => sum + weight(variant), 0);
    return {
      hosts,
      shadows: copies.map((copy, index) => ({ ...copy, share: all === 0 ? 0 : weight(shadows[index]) / all })),
    };
  }

  private async host(name: string, variant: Variant, run: Run): Promise<Host> {
    const { models, logs } = this.services;
    const { VariantName = '', ModelName = '', ServerlessConfig: serverless } = variant;
    const onLog = ({ text }: { text: string }): void =>
      logs.write(`/aws/sagemaker/Endpoints/${name}`, `${VariantName}/i-local`, text);
    const options = {
      // Whoever hosts without servers does so as a user that no image knows.
      user: serverless === undefined ? undefined : NOBODY,
      startUpSeconds:
        serverless === undefined ? variant.ContainerStartupHealthCheckTimeoutInSeconds : SECONDS.startUpServerless,
    };
    const model = await ModelServer.start(this.services, run, models.hosted(ModelName), options, { onLog });
    return { variant: VariantName, model, maxConcurrency: serverless?.MaxConcurrency, inFlight: 0 };
  }

  private settle(
    name: string,
    EndpointConfigName: string,
    outcome: { EndpointStatus: 'InService' | 'Failed'; FailureReason?: string },
    kept = { weights: true, counts: true },
  ): void {
    const { ProductionVariants: variants = [], ShadowProductionVariants: shadows } =
      this.services.configs.existing(EndpointConfigName);
    const { ProductionVariants: before = [] } = this.existing(name);
    this.store.update(name, {
      FailureReason: undefined,
      ...outcome,
      EndpointConfigName,
      LastModifiedTime: now(),
      ProductionVariants: variants.map(({ VariantName, InitialVariantWeight = 1, InitialInstanceCount }) => {
        const old = before.find((variant) => variant.VariantName === VariantName);
        const weight = (kept.weights ? old?.CurrentWeight : undefined) ?? InitialVariantWeight;
        const count = (kept.counts ? old?.CurrentInstanceCount : undefined) ?? InitialInstanceCount;
        return {
          VariantName,
          CurrentWeight: weight,
          DesiredWeight: weight,
          CurrentInstanceCount: count,
          DesiredInstanceCount: count,
        };
      }),
      ShadowProductionVariants: shadows?.map(({ VariantName, InitialVariantWeight = 1, InitialInstanceCount }) => ({
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
