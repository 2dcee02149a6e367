import type {
  AsyncInferenceConfig,
  CreateEndpointCommandInput,
  UpdateEndpointCommandInput,
  UpdateEndpointWeightsAndCapacitiesCommandInput,
} from '@aws-sdk/client-sagemaker';
import { ServiceError, validationError } from '../../../aws-model/service-error';
import type { Store } from '../../store';
import type { Operations } from '../../wire/json';
import { type Wire, now } from '../../wire/record';
import { describe } from '../descriptions';
import { list, pick } from '../pages';
import type { Tags } from '../tags';
import { type Endpoint, type Retained, variantsOf, withCapacities } from './endpoint';
import type { EndpointConfigs } from './endpoint-configs';
import { Fleet, type FleetServices, type Host, type ShadowHost } from './fleet';

/** A host that receives a part of the requests, according to its weight. */
export type WeightedHost = Host & { readonly weight: number };

interface Services extends FleetServices {
  readonly tags: Tags;
  readonly configs: EndpointConfigs;
}

const RETAIN_ALL: Retained = { weights: true, counts: true };

/** Endpoints, whose containers run on this machine. */
export class Endpoints {
  public readonly operations: Operations;
  private readonly store: Store<Endpoint>;

  /** The fleets that receive requests, by the names of their endpoints. */
  private readonly serving = new Map<string, Fleet>();

  /** All fleets that have containers: also those that start, and those that only complete their requests in progress. */
  private readonly fleets = new Set<Fleet>();
  private readonly work = new Map<string, Promise<void>>();
  private isClosing = false;

  constructor(private readonly services: Services) {
    this.store = services.context.store<Endpoint>('endpoints');
    this.operations = {
      CreateEndpoint: (input: Wire<CreateEndpointCommandInput>) => pick(this.create(input), 'EndpointArn'),
      DescribeEndpoint: ({ EndpointName }: { EndpointName: string }) => this.describe(this.existing(EndpointName)),
      UpdateEndpoint: (input: Wire<UpdateEndpointCommandInput>) => pick(this.update(input), 'EndpointArn'),
      UpdateEndpointWeightsAndCapacities: (input: Wire<UpdateEndpointWeightsAndCapacitiesCommandInput>) =>
        pick(this.updateCapacities(input), 'EndpointArn'),
      DeleteEndpoint: ({ EndpointName }: { EndpointName: string }) => this.delete(EndpointName),
      ListEndpoints: (query: object) => list('ListEndpoints', this.store.list(), query),
    };
  }

  /** Starts the containers of all endpoints again, under their current configurations. */
  public resume(): void {
    for (const { EndpointName, EndpointStatus } of this.store.list()) {
      if (EndpointStatus === 'Deleting') this.remove(EndpointName);
      else if (EndpointStatus !== 'Failed') this.deploy(EndpointName, 'Creating');
    }
  }

  public async close(): Promise<void> {
    this.isClosing = true;
    this.serving.clear();
    await Promise.all([...[...this.fleets].map((fleet) => fleet.dispose()), ...this.work.values()]);
  }

  public create({ Tags: tags, ...input }: Wire<CreateEndpointCommandInput>): Endpoint {
    const { EndpointName: name = '', EndpointConfigName = '' } = input;
    if (this.store.get(name) !== undefined) throw validationError(`Cannot create already existing endpoint "${name}".`);
    const config = this.services.configs.existing(EndpointConfigName);
    const EndpointArn = this.services.context.arn('sagemaker', `endpoint/${name.toLowerCase()}`);
    this.services.tags.add(EndpointArn, tags as never);
    const endpoint = this.store.put(name, {
      EndpointName: name,
      EndpointArn,
      EndpointConfigName,
      config,
      EndpointStatus: 'Creating',
      CreationTime: now(),
      LastModifiedTime: now(),
    });
    this.services.context.events.publish('endpoint', endpoint);
    this.deploy(name, 'Creating');
    return endpoint;
  }

  /** Replaces the containers. The old ones serve requests until the new ones are healthy, and remain if that fails. */
  public update(input: Wire<UpdateEndpointCommandInput>): Endpoint {
    const { EndpointName: name = '', EndpointConfigName = '' } = input;
    const { EndpointStatus } = this.existing(name);
    const config = this.services.configs.existing(EndpointConfigName);
    if (EndpointStatus !== 'InService' && EndpointStatus !== 'Failed') {
      throw validationError(`Cannot update in-progress endpoint "${name}".`);
    }
    const excluded = (input.ExcludeRetainedVariantProperties ?? []).map(
      ({ VariantPropertyType }) => VariantPropertyType,
    );
    const isKept = (property: string): boolean =>
      input.RetainAllVariantProperties === true && !excluded.includes(property as never);
    this.deploy(name, 'Updating', config, {
      weights: isKept('DesiredWeight'),
      counts: isKept('DesiredInstanceCount'),
    });
    return this.existing(name);
  }

  /** Changes weights, which take effect immediately, and instance counts, which are only recorded. */
  public updateCapacities({
    EndpointName: name = '',
    DesiredWeightsAndCapacities: desired = [],
  }: Wire<UpdateEndpointWeightsAndCapacitiesCommandInput>): Endpoint {
    const { EndpointStatus, ProductionVariants: variants = [] } = this.existing(name);
    if (EndpointStatus !== 'InService') throw validationError(`Cannot update in-progress endpoint "${name}".`);
    const unknown = desired.find(({ VariantName }) => !variants.some((one) => one.VariantName === VariantName));
    if (unknown !== undefined)
      throw validationError(`The variant "${unknown.VariantName}" of "${name}" does not exist.`);
    return this.store.update(name, {
      LastModifiedTime: now(),
      ProductionVariants: withCapacities(variants, desired),
    });
  }

