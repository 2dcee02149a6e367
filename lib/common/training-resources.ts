import { type Duration, Size, type aws_iam as iam, type aws_kms as kms } from 'aws-cdk-lib';
import { grantVolumeKey } from '../private/execution-role';
import type { JobRequest, TrainingInstances } from '../private/job-request';
import { ValidationErrors, isKnown } from '../private/validation';
import type { InstanceType } from './instance-type';

/** What the instances of a training job have, whatever their type. */
export interface TrainingStorageOptions {
  /**
   * The storage volume of each instance. Types with local storage do not allow one.
   *
   * @default - 30 GiB
   */
  readonly volumeSize?: Size;

  /**
   * The key that encrypts the volumes. Types with local storage do not allow one.
   *
   * @default - a key of the service
   */
  readonly volumeEncryptionKey?: kms.IKey;

  /**
   * How long instances are kept for the next job, at most 6 hours.
   *
   * @default - they are not kept
   */
  readonly keepAlive?: Duration;

  /**
   * The ARN of the training plan whose reserved capacity the job uses.
   *
   * @default - capacity on demand
   */
  readonly trainingPlanArn?: string;
}

/** What else the instances of a training job are. */
export interface TrainingResourcesOptions extends TrainingStorageOptions {
  /**
   * How many instances there are.
   *
   * @default 1
   */
  readonly instanceCount?: number;
}

/** Instances of one type among others in a job. */
export interface TrainingInstanceGroup {
  /** The name by which inputs choose the group, 1 to 64 characters. */
  readonly name: string;

  /** The type of the instances. */
  readonly instanceType: InstanceType;

  /**
   * How many instances there are.
   *
   * @default 1
   */
  readonly instanceCount?: number;
}

/**
 * What a training job runs on.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
 */
export class TrainingResources {
  /**
   * Instances of one type.
   *
   * @param instanceType the type
   * @param options how many, and their storage
   */
  public static of(instanceType: InstanceType, options: TrainingResourcesOptions = {}): TrainingResources {
    const { instanceCount = 1 } = options;
    return new TrainingResources([{ name: '', instanceType, instanceCount }], false, options);
  }

  /**
   * A heterogeneous cluster: groups of instances, each of its own type.
   *
   * @param groups 1 to 5 groups
   * @param options their storage
   */
  public static ofGroups(groups: TrainingInstanceGroup[], options: TrainingStorageOptions = {}): TrainingResources {
    return new TrainingResources(groups, true, options);
  }

  /** The types of the instances. */
  public readonly instanceTypes: InstanceType[];

  /** How many instances there are. */
  public readonly instanceCount: number;

  /** The names of the groups; empty where all instances are of one type. */
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
   * What of the resources decides the result, named as in the API.
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
   * Lets a job use its volumes, and returns what the API reads.
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
    const { keepAlive, volumeSize, trainingPlanArn } = this.options;
    const errors = new ValidationErrors(
      `Training resources ${this.instanceTypes.map(({ instanceTypeName }) => instanceTypeName).join(', ')}`.trim(),
    );
    this.groups.forEach(({ name, instanceCount = 1 }, index) => {
      const property = isGrouped ? `groups[${index}].instanceCount` : 'instanceCount';
      errors.when(
        isKnown(instanceCount) && !(Number.isInteger(instanceCount) && instanceCount >= 1),
        `\`${property}\` must be a whole number of at least 1, got ${instanceCount}`,
      );
      if (isGrouped) errors.check(`groups[${index}].name`, 'InstanceGroupName', name);
    });
    if (isGrouped) {
      errors.check('groups', 'InstanceGroups', this.groups);
      errors.when(this.groups.length === 0, '`groups` must have at least 1 entry, got 0');
      errors.checkUnique('groups', this.groupNames);
    }
    errors.check('keepAlive', 'KeepAlivePeriodInSeconds', keepAlive?.toSeconds());
    errors.check('volumeSize', 'VolumeSizeInGB', volumeSize?.toGibibytes());
    errors.check('trainingPlanArn', 'TrainingPlanArn', trainingPlanArn);
    errors.throwIfAny();
  }
}
