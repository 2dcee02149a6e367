import type { Duration, Size } from 'aws-cdk-lib';
import type { aws_kms as kms } from 'aws-cdk-lib';
import type { S3Location } from '../../common/s3-location';
import type { InstanceType } from '../../common/instance-type';
import type { InferenceAmi } from './inference-ami';
import type { IModel } from '../model/model';

/** Which instance gets a request. */
export enum RoutingStrategy {
  /** The one that has the fewest requests to answer. */
  LEAST_OUTSTANDING_REQUESTS = 'LEAST_OUTSTANDING_REQUESTS',

  /** Any. */
  RANDOM = 'RANDOM',
}

/** Types of instances of which the service takes what there is. */
export interface InstancePool {
  /** The type of the instances. */
  readonly instanceType: InstanceType;

  /** Which pool is tried first: 1 to 5, the smallest first. */
  readonly priority: number;

  /**
   * The model on these instances, for example one with an image for their processor.
   *
   * @default - the model of the variant
   */
  readonly model?: IModel;
}

/** Which instances go first when there are too many. */
export enum ScaleInStrategy {
  /** Those that answer nothing. */
  IDLE_RELEASE = 'IDLE_RELEASE',

  /** As few as possible are left, by moving what runs on others. */
  CONSOLIDATION = 'CONSOLIDATION',
}

/** How instances go when there are too many. */
export interface ScaleInPolicy {
  /** Which instances go first. */
  readonly strategy: ScaleInStrategy;

  /**
   * How many go at a time, 1 to 100.
   *
   * @default - as the service does it
   */
  readonly maximumStepSize?: number;

  /**
   * How long the service waits before more go, 5 minutes to 1 day.
   *
   * @default - as the service does it
   */
  readonly cooldown?: Duration;
}

/** Between which numbers the service keeps the instances, by what runs on them. */
export interface ManagedInstanceScaling {
  /**
   * How many instances there are at most.
   *
   * @default - as the service does it
   */
  readonly maxInstanceCount?: number;

  /**
   * How many instances there are at least.
   *
   * @default - as the service does it
   */
  readonly minInstanceCount?: number;

  /**
   * How instances go when there are too many.
   *
   * @default - as the service does it
   */
  readonly scaleInPolicy?: ScaleInPolicy;
}

/** Requests that start alike go to the same instance, which has computed their start already. */
export interface PrefixAwareRouting {
  /**
   * How many characters of a request are looked at, 1024 to 65,536.
   *
   * @default - as the service does it
   */
  readonly prefixLength?: number;

  /**
   * How many requests an instance may have to answer before another is chosen all the same, 1 to 1024.
   *
   * @default - as the service does it
   */
  readonly concurrencyThreshold?: number;
}

/** Capacity that was reserved. */
export interface CapacityReservation {
  /**
   * The ARN of the reservation.
   *
   * @default - any that fits
   */
  readonly reservationArn?: string;
}

/** Where the memory of a container that crashed goes. */
export interface CoreDumpOptions {
  /** Where the dumps go. The role of the containers may write there. */
  readonly destination: S3Location;

  /**
   * The key that encrypts them.
   *
   * @default - as the bucket does it
   */
  readonly encryptionKey?: kms.IKey;
}

/** What is said of instances, whatever runs on them. */
export interface InstanceOptions {
  /**
   * What the instances are. Either this or `instancePools`.
   *
   * @default - `instancePools` are given
   */
  readonly instanceType?: InstanceType;

  /**
   * Types of instances of which the service takes what there is, 1 to 5.
   *
   * @default - all instances are of `instanceType`
   */
  readonly instancePools?: InstancePool[];

  /**
   * How long the service tries to get instances of a pool, 5 minutes to 1 hour.
   *
   * @default - as the service does it
   */
  readonly instanceProvisionTimeout?: Duration;

  /**
   * How many instances there are at first.
   *
   * @default 1
   */
  readonly instanceCount?: number;

  /**
   * The storage volume of each instance, 1 to 512 GiB. Types with local storage do not allow one.
   *
   * @default - as the service does it
   */
  readonly volumeSize?: Size;

  /**
   * How long loading the model may take on each instance, 1 minute to 1 hour.
   *
   * @default - as the service does it
   */
  readonly modelDataDownloadTimeout?: Duration;

  /**
   * How long containers may take until they are healthy, 1 minute to 1 hour.
   *
   * @default - 8 minutes
   */
  readonly startupHealthCheckTimeout?: Duration;

  /**
   * The image of the machines.
   *
   * @default - the oldest drivers that the instance type has
   */
  readonly inferenceAmi?: InferenceAmi;

  /**
   * Whether a shell in the containers can be opened through AWS Systems Manager.
   *
   * @default false
   */
  readonly ssmAccess?: boolean;

  /**
   * Where the memory of containers that crash goes.
   *
   * @default - nowhere
   */
  readonly coreDump?: CoreDumpOptions;

  /**
   * Which instance gets a request.
   *
   * @default RoutingStrategy.RANDOM
   */
  readonly routing?: RoutingStrategy;

  /**
   * Sends requests that start alike to the same instance.
   *
   * @default - requests are not looked at
   */
  readonly prefixAwareRouting?: PrefixAwareRouting;

  /**
   * Between which numbers the service keeps the instances.
   *
   * @default - their number does not change by itself
   */
  readonly managedScaling?: ManagedInstanceScaling;

  /**
   * The reserved capacity that the instances use.
   *
   * @default - capacity on demand
   */
  readonly capacityReservation?: CapacityReservation;
}
