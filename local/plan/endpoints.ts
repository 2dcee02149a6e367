import type { Assembly, Resource } from '../check/app/assembly';
import { type Known, at, combined, list, number, numberOr, raw, text } from '../check/app/values';
import { refersTo } from './item';

/** The instances, or the copies, of an endpoint. */
export interface Capacity {
  /** The types of which each instance has one. */
  readonly types: Known<string>[];

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
  readonly copies: Omit<Capacity, 'types'>;
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
const UNDECIDED: Variant = { name: '?', instances: { types: [null], count: null, min: null, max: null } };

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
        ? { min: number(at(managed, 'MinInstanceCount')), max: number(at(managed, 'MaxInstanceCount')) }
        : scalingOf(assembly, endpoint, `/variant/${name}`);
    return {
      name,
      instances: { types: typesOf(variant), count, ...(limits ?? { min: count, max: count }) },
    };
  });
}

function typesOf(variant: unknown): Known<string>[] {
  const pools = list(at(variant, 'InstancePools'));
  return (pools.length === 0 ? [variant] : pools).map((one) => text(at(one, 'InstanceType')));
}

type Limits = Pick<Capacity, 'min' | 'max'>;

/** The limits of the scalable target of a resource, and of its scheduled actions: the lowest and the highest. */
function scalingOf(assembly: Assembly, resource: Resource, suffix = ''): Limits | undefined {
  const name = nameOf(resource);
  const target = assembly.ofType('AWS::ApplicationAutoScaling::ScalableTarget').find(({ properties }) => {
    const [, ...words] = raw(properties.ResourceId).split('/');
    const scaled = words.join('/');
    return scaled === `${name}${suffix}` || (refersTo(scaled, resource) && scaled.endsWith(suffix));
  });
  if (target === undefined) return undefined;
  const actions = list(target.properties.ScheduledActions).map((action) => at(action, 'ScalableTargetAction'));
  const limits = (member: string): Known<number>[] =>
    [target.properties, ...actions].flatMap((one) => (at(one, member) === undefined ? [] : [number(at(one, member))]));
  return {
    min: combined(limits('MinCapacity'), (all) => Math.min(...all)),
    max: combined(limits('MaxCapacity'), (all) => Math.max(...all)),
  };
}

function nameOf({ properties }: Resource): Known<string> {
  return text(properties.InferenceComponentName ?? properties.EndpointName);
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
      return { resource, copies: { count, ...(scalingOf(assembly, resource) ?? { min: count, max: count }) } };
    });
}

/** A blue/green deployment starts a complete second fleet; a rolling one starts one batch at a time. */
function updatePartOf(deployment: unknown): Endpoint['updatePart'] {
  const batch = at(deployment, 'RollingUpdatePolicy', 'MaximumBatchSize');
  const size = number(at(batch, 'Value'));
  if (batch === undefined || size === null) return (count) => count;
  return at(batch, 'Type') === 'CAPACITY_PERCENT'
    ? (count) => Math.ceil((count * size) / 100)
    : (count) => Math.min(count, size);
}

/** The number of instances while an endpoint is updated. */
export function duringUpdate({ updatePart }: Endpoint, count: Known<number>): Known<number> {
  return count === null ? null : count + updatePart(count);
}
