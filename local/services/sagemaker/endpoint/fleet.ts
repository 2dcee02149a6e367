import type { ProductionVariant } from '@aws-sdk/client-sagemaker';
import { SECONDS, UNKNOWN_USER } from '../../../contract';
import type { Wire } from '../../wire/record';
import { ExecutionRole, type ExecutionRoleServices } from '../execution-role';
import type { ServerOptions } from '../model-server';
import type { Models } from '../models';
import type { EndpointConfig } from './endpoint-configs';
import { type Replica, Replicas } from './replicas';

export interface FleetServices extends ExecutionRoleServices {
  readonly models: Models;
}

type Variant = Wire<ProductionVariant>;

/** Replicas that receive copies of requests, and the share of requests that is copied to them. */
export interface Shadow {
  readonly replicas: Replicas;
  readonly share: number;
}

/** The instance counts of variants, by their names. */
export type InstanceCounts = Readonly<Record<string, number>>;

/** The containers of an endpoint under one configuration, or those of an inference component. */
export class Fleet {
  constructor(
    public readonly variants: Replicas[],
    public readonly shadows: Shadow[] = [],
  ) {}

  /** The number of instances that run on this machine. */
  public get count(): number {
    return this.variants.reduce((sum, { count }) => sum + count, 0);
  }

  /** Starts and stops containers until the variants have their instance counts, and waits until all containers are healthy. */
  public async scaleTo(counts: InstanceCounts): Promise<void> {
    await Promise.all(this.all.map((replicas) => replicas.scaleTo(counts[replicas.variant] ?? 1)));
  }

  /** Whether a model server of the fleet receives requests. */
  public has(replica: Replica): boolean {
    return this.all.some((replicas) => replicas.has(replica));
  }

  /** Validates that the roles of the models may monitor alarms. */
  public checkAlarms(names: readonly string[]): void {
    this.all.forEach(({ definition }) => definition.role.checkAlarms(names));
  }

  /** Removes the containers after their requests in progress have ended. The fleet must not receive new ones any more. */
  public async drain(): Promise<void> {
    await Promise.all(this.all.map((replicas) => replicas.drain()));
  }

  /** Removes the containers at once. */
  public async dispose(): Promise<void> {
    await Promise.all(this.all.map((replicas) => replicas.dispose()));
  }

  private get all(): Replicas[] {
    return [...this.variants, ...this.shadows.map(({ replicas }) => replicas)];
  }
}

/** The fleet of an endpoint. The models can be deleted while it uses them. Variants for inference components have no containers. */
export function fleetOf(
  services: FleetServices,
  endpointName: string,
  { ProductionVariants = [], ShadowProductionVariants: shadows = [], KmsKeyId: key }: EndpointConfig,
): Fleet {
  const endpointArn = services.context.arn('sagemaker', `endpoint/${endpointName.toLowerCase()}`);
  const production = ProductionVariants.filter(({ ModelName }) => ModelName !== undefined);
  const total = production.reduce((sum, variant) => sum + weightOf(variant), 0);
  const replicasOf = (variant: Variant): Replicas => {
    const model = services.models.hosted(variant.ModelName ?? '');
    const role = new ExecutionRole(services, model.roleArn, endpointArn);
    role.checkVolumeKey(key);
    return new Replicas(services.context, {
      variant: variant.VariantName ?? '',
      model,
      role,
      logGroup: `/aws/sagemaker/Endpoints/${endpointName}`,
      unit: 'instances',
      options: optionsOf(variant),
      instanceType: variant.InstanceType,
      routing: variant.RoutingConfig?.RoutingStrategy,
      maxConcurrency: variant.ServerlessConfig?.MaxConcurrency,
    });
  };
  return new Fleet(
    production.map(replicasOf),
    shadows.map((variant) => ({
      replicas: replicasOf(variant),
      share: total === 0 ? 0 : weightOf(variant) / total,
    })),
  );
}

function optionsOf({ ServerlessConfig, ContainerStartupHealthCheckTimeoutInSeconds }: Variant): ServerOptions {
  if (ServerlessConfig !== undefined) return { startUpSeconds: SECONDS.startUpServerless, user: UNKNOWN_USER };
  return { startUpSeconds: ContainerStartupHealthCheckTimeoutInSeconds };
}

function weightOf({ InitialVariantWeight = 1 }: Variant): number {
  return InitialVariantWeight;
}
