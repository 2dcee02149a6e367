import type {
  CreateInferenceComponentCommandInput,
  UpdateInferenceComponentCommandInput,
  UpdateInferenceComponentRuntimeConfigCommandInput,
} from '@aws-sdk/client-sagemaker';
import { ServiceError, validationError } from '../../../aws-model/service-error';
import { notSupported } from '../../../aws-model/not-supported';
import type { Alarms } from '../../cloudwatch';
import type { Store } from '../../store';
import type { Operations } from '../../wire/json';
import { type Wire, now } from '../../wire/record';
import { describe } from '../descriptions';
import { Deployment } from '../endpoint/deployment';
import type { Endpoints } from '../endpoint/endpoints';
import { Fleet, type FleetServices } from '../endpoint/fleet';
import { Hosting } from '../endpoint/hosting';
import { type Replica, Replicas } from '../endpoint/replicas';
import { ExecutionRole } from '../execution-role';
import type { HostedModel } from '../models';
import { list, pick } from '../pages';
import type { Tags } from '../tags';
import {
  type InferenceComponent,
  type Specification,
  checkedSpecification,
  describedSpecification,
} from './inference-component';

interface Services extends FleetServices {
  readonly alarms: Alarms;
  readonly tags: Tags;
  readonly endpoints: Endpoints;
}

const NO_CAPACITY =
  'Inference Component has no capacity to process this request. ApplicationAutoScaling may be in-progress (if configured) or try to ' +
  'increase the capacity by invoking UpdateInferenceComponentRuntimeConfig API.';

/** An inference component that is invoked has no copies. */
export class NoCapacity extends ServiceError {
  constructor(public readonly component: string) {
    super('ValidationException', NO_CAPACITY);
  }
}

/** Inference components: models that share the instances of an endpoint. Each copy is a model server on this machine. */
export class InferenceComponents {
  public readonly operations: Operations;
  private readonly store: Store<InferenceComponent>;

  /** The copies, by the names of the inference components. */
  private readonly hostings = new Map<string, Hosting>();
  private readonly work = new Set<Promise<void>>();
  private isClosing = false;

  constructor(private readonly services: Services) {
    this.store = services.context.store<InferenceComponent>('inference-components');
    this.operations = {
      CreateInferenceComponent: (input: Wire<CreateInferenceComponentCommandInput>) =>
        pick(this.create(input), 'InferenceComponentArn'),
      DescribeInferenceComponent: ({ InferenceComponentName }: { InferenceComponentName: string }) => {
        const component = this.existing(InferenceComponentName);
        const Specification = describedSpecification(component);
        return describe('DescribeInferenceComponent', { ...component, Specification });
      },
      UpdateInferenceComponent: (input: Wire<UpdateInferenceComponentCommandInput>) =>
        pick(this.update(input), 'InferenceComponentArn'),
      UpdateInferenceComponentRuntimeConfig: (input: Wire<UpdateInferenceComponentRuntimeConfigCommandInput>) =>
        pick(this.updateCopies(input), 'InferenceComponentArn'),
      DeleteInferenceComponent: ({ InferenceComponentName }: { InferenceComponentName: string }) =>
        this.delete(InferenceComponentName),
      ListInferenceComponents: (query: object) => list('ListInferenceComponents', this.store.list(), query),
    };
  }

  /** Starts the copies of all inference components again. */
  public resume(): void {
    for (const { InferenceComponentName: name, InferenceComponentStatus } of this.store.list()) {
      if (InferenceComponentStatus === 'Deleting') this.remove(name);
      else if (InferenceComponentStatus !== 'Failed') this.deploy(name, 'Creating');
    }
  }

  public async close(): Promise<void> {
    this.isClosing = true;
    await Promise.all([...[...this.hostings.values()].map((hosting) => hosting.dispose()), ...this.work]);
  }

  public create({ Tags: tags, ...input }: Wire<CreateInferenceComponentCommandInput>): InferenceComponent {
    const { InferenceComponentName: name = '', EndpointName = '', RuntimeConfig, Specifications } = input;
    if (this.store.get(name) !== undefined) {
      throw validationError(`Cannot create already existing inference component "${name}".`);
    }
    if (Specifications !== undefined) {
      throw validationError(notSupported('sagemaker', 'Specifications by instance type: use Specification'));
    }
    const Specification = checkedSpecification(input.Specification);
    const { EndpointArn, VariantName } = this.variantOf(EndpointName, input.VariantName);
    const InferenceComponentArn = this.services.context.arn('sagemaker', `inference-component/${name.toLowerCase()}`);
    this.modelOf(Specification);
    this.services.tags.add(InferenceComponentArn, tags as never);
    this.store.put(name, {
      ...input,
      InferenceComponentName: name,
      InferenceComponentArn,
      EndpointName,
      EndpointArn,
      VariantName,
      Specification,
      RuntimeConfig: { DesiredCopyCount: RuntimeConfig?.CopyCount ?? 1, CurrentCopyCount: 0 },
      InferenceComponentStatus: 'Creating',
      CreationTime: now(),
      LastModifiedTime: now(),
    });
    this.deploy(name, 'Creating');
    return this.existing(name);
  }

