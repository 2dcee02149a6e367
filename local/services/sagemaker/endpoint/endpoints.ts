import type {
  AsyncInferenceConfig,
  CreateEndpointCommandInput,
  DataCaptureConfig,
  UpdateEndpointCommandInput,
  UpdateEndpointWeightsAndCapacitiesCommandInput,
} from '@aws-sdk/client-sagemaker';
import { ServiceError, validationError } from '../../../aws-model/service-error';
import type { Alarms } from '../../cloudwatch';
import type { Store } from '../../store';
import type { Operations } from '../../wire/json';
import { type Wire, now } from '../../wire/record';
import { describe } from '../descriptions';
import { list, pick } from '../pages';
import type { Tags } from '../tags';
import { Deployment, checkDeployment } from './deployment';
import {
  type Endpoint,
  type Retained,
  captureSummary,
  desiredCounts,
  hostsComponents,
  pendingSummary,
  variantsOf,
  withCurrent,
  withDesired,
  withStage,
} from './endpoint';
import type { EndpointConfigs } from './endpoint-configs';
import { checkEndpointQuotas } from './endpoint-quotas';
import { type FleetServices, type Shadow, fleetOf } from './fleet';
import { Hosting } from './hosting';
import type { Replica, Replicas } from './replicas';

interface Services extends FleetServices {
  readonly alarms: Alarms;
  readonly tags: Tags;
  readonly configs: EndpointConfigs;

  /** Whether an endpoint has inference components. */
  hasComponents(endpointName: string): boolean;
}

const RETAIN_ALL: Retained = { weights: true, counts: true, capture: true };

/** Endpoints, whose containers run on this machine. */
export class Endpoints {
  public readonly operations: Operations;
  private readonly store: Store<Endpoint>;

