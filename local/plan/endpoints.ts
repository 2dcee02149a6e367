import type { Assembly, Resource } from '../check/app/assembly';
import { refersTo } from './item';
import { type Known, at, list, number, numberOr, raw, text } from './values';

/** The instances, or the copies, of an endpoint. */
export interface Capacity {
  readonly type: Known<string>;

  /** The number after the deployment. */
  readonly count: Known<number>;

  /** The limits of automatic scaling. */
  readonly min: Known<number>;
  readonly max: Known<number>;
}

/** An endpoint with its capacity. */
export interface Endpoint {
  readonly endpoint: Resource;
  readonly variants: Variant[];
  readonly components: Component[];

  /** The part of its instances that an update adds, while the previous ones still run. */
  readonly updatePart: (count: number) => number;
}

export interface Variant {
  readonly name: string;

  /** Undefined for serverless capacity. */
  readonly instances?: Capacity;
  readonly provisionedConcurrency?: Known<number>;
  readonly maxConcurrency?: Known<number>;
}

/** An inference component. */
interface Component {
  readonly resource: Resource;
  readonly copies: Omit<Capacity, 'type'>;
}

export function endpointsOf(assembly: Assembly): Endpoint[] {
  return assembly.ofType('AWS::SageMaker::Endpoint').map((endpoint) => {
    const config = assembly.referred(endpoint.properties.EndpointConfigName)?.properties;
    return {
      endpoint,
      variants: config === undefined ? [UNDECIDED] : variantsOf(assembly, endpoint, config),
      components: componentsOf(assembly, endpoint),
      updatePart: updatePartOf(at(endpoint.properties, 'DeploymentConfig')),
    };
  });
}

/** The variant of an endpoint whose configuration is not part of the app. */
const UNDECIDED: Variant = { name: '?', instances: { type: null, count: null, min: null, max: null } };

function variantsOf(assembly: Assembly, endpoint: Resource, config: Record<string, unknown>): Variant[] {
  const variants = [...list(config.ProductionVariants), ...list(config.ShadowProductionVariants)];
  return variants.map((variant) => {
    const name = text(at(variant, 'VariantName')) ?? '?';
    const serverless = at(variant, 'ServerlessConfig');
    if (serverless !== undefined) {
      const provisioned = at(serverless, 'ProvisionedConcurrency');
      return {
        name,
        maxConcurrency: number(at(serverless, 'MaxConcurrency')),
        ...(provisioned === undefined ? {} : { provisionedConcurrency: number(provisioned) }),
      };
    }
    const count = number(at(variant, 'InitialInstanceCount'));
    const managed = at(variant, 'ManagedInstanceScaling');
    const limits =
      at(managed, 'Status') === 'ENABLED'
        ? limitsOf(managed, 'MinInstanceCount', 'MaxInstanceCount')
        : scalingOf(assembly, `/variant/${name}`, endpoint);
    return {
      name,
      instances: { type: text(at(variant, 'InstanceType')), count, ...(limits ?? { min: count, max: count }) },
    };
  });
}

type Limits = Pick<Capacity, 'min' | 'max'>;

function limitsOf(value: unknown, min: string, max: string): Limits {
  return { min: number(at(value, min)), max: number(at(value, max)) };
}

/** The limits of the scalable target of a resource. */
function scalingOf(assembly: Assembly, resourceId: string, resource: Resource): Limits | undefined {
  const name = nameOf(resource);
  const target = assembly.ofType('AWS::ApplicationAutoScaling::ScalableTarget').find(({ properties }) => {
    const { ResourceId } = properties;
    const isOf = refersTo(ResourceId, resource) || (name !== null && raw(ResourceId).includes(`/${name}`));
    return isOf && raw(ResourceId).endsWith(resourceId);
  });
  return target && limitsOf(target.properties, 'MinCapacity', 'MaxCapacity');
}

function nameOf({ properties }: Resource): Known<string> {
  return text(properties.EndpointName ?? properties.InferenceComponentName);
}

function componentsOf(assembly: Assembly, endpoint: Resource): Component[] {
  const name = nameOf(endpoint);
  return assembly
    .ofType('AWS::SageMaker::InferenceComponent')
    .filter(({ properties: { EndpointName } }) => {
      return refersTo(EndpointName, endpoint) || (name !== null && EndpointName === name);
    })
    .map((resource) => {
      const count = numberOr(at(resource.properties, 'RuntimeConfig', 'CopyCount'), 1);
      return { resource, copies: { count, ...(scalingOf(assembly, '', resource) ?? { min: count, max: count }) } };
    });
}

/** A blue/green deployment starts a complete second fleet; a rolling one starts one batch at a time. */
function updatePartOf(deployment: unknown): Endpoint['updatePart'] {
  const batch = at(deployment, 'RollingUpdatePolicy', 'MaximumBatchSize');
  const size = number(at(batch, 'Value'));
  if (batch === undefined || size === null) return (count) => count;
  return at(batch, 'Type') === 'CAPACITY_PERCENTAGE'
    ? (count) => Math.ceil((count * size) / 100)
    : (count) => Math.min(count, size);
}

/** The number of instances while an endpoint is updated. */
export function duringUpdate({ updatePart }: Endpoint, count: Known<number>): Known<number> {
  return count === null ? null : count + updatePart(count);
}