  /** Replaces the copies if the specification changes. The old ones serve until the new ones are healthy, and remain if that fails. */
  public update(input: Wire<UpdateInferenceComponentCommandInput>): InferenceComponent {
    const { InferenceComponentName: name = '', Specification, RuntimeConfig, DeploymentConfig, Specifications } = input;
    const component = this.changeable(name);
    if (Specifications !== undefined) {
      throw validationError(notSupported('sagemaker', 'Specifications by instance type: use Specification'));
    }
    const next = Specification === undefined ? component.Specification : checkedSpecification(Specification);
    this.modelOf(next);
    this.store.update(name, { LastDeploymentConfig: DeploymentConfig });
    this.deploy(name, 'Updating', next, RuntimeConfig?.CopyCount);
    return this.existing(name);
  }

  /** Starts or stops copies. */
  public updateCopies({
    InferenceComponentName: name = '',
    DesiredRuntimeConfig,
  }: Wire<UpdateInferenceComponentRuntimeConfigCommandInput>): InferenceComponent {
    const { RuntimeConfig: before } = this.changeable(name);
    const DesiredCopyCount = DesiredRuntimeConfig?.CopyCount ?? before.DesiredCopyCount;
    this.setStatus(name, {
      InferenceComponentStatus: 'Updating',
      RuntimeConfig: { ...before, DesiredCopyCount },
    });
    const scale = async (): Promise<void> => this.hostings.get(name)?.scaleTo(this.countsOf(name));
    const scaled = scale().then(
      () => this.settle(name, {}),
      async ({ message }: Error) => {
        if (!this.isIn(name, 'Updating')) return;
        this.setStatus(name, { RuntimeConfig: before });
        await scale().catch(() => undefined);
        this.settle(name, { FailureReason: message });
      },
    );
    this.track(scaled);
    return this.existing(name);
  }

  public delete(name: string): void {
    const { InferenceComponentStatus } = this.existing(name);
    if (InferenceComponentStatus === 'Deleting') throw inProgress(name);
    this.setStatus(name, { InferenceComponentStatus: 'Deleting' });
    this.track((this.hostings.get(name)?.drain() ?? Promise.resolve()).then(() => this.remove(name)));
  }

  public existing(name: string): InferenceComponent {
    const component = this.store.get(name);
    if (component === undefined) throw validationError(`Could not find inference component "${name}".`);
    return component;
  }

  /** The name of an inference component, by its ARN; undefined if it does not exist. */
  public nameOf(arn: string): string | undefined {
    return this.store.list().find((one) => one.InferenceComponentArn === arn)?.InferenceComponentName;
  }

  /** Whether an endpoint has inference components. */
  public isUsed(endpointName: string): boolean {
    return this.store.list().some(({ EndpointName }) => EndpointName === endpointName);
  }

  /** The copies that receive a request. */
  public route(endpointName: string, name: string): Replicas {
    const component = this.existing(name);
    if (component.EndpointName !== endpointName) throw validationError(`Could not find inference component "${name}".`);
    const replicas = this.hostings.get(name)?.fleet?.variants[0];
    if (replicas === undefined || replicas.count === 0) throw new NoCapacity(name);
    return replicas;
  }

  /** Whether a model server is a copy that receives requests. */
  public has(replica: Replica): boolean {
    return [...this.hostings.values()].some((hosting) => hosting.has(replica));
  }

  private variantOf(endpoint: string, variant?: string): Pick<InferenceComponent, 'EndpointArn' | 'VariantName'> {
    const { EndpointArn, EndpointStatus, config } = this.services.endpoints.existing(endpoint);
    if (EndpointStatus !== 'InService') throw validationError(`The endpoint "${endpoint}" is not InService.`);
    const hosting = (config.ProductionVariants ?? []).filter(({ ModelName }) => ModelName === undefined);
    const found = hosting.find(({ VariantName }) => variant === undefined || VariantName === variant);
    if (found?.VariantName === undefined) {
      throw validationError(`The endpoint "${endpoint}" has no variant "${variant ?? ''}" for inference components.`);
    }
    return { EndpointArn, VariantName: found.VariantName };
  }

  private modelOf({ ModelName, Container }: Specification): HostedModel {
    const { models } = this.services;
    if (ModelName !== undefined) return models.hosted(ModelName);
    const { Image, ArtifactUrl: ModelDataUrl, Environment } = Container ?? {};
    return models.inline({ Image, ModelDataUrl, Environment });
  }