  /** The containers, by the names of the endpoints. */
  private readonly hostings = new Map<string, Hosting>();
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
    await Promise.all([...[...this.hostings.values()].map((hosting) => hosting.dispose()), ...this.work.values()]);
  }

  public create({ Tags: tags, ...input }: Wire<CreateEndpointCommandInput>): Endpoint {
    const { EndpointName: name = '', EndpointConfigName = '' } = input;
    if (this.store.get(name) !== undefined) throw validationError(`Cannot create already existing endpoint "${name}".`);
    const config = this.services.configs.existing(EndpointConfigName);
    checkDeployment(input.DeploymentConfig);
    checkEndpointQuotas(this.services.context.endpointQuotas, this.store.list(), config);
    const EndpointArn = this.services.context.arn('sagemaker', `endpoint/${name.toLowerCase()}`);
    this.services.tags.add(EndpointArn, tags as never);
    const endpoint = this.store.put(name, {
      EndpointName: name,
      EndpointArn,
      EndpointConfigName,
      config,
      capture: config.DataCaptureConfig,
      LastDeploymentConfig: input.DeploymentConfig,
      EndpointStatus: 'Creating',
      CreationTime: now(),
      LastModifiedTime: now(),
    });
    this.services.context.events.publish('endpoint', endpoint);
    this.deploy(name, 'Creating');
    return endpoint;
  }

  /**
   * Replaces the containers, as the deployment configuration specifies it. The old ones serve requests until the new ones are healthy, and
   * remain if that fails.
   */
  public update(input: Wire<UpdateEndpointCommandInput>): Endpoint {
    const { EndpointName: name = '', EndpointConfigName = '' } = input;
    const { EndpointStatus, LastDeploymentConfig, EndpointConfigName: currentConfigName } = this.existing(name);
    const config = this.services.configs.existing(EndpointConfigName);
    if (EndpointStatus !== 'InService' && EndpointStatus !== 'Failed') {
      throw validationError(`Cannot update in-progress endpoint "${name}".`);
    }
    const deploymentConfig = input.RetainDeploymentConfig === true ? LastDeploymentConfig : input.DeploymentConfig;
    checkDeployment(deploymentConfig);
    // The rollback of a stack updates an endpoint to the configuration that it still has.
    if (EndpointConfigName !== currentConfigName)
      checkEndpointQuotas(this.services.context.endpointQuotas, this.store.list(), config);
    this.store.update(name, { LastDeploymentConfig: deploymentConfig });
    const excluded = (input.ExcludeRetainedVariantProperties ?? []).map(
      ({ VariantPropertyType }) => VariantPropertyType,
    );
    const isKept = (property: string): boolean =>
      input.RetainAllVariantProperties === true && !excluded.includes(property as never);
    this.deploy(name, 'Updating', config, {
      weights: isKept('DesiredWeight'),
      counts: isKept('DesiredInstanceCount'),
      capture: isKept('DataCaptureConfig'),
    });
    return this.existing(name);
  }

  /** Changes weights, and starts or stops containers. The previous state is restored if new containers do not become healthy. */
  public updateCapacities({
    EndpointName: name = '',
    DesiredWeightsAndCapacities: desired = [],
  }: Wire<UpdateEndpointWeightsAndCapacitiesCommandInput>): Endpoint {
    const endpoint = this.existing(name);
    const { EndpointStatus, ProductionVariants: variants = [] } = endpoint;
    if (EndpointStatus !== 'InService') throw validationError(`Cannot update in-progress endpoint "${name}".`);
    for (const { VariantName, DesiredInstanceCount } of desired) {
      if (!variants.some((one) => one.VariantName === VariantName))
        throw validationError(`The variant "${VariantName}" of "${name}" does not exist.`);
      if (
        DesiredInstanceCount === 0 &&
        endpoint.config.AsyncInferenceConfig === undefined &&
        !hostsComponents(endpoint)
      )
        throw validationError(
          `The variant "${VariantName}" requires an instance, because "${name}" is not asynchronous.`,
        );
    }
    this.setStatus(name, { EndpointStatus: 'Updating', ProductionVariants: withDesired(variants, desired) });
    this.track(name, this.applyCapacities(name, variants));
    return this.existing(name);
  }

  private async applyCapacities(name: string, before: NonNullable<Endpoint['ProductionVariants']>): Promise<void> {
    const scale = async (): Promise<void> => this.hostings.get(name)?.scaleTo(desiredCounts(this.existing(name)));
    try {
      await scale();
      if (!this.isIn(name, 'Updating')) return;
      const ProductionVariants = withCurrent(this.existing(name).ProductionVariants ?? []);
      this.setStatus(name, { EndpointStatus: 'InService', LastModifiedTime: now(), ProductionVariants });
    } catch (error) {
      if (!this.isIn(name, 'Updating')) return;
      this.setStatus(name, { EndpointStatus: 'RollingBack', ProductionVariants: before });
      await scale().catch(() => undefined);
      if (!this.isIn(name, 'RollingBack')) return;
      this.setStatus(name, { EndpointStatus: 'InService', FailureReason: (error as Error).message });
    }
  }

  public delete(name: string): void {
    const { EndpointStatus } = this.existing(name);
    if (EndpointStatus === 'Deleting') throw validationError(`Cannot update in-progress endpoint "${name}".`);
    if (this.services.hasComponents(name))
      throw validationError(`Cannot delete endpoint "${name}", which has inference components.`);
    this.setStatus(name, { EndpointStatus: 'Deleting' });
    const before = this.work.get(name);
    const drained = this.hostings.get(name)?.drain();
    this.track(
      name,
      Promise.all([before, drained]).then(() => this.remove(name)),
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

  /** The replicas for a request: those of the target variant, or of a random one according to the weights. */
  public route(name: string, target?: string): Replicas {
    const fleet = this.hostings.get(name)?.fleet;
    if (fleet === undefined) {
      const { account } = this.services.context;
      throw new ServiceError('ValidationError', `Endpoint ${name} of account ${account} not found.`);
    }
    const { ProductionVariants: summaries = [] } = this.existing(name);
    const weightOf = ({ variant }: Replicas): number =>
      summaries.find(({ VariantName }) => VariantName === variant)?.CurrentWeight ?? 1;
    return chooseVariant(fleet.variants, weightOf, target);
  }

  /** Whether the variants of an endpoint host inference components, and no models of their own. */
  public hostsComponents(name: string): boolean {
    const endpoint = this.store.get(name);
    return endpoint !== undefined && hostsComponents(endpoint);
  }

  /** Whether an endpoint receives requests: not yet while it is created, and not any more while it is deleted. */
  public isServing(name: string): boolean {
    return this.hostings.get(name)?.fleet !== undefined;
  }

  /** The number of instances of an endpoint that run on this machine. */
  public instanceCount(name: string): number {
    return this.hostings.get(name)?.count ?? 0;
  }

  /** Whether a model server receives requests of an endpoint. */
  public has(name: string, replica: Replica): boolean {
    return this.hostings.get(name)?.has(replica) === true;
  }

  /** The replicas that receive copies of the requests of an endpoint. */
  public shadows(name: string): Shadow[] {
    return this.hostings.get(name)?.fleet?.shadows ?? [];
  }

  /** The asynchronous inference configuration of an endpoint; undefined if it is not asynchronous. */
  public asyncConfig(name: string): Wire<AsyncInferenceConfig> | undefined {
    return this.existing(name).config.AsyncInferenceConfig;
  }

  /** The data capture configuration of an endpoint; undefined if it does not capture data. */
  public captureConfig(name: string): Wire<DataCaptureConfig> | undefined {
    const capture = this.store.get(name)?.capture;
    return capture?.EnableCapture === false ? undefined : capture;
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
    return describe('DescribeEndpoint', {
      ...endpoint,
      AsyncInferenceConfig,
      DataCaptureConfig: captureSummary(endpoint),
      PendingDeploymentSummary: withStage(endpoint, this.hostings.get(endpoint.EndpointName)?.deployment),
      ProductionVariants,
    });
  }

  private remove(name: string): void {
    const endpoint = this.store.get(name);
    if (endpoint === undefined) return;
    this.store.delete(name);
    this.hostings.delete(name);
    this.services.tags.remove(endpoint.EndpointArn);
    this.services.context.events.publish('endpoint', { ...endpoint, EndpointStatus: 'Deleted' });
  }

  private deploy(
    name: string,
    phase: 'Creating' | 'Updating',
    config = this.existing(name).config,
    retained = RETAIN_ALL,
  ): void {
    const endpoint = this.existing(name);
    const variants = variantsOf(config, endpoint, retained);
    const counts = { oldCounts: desiredCounts(endpoint), nextCounts: desiredCounts(variants) };
    const hosting = this.hostings.get(name) ?? new Hosting();
    this.hostings.set(name, hosting);
    const { clock, onStartUpLog } = this.services.context;
    const deployment = new Deployment(
      { clock, alarms: this.services.alarms },
      endpoint.LastDeploymentConfig,
      counts.nextCounts,
    );
    if (phase === 'Updating') deployment.notes.forEach((note) => onStartUpLog(`${name} | ${note}`));
    const PendingDeploymentSummary = pendingSummary(config, variants, clock.now() / 1000);
    this.setStatus(name, { EndpointStatus: phase, PendingDeploymentSummary });
    const rollBack = (): void => {
      if (this.isIn(name, phase)) this.setStatus(name, { EndpointStatus: 'RollingBack' });
    };
    const deployed = Promise.resolve()
      .then(() => hosting.replace(deployment, fleetOf(this.services, name, config), counts, rollBack))
      .then(
        () => ({ EndpointStatus: 'InService' as const, EndpointConfigName: config.EndpointConfigName, config }),
        (error: Error) => ({
          EndpointStatus: hosting.fleet === undefined ? ('Failed' as const) : ('InService' as const),
          FailureReason: error.message,
        }),
      )
      .then((outcome) => {
        if (!this.isIn(name, phase) && !this.isIn(name, 'RollingBack')) return;
        this.settle(name, outcome, 'config' in outcome ? retained : RETAIN_ALL);
      });
    this.track(name, deployed);
  }

  /** Whether an endpoint still has a status: it can be deleted, and the service can be closed, while containers start. */
  private isIn(name: string, status: string): boolean {
    return !this.isClosing && this.store.get(name)?.EndpointStatus === status;
  }

  /** Ends a deployment, with the variants of the configuration that the endpoint has from now on. */
  private settle(
    name: string,
    outcome: Partial<Endpoint> & { readonly EndpointStatus: 'InService' | 'Failed' },
    retained: Retained,
  ): void {
    const endpoint = this.existing(name);
    const config = outcome.config ?? endpoint.config;
    const capture = retained.capture ? endpoint.capture : config.DataCaptureConfig;
    const variants = variantsOf(config, endpoint, retained);
    const settled = { FailureReason: undefined, PendingDeploymentSummary: undefined, LastModifiedTime: now() };
    this.setStatus(name, { ...settled, ...outcome, capture, ...variants });
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

function chooseVariant(variants: Replicas[], weightOf: (variant: Replicas) => number, target?: string): Replicas {
  if (target !== undefined) {
    const found = variants.find(({ variant }) => variant === target);
    if (found === undefined) throw validationError(`Variant ${target} not found.`);
    return found;
  }
  const total = variants.reduce((sum, variant) => sum + weightOf(variant), 0);
  let left = Math.random() * total;
  return variants.find((variant) => (left -= weightOf(variant)) < 0) ?? variants[0];
}