  public delete(name: string): void {
    const { EndpointStatus } = this.existing(name);
    if (EndpointStatus === 'Deleting') throw validationError(`Cannot update in-progress endpoint "${name}".`);
    this.setStatus(name, { EndpointStatus: 'Deleting' });
    const before = this.work.get(name) ?? Promise.resolve();
    const fleet = this.serving.get(name);
    this.serving.delete(name);
    this.track(
      name,
      Promise.all([before, this.drain(fleet)]).then(() => this.remove(name)),
    );
  }

  public existing(name: string): Endpoint {
    const endpoint = this.store.get(name);
    if (endpoint === undefined) throw validationError(`Could not find endpoint "${name}".`);
    return endpoint;
  }

  /** The name of an endpoint, by its name or its ARN; undefined if it does not exist. */
  public nameOf(nameOrArn: string): string | undefined {
    return this.store.list().find(({ EndpointName, EndpointArn }) => [EndpointName, EndpointArn].includes(nameOrArn))
      ?.EndpointName;
  }

  /** The hosts that serve the requests of an endpoint now. */
  public hosts(name: string): WeightedHost[] {
    const hosts = this.serving.get(name)?.hosts ?? [];
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

  /** Whether an endpoint receives requests: not yet while it is created, and not any more while it is deleted. */
  public isServing(name: string): boolean {
    return this.serving.has(name);
  }

  /** The hosts that receive copies of the requests of an endpoint. */
  public shadows(name: string): ShadowHost[] {
    return this.serving.get(name)?.shadows ?? [];
  }

  /** The asynchronous inference configuration of an endpoint; undefined if it is not asynchronous. */
  public asyncConfig(name: string): Wire<AsyncInferenceConfig> | undefined {
    return this.existing(name).config.AsyncInferenceConfig;
  }

  public list(): Endpoint[] {
    return this.store.list();
  }

  private describe(endpoint: Endpoint): object {
    const { AsyncInferenceConfig, ProductionVariants: variants = [] } = endpoint.config;
    const ProductionVariants = endpoint.ProductionVariants?.map((summary) => {
      const { ServerlessConfig } = variants.find(({ VariantName }) => VariantName === summary.VariantName) ?? {};
      return { ...summary, CurrentServerlessConfig: ServerlessConfig, DesiredServerlessConfig: ServerlessConfig };
    });
    return describe('DescribeEndpoint', { ...endpoint, AsyncInferenceConfig, ProductionVariants });
  }

  private remove(name: string): void {
    const endpoint = this.store.get(name);
    if (endpoint === undefined) return;
    this.store.delete(name);
    this.services.tags.remove(endpoint.EndpointArn);
    this.services.context.events.publish('endpoint', { ...endpoint, EndpointStatus: 'Deleted' });
  }

  private deploy(
    name: string,
    phase: 'Creating' | 'Updating',
    config = this.existing(name).config,
    retained = RETAIN_ALL,
  ): void {
    this.setStatus(name, { EndpointStatus: phase });
    const fleet = new Fleet(this.services, name);
    this.fleets.add(fleet);
    const started = Promise.resolve().then(() => fleet.start(config));
    const deployed = started.then(
      async () => {
        if (this.isClosing || this.store.get(name)?.EndpointStatus === 'Deleting') return this.drain(fleet);
        const old = this.serving.get(name);
        this.serving.set(name, fleet);
        const { EndpointConfigName } = config;
        this.settle(name, { EndpointStatus: 'InService', EndpointConfigName, config }, retained);
        await this.drain(old);
      },
      async (error: Error) => {
        await this.drain(fleet);
        if (this.isClosing || this.store.get(name)?.EndpointStatus !== phase) return;
        const EndpointStatus = this.serving.has(name) ? 'InService' : 'Failed';
        this.settle(name, { EndpointStatus, FailureReason: error.message }, RETAIN_ALL);
      },
    );
    this.track(name, deployed);
  }

  private async drain(fleet: Fleet | undefined): Promise<void> {
    if (fleet === undefined) return;
    await fleet.drain();
    this.fleets.delete(fleet);
  }

  /** Ends a deployment, with the variants of the configuration that the endpoint has from now on. */
  private settle(
    name: string,
    outcome: Partial<Endpoint> & { readonly EndpointStatus: 'InService' | 'Failed' },
    retained: Retained,
  ): void {
    const endpoint = this.existing(name);
    const variants = variantsOf(outcome.config ?? endpoint.config, endpoint, retained);
    this.setStatus(name, { FailureReason: undefined, LastModifiedTime: now(), ...outcome, ...variants });
  }

  private setStatus(name: string, change: Partial<Endpoint>): void {
    const { EndpointStatus: before } = this.existing(name);
    const endpoint = this.store.update(name, change);
    if (endpoint.EndpointStatus !== before) this.services.context.events.publish('endpoint', endpoint);
  }

  private track(name: string, work: Promise<void>): void {
    const tracked = work.finally(() => {
      if (this.work.get(name) === tracked) this.work.delete(name);
    });
    this.work.set(name, tracked);
  }
}