  private deploy(
    name: string,
    phase: 'Creating' | 'Updating',
    specification = this.existing(name).Specification,
    copyCount = this.existing(name).RuntimeConfig.DesiredCopyCount,
  ): void {
    const component = this.existing(name);
    const oldCounts = this.countsOf(name);
    const nextCounts = { [component.VariantName]: copyCount };
    const hosting = this.hostings.get(name) ?? new Hosting();
    this.hostings.set(name, hosting);
    const { clock, onStartUpLog } = this.services.context;
    const deployment = new Deployment(
      { clock, alarms: this.services.alarms },
      component.LastDeploymentConfig,
      nextCounts,
    );
    if (phase === 'Updating') deployment.notes.forEach((note) => onStartUpLog(`${name} | ${note}`));
    this.setStatus(name, { InferenceComponentStatus: phase });
    const deployed = Promise.resolve()
      .then(() =>
        hosting.replace(deployment, this.fleetOf(component, specification), { oldCounts, nextCounts }, () => undefined),
      )
      .then(
        () =>
          this.settle(name, {
            Specification: specification,
            RuntimeConfig: { DesiredCopyCount: copyCount, CurrentCopyCount: copyCount },
          }),
        ({ message }: Error) =>
          this.settle(name, {
            InferenceComponentStatus: hosting.fleet === undefined ? 'Failed' : 'InService',
            FailureReason: message,
          }),
      );
    this.track(deployed);
  }

  private fleetOf(
    { InferenceComponentName, InferenceComponentArn, EndpointName, VariantName }: InferenceComponent,
    specification: Specification,
  ): Fleet {
    const { config } = this.services.endpoints.existing(EndpointName);
    const model = this.modelOf(specification);
    // A component with a container of its own has no model, whose role it could use.
    const role = new ExecutionRole(this.services, model.roleArn ?? config.ExecutionRoleArn, InferenceComponentArn);
    const variant = config.ProductionVariants?.find((one) => one.VariantName === VariantName);
    const replicas = new Replicas(this.services.context, {
      variant: VariantName,
      model,
      role,
      logGroup: `/aws/sagemaker/InferenceComponents/${InferenceComponentName}`,
      unit: 'copies',
      options: { startUpSeconds: specification.StartupParameters?.ContainerStartupHealthCheckTimeoutInSeconds },
      routing: variant?.RoutingConfig?.RoutingStrategy,
      // A copy gets the accelerators that it requires.
      instanceType: hasAccelerators(specification) ? variant?.InstanceType : undefined,
    });
    return new Fleet([replicas]);
  }

  private countsOf(name: string): Record<string, number> {
    const { VariantName, RuntimeConfig } = this.existing(name);
    return { [VariantName]: RuntimeConfig.DesiredCopyCount };
  }

  /** Ends a change, unless the inference component was deleted or the service closes. */
  private settle(name: string, outcome: Partial<InferenceComponent>): void {
    if (!this.isIn(name, 'Creating') && !this.isIn(name, 'Updating')) return;
    const { RuntimeConfig } = { ...this.existing(name), ...outcome };
    this.setStatus(name, {
      InferenceComponentStatus: 'InService',
      FailureReason: undefined,
      LastModifiedTime: now(),
      ...outcome,
      RuntimeConfig: { ...RuntimeConfig, CurrentCopyCount: RuntimeConfig.DesiredCopyCount },
    });
  }

  private changeable(name: string): InferenceComponent {
    const component = this.existing(name);
    if (!['InService', 'Failed'].includes(component.InferenceComponentStatus)) throw inProgress(name);
    return component;
  }

  private isIn(name: string, status: string): boolean {
    return !this.isClosing && this.store.get(name)?.InferenceComponentStatus === status;
  }

  private remove(name: string): void {
    const component = this.existing(name);
    if (this.isClosing) return;
    this.store.delete(name);
    this.hostings.delete(name);
    this.services.tags.remove(component.InferenceComponentArn);
    this.services.context.events.publish('inferenceComponent', { ...component, InferenceComponentStatus: 'Deleted' });
  }

  private setStatus(name: string, change: Partial<InferenceComponent>): void {
    this.services.context.events.publish('inferenceComponent', this.store.update(name, change));
  }

  private track(work: Promise<void>): void {
    const tracked = work.finally(() => this.work.delete(tracked));
    this.work.add(tracked);
  }
}

function inProgress(name: string): Error {
  return validationError(`Cannot update in-progress inference component "${name}".`);
}

function hasAccelerators({ ComputeResourceRequirements: requirements }: Specification): boolean {
  return (requirements?.NumberOfAcceleratorDevicesRequired ?? 0) > 0;
}
