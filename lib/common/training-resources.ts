import { type Duration, Size, type aws_iam as iam, type aws_kms as kms } from 'aws-cdk-lib';
import { grantVolumeKey } from '../private/execution-role';
import type { JobRequest, TrainingInstances } from '../private/job-request';
import { ValidationErrors } from '../private/validation';
import type { InstanceType } from './instance-type';
import { checkVolumeKey } from './local-storage';

/** The options that all instances of a training job share. */
export interface TrainingStorageOptions {
  /**
   * The size of the storage volume of each instance. Not supported for instance types with local storage.
   *
   * @default - 30 GiB
   */
  readonly volumeSize?: Size;

  /**
   * The KMS key that encrypts the storage volumes. Not supported for instance types with local storage.
   *
   * @default - a key that the service manages
   */
  readonly volumeEncryptionKey?: kms.IKey;

  /**
   * How long the instances are kept in a warm pool for the next job: at most 6 hours. Not supported for Spot Instances,
   * heterogeneous clusters and tuning jobs.
   *
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html
   * @default - no warm pool
   */
  readonly keepAlive?: Duration;

  /**
   * The ARN of the training plan whose reserved capacity the job uses.
   *
   * @default - on-demand capacity
   */
  readonly trainingPlanArn?: string;
}

/** Options of training instances of one type. */
export interface TrainingResourcesOptions extends TrainingStorageOptions {
  /**
   * The number of instances.
   *
   * @default 1
   */
  readonly instanceCount?: number;
}

/** A group of instances of one type in a heterogeneous cluster. */
export interface TrainingInstanceGroup {
  /** The name of the group, which inputs refer to: 1 to 64 characters. */
  readonly name: string;

  /** The instance type. */
  readonly instanceType: InstanceType;

  /**
   * The number of instances.
   *
   * @default 1
   */
  readonly instanceCount?: number;
}

/**
 * The compute resources of a training job.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
 */
export class TrainingResources {
  /**
   * Uses instances of one type.
   *
   * @param instanceType the instance type
   * @param options the number of instances and their storage
   */
  public static of(instanceType: InstanceType, options: TrainingResourcesOptions = {}): TrainingResources {
    const { instanceCount = 1 } = options;
    return new TrainingResources([{ name: '', instanceType, instanceCount }], false, options);
  }

  /**
   * Uses a heterogeneous cluster: several groups of instances, each with its own instance type.
   *
   * @param groups the instance groups: 1 to 5
   * @param options the storage of the instances
   */
  public static ofGroups(groups: TrainingInstanceGroup[], options: TrainingStorageOptions = {}): TrainingResources {
    return new TrainingResources(groups, true, options);
  }

  /** The instance types. */
  public readonly instanceTypes: InstanceType[];

  /** The total number of instances. */
  public readonly instanceCount: number;

  /** The names of the instance groups. Empty if the cluster is not heterogeneous. */
  public readonly groupNames: string[];

  private constructor(
    private readonly groups: TrainingInstanceGroup[],
    isGrouped: boolean,
    private readonly options: TrainingStorageOptions,
  ) {
    this.instanceTypes = groups.map(({ instanceType }) => instanceType);
    const counts = groups.map(({ instanceCount = 1 }) => instanceCount);
    this.instanceCount = counts.length === 1 ? counts[0] : counts.reduce((sum, count) => sum + count, 0);
    this.groupNames = isGrouped ? groups.map(({ name }) => name) : [];
    this.validate(isGrouped);
  }

  /**
   * Whether the instances are kept alive after the job.
   *
   * @internal
   */
  public get _hasWarmPool(): boolean {
    return this.options.keepAlive !== undefined;
  }

  /**
   * The part of the resources that determines the result of the job, with the member names of the API.
   *
   * @internal
   */
  public get _instances(): TrainingInstances {
    const rendered = this.groups.map(({ name, instanceType, instanceCount = 1 }) => ({
      InstanceGroupName: name,
      InstanceType: instanceType.instanceTypeName,
      InstanceCount: instanceCount,
    }));
    if (this.groupNames.length > 0) return { InstanceGroups: rendered };
    const [{ InstanceType, InstanceCount }] = rendered;
    return { InstanceType, InstanceCount };
  }

  /**
   * Renders the resources, and grants a principal permission to use the volume key.
   *
   * @internal
   */
  public _bind(grantee: iam.IGrantable): JobRequest<'training'>['ResourceConfig'] & object {
    const { volumeSize = Size.gibibytes(30), volumeEncryptionKey, keepAlive, trainingPlanArn } = this.options;
    if (volumeEncryptionKey !== undefined) grantVolumeKey(volumeEncryptionKey, grantee);
    return {
      ...this._instances,
      VolumeSizeInGB: volumeSize.toGibibytes(),
      VolumeKmsKeyId: volumeEncryptionKey?.keyArn,
      KeepAlivePeriodInSeconds: keepAlive?.toSeconds(),
      TrainingPlanArn: trainingPlanArn,
    };
  }

  private validate(isGrouped: boolean): void {
    const { keepAlive, volumeSize, volumeEncryptionKey, trainingPlanArn } = this.options;
    const errors = new ValidationErrors(
      `Training resources ${this.instanceTypes.map(({ instanceTypeName }) => instanceTypeName).join(', ')}`.trim(),
    );
    this.groups.forEach(({ name, instanceCount = 1 }, index) => {
      const property = isGrouped ? `groups[${index}].instanceCount` : 'instanceCount';
      errors.check(property, 'TrainingInstanceCount', instanceCount);
      errors.when(instanceCount === 0, `\`${property}\` must be a whole number of at least 1, got 0`);
      if (isGrouped) errors.check(`groups[${index}].name`, 'InstanceGroupName', name);
    });
    if (isGrouped) {
      errors.check('groups', 'InstanceGroups', this.groups);
      errors.when(this.groups.length === 0, '`groups` must have at least 1 entry, got 0');
      errors.checkUnique('groups', this.groupNames);
      errors.when(keepAlive !== undefined, '`keepAlive` is not supported for a heterogeneous cluster');
    }
    const key = { property: 'volumeEncryptionKey', isSet: volumeEncryptionKey !== undefined };
    checkVolumeKey(errors, key, this.instanceTypes);
    errors.checkSeconds('keepAlive', 'KeepAlivePeriodInSeconds', keepAlive);
    errors.checkSize('volumeSize', 'GiB', 'VolumeSizeInGB', volumeSize);
    errors.check('trainingPlanArn', 'TrainingPlanArn', trainingPlanArn);
    errors.throwIfAny();
  }
}
