import type { Duration, Size } from 'aws-cdk-lib';
import type { aws_kms as kms } from 'aws-cdk-lib';
import type { S3Location } from '../../common/s3-location';
import type { InstanceType } from '../../common/instance-type';
import type { InferenceAmi } from './inference-ami';
import type { IModel } from '../model/model';

/** The strategy that selects the instance for a request. */
export enum RoutingStrategy {
  /** The instance with the fewest outstanding requests. */
  LEAST_OUTSTANDING_REQUESTS = 'LEAST_OUTSTANDING_REQUESTS',

  /** A random instance. */
  RANDOM = 'RANDOM',

  /** The instance and, with inference components, the copy that receives the requests with the same prefix. */
  PREFIX_AWARE = 'PREFIX_AWARE',

  /**
   * An instance that has the start of the prompt in its key-value cache and is not too busy. Requires a container that supports it,
   * such as the vLLM Deep Learning Container.
   */
  KV_AWARE = 'KV_AWARE',
}

/** A pool of instances of one type, from which SageMaker provisions what is available. */
export interface InstancePool {
  /** The instance type. */
  readonly instanceType: InstanceType;

  /** The priority of the pool, 1 to 5; 1 is the highest. */
  readonly priority: number;

  /**
   * The model to host on these instances, for example with an image for their processor.
   *
   * @default - the model of the variant
   */
  readonly model?: IModel;
}

/** The strategy that selects the instances to terminate. */
export enum ScaleInStrategy {
  /** Idle instances are terminated. */
  IDLE_RELEASE = 'IDLE_RELEASE',

  /** Inference component copies are consolidated on as few instances as possible. */
  CONSOLIDATION = 'CONSOLIDATION',
}

/** The scale-in policy of managed instance scaling. */
export interface ScaleInPolicy {
  /** The strategy that selects the instances to terminate. */
  readonly strategy: ScaleInStrategy;

  /**
   * The maximum number of instances to terminate at a time, 1 to 100.
   *
   * @default - the service default
   */
  readonly maximumStepSize?: number;

  /**
   * The time between two scale-in activities, 5 minutes to 1 day.
   *
   * @default - the service default
   */
  readonly cooldown?: Duration;
}

/** Managed instance scaling: SageMaker scales the instances to fit the inference component copies. */
export interface ManagedInstanceScaling {
  /**
   * The maximum number of instances.
   *
   * @default - the service default
   */
  readonly maxInstanceCount?: number;

  /**
   * The minimum number of instances.
   *
   * @default - the service default
   */
  readonly minInstanceCount?: number;

  /**
   * The scale-in policy.
   *
   * @default - the service default
   */
  readonly scaleInPolicy?: ScaleInPolicy;
}

/**
 * Prefix-aware routing: requests with a common prefix are routed to the same instance, which has the prefix in its
 * cache.
 */
export interface PrefixAwareRouting {
  /**
   * The length of the prefix in characters, 1024 to 65,536.
   *
   * @default - the service default
   */
  readonly prefixLength?: number;

  /**
   * The number of concurrent requests to an instance above which other instances are chosen regardless of the prefix, 1
   * to 1024.
   *
   * @default - the service default
   */
  readonly concurrencyThreshold?: number;
}

/** The reserved capacity that a variant uses. */
export interface CapacityReservation {
  /**
   * The ARN of the reservation.
   *
   * @default - any matching reservation
   */
  readonly reservationArn?: string;
}

/** The core dumps of containers that crash. */
export interface CoreDumpOptions {
  /** The S3 location of the core dumps. The execution role is granted permission to write to it. */
  readonly destination: S3Location;

  /**
   * The KMS key that encrypts the core dumps.
   *
   * @default - the default encryption of the bucket
   */
  readonly encryptionKey?: kms.IKey;
}

/** Options for the instances of a variant. */
export interface InstanceOptions {
  /**
   * The instance type. Specify exactly one of `instanceType` and `instancePools`.
   *
   * @default - the instance types of `instancePools`
   */
  readonly instanceType?: InstanceType;

  /**
   * The instance pools from which SageMaker provisions instances in order of priority, 1 to 5.
   *
   * @default - all instances have the type `instanceType`
   */
  readonly instancePools?: InstancePool[];

  /**
   * The time limit for provisioning instances of a pool, 5 minutes to 1 hour.
   *
   * @default - the service default
   */
  readonly instanceProvisionTimeout?: Duration;

  /**
   * The initial number of instances.
   *
   * @default 1
   */
  readonly instanceCount?: number;

  /**
   * The size of the storage volume of each instance, 1 to 512 GiB. Not supported for instance types with local storage.
   *
   * @default - the service default
   */
  readonly volumeSize?: Size;

  /**
   * The time limit for downloading the model data to an instance, 1 minute to 1 hour.
   *
   * @default - the service default
   */
  readonly modelDataDownloadTimeout?: Duration;

  /**
   * The time limit for a container to pass its health check, 1 minute to 1 hour.
   *
   * @default - 8 minutes
   */
  readonly startupHealthCheckTimeout?: Duration;

  /**
   * The Amazon Machine Image of the instances.
   *
   * @default - the service default, which has the oldest drivers for the instance type
   */
  readonly inferenceAmi?: InferenceAmi;

  /**
   * Whether containers can be accessed with a shell through AWS Systems Manager.
   *
   * @default false
   */
  readonly ssmAccess?: boolean;

  /**
   * The core dumps of containers that crash.
   *
   * @default - no core dumps
   */
  readonly coreDump?: CoreDumpOptions;

  /**
   * The strategy that selects the instance for a request.
   *
   * @default - RoutingStrategy.PREFIX_AWARE with `prefixAwareRouting`; otherwise RoutingStrategy.RANDOM
   */
  readonly routing?: RoutingStrategy;

  /**
   * The options of RoutingStrategy.PREFIX_AWARE. Not supported for other strategies.
   *
   * @default - the service defaults
   */
  readonly prefixAwareRouting?: PrefixAwareRouting;

  /**
   * Managed instance scaling.
   *
   * @default - a fixed number of instances, unless `autoScale()` of the endpoint variant scales them
   */
  readonly managedScaling?: ManagedInstanceScaling;

  /**
   * The reserved capacity that the instances use.
   *
   * @default - on-demand capacity
   */
  readonly capacityReservation?: CapacityReservation;
}
