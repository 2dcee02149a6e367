import { type Duration, Size, type aws_iam as iam, type aws_kms as kms } from 'aws-cdk-lib';
import { grantVolumeKey } from '../private/execution-role';
import type { JobRequest, TrainingInstances, TuningResources } from '../private/job-request';
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

/** An instance type on which a training job can run. */
export interface TrainingInstancePreference {
  /** The instance type. */
  readonly instanceType: InstanceType;

  /**
   * The number of instances, if it differs between the instance types. Set it for all of them, or for none.
   *
   * @default - `instanceCount` of the options
   */
  readonly instanceCount?: number;

  /**
   * The ARN of a training plan for this instance type, whose reserved capacity the job uses.
   *
   * @default - on-demand capacity
   */
  readonly trainingPlanArn?: string;
}

/** The instances of a job: those of one type, of all groups, or of the first type with available capacity. */
type InstanceSelection = 'type' | 'groups' | 'preferences';

/**
 * The compute resources of a training job.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceConfig.html
 *
 * @example
 * import { Size } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const resources = sagemaker.TrainingResources.of(sagemaker.InstanceType.ML_M5_XLARGE, {
 *   instanceCount: 2,
 *   volumeSize: Size.gibibytes(100),
 * });
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
    return new TrainingResources('type', [{ name: '', instanceType, instanceCount }], options);
  }

  /**
   * Uses a heterogeneous cluster: several groups of instances, each with its own instance type.
   *
   * @param groups the instance groups: 1 to 5
   * @param options the storage of the instances
   */
  public static ofGroups(groups: TrainingInstanceGroup[], options: TrainingStorageOptions = {}): TrainingResources {
    return new TrainingResources('groups', groups, options);
  }

  /**
   * Uses instances of the first of several types that has available capacity. The image must run on all of them. A training job
   * with them does not support Spot Instances.
   *
   * @param preferences the instance types in the order of preference: 1 to 5
   * @param options the number of instances and their storage
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InstancePreference.html
   */
  public static preferring(
    preferences: TrainingInstancePreference[],
    options: TrainingResourcesOptions = {},
  ): TrainingResources {
    return new TrainingResources('preferences', preferences, options);
  }

  /** The instance types. */
  public readonly instanceTypes: InstanceType[];

  /** The total number of instances; with several preferred instance types, the largest of their numbers. */
  public readonly instanceCount: number;

  /** The names of the instance groups. Empty if the cluster is not heterogeneous. */
  public readonly groupNames: string[];

  private constructor(
    private readonly selection: InstanceSelection,
    private readonly instances: (TrainingInstanceGroup | TrainingInstancePreference)[],
    private readonly options: TrainingResourcesOptions,
  ) {
    this.instanceTypes = instances.map(({ instanceType }) => instanceType);
    const counts = instances.map(({ instanceCount = options.instanceCount ?? 1 }) => instanceCount);
    // A number can be a token.
    this.instanceCount =
      selection === 'groups' && counts.length !== 1
        ? counts.reduce((sum, count) => sum + count, 0)
        : counts.reduce((one, other) => (one === other ? one : Math.max(one, other)), counts[0] ?? 0);
    this.groupNames = instances.flatMap((group) => ('name' in group && selection === 'groups' ? group.name : []));
    this.validate();
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
   * Whether the job runs on one of several instance types.
   *
   * @internal
   */
  public get _hasPreferences(): boolean {
    return this.selection === 'preferences';
  }

  /**
   * The part of the resources that determines the result of the job, with the member names of the API.
   *
   * @internal
   */
  public get _instances(): TrainingInstances {
    if (this._hasPreferences) return this.renderedPreferences;
    const rendered = this.instances.map(({ instanceType, instanceCount = 1 }, index) => ({
      InstanceGroupName: this.groupNames[index],
      InstanceType: instanceType.instanceTypeName,
      InstanceCount: instanceCount,
    }));
    if (this.selection === 'groups') return { InstanceGroups: rendered };
    const [{ InstanceType, InstanceCount }] = rendered;
    return { InstanceType, InstanceCount };
  }

  /**
   * Whether the job uses the reserved capacity of a training plan.
   *
   * @internal
   */
  public get _hasTrainingPlan(): boolean {
    const plans = this.instances.map((instance) =>
      'trainingPlanArn' in instance ? instance.trainingPlanArn : undefined,
    );
    return [this.options.trainingPlanArn, ...plans].some((plan) => plan !== undefined);
  }

  /**
   * Renders the resources for a tuning job, which has a structure of its own for several instance types.
   *
   * @param request the resources as bound for a training job
   * @internal
   */
  public _renderForTuning(request: JobRequest<'training'>['ResourceConfig'] & object): TuningResources {
    if (!this._hasPreferences) return { ResourceConfig: request };
    return {
      HyperParameterTuningResourceConfig: {
        AllocationStrategy: 'Prioritized',
        InstanceConfigs: this.instances.map(({ instanceType, instanceCount = this.options.instanceCount ?? 1 }) => ({
          InstanceType: instanceType.instanceTypeName,
          InstanceCount: instanceCount,
          VolumeSizeInGB: request.VolumeSizeInGB,
        })),
        VolumeKmsKeyId: request.VolumeKmsKeyId,
      },
    };
  }

  private get renderedPreferences(): TrainingInstances {
    const preferences: TrainingInstancePreference[] = this.instances;
    const hasCounts = preferences.some(({ instanceCount }) => instanceCount !== undefined);
    return {
      InstancePreferences: preferences.map(({ instanceType, instanceCount, trainingPlanArn }) => ({
        InstanceType: instanceType.instanceTypeName,
        InstanceCount: instanceCount,
        TrainingPlanArns: trainingPlanArn === undefined ? undefined : [trainingPlanArn],
      })),
      InstanceCount: hasCounts ? undefined : (this.options.instanceCount ?? 1),
    };
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

  private validate(): void {
    const { keepAlive, volumeSize, volumeEncryptionKey, trainingPlanArn } = this.options;
    const errors = new ValidationErrors(
      `Training resources ${this.instanceTypes.map(({ instanceTypeName }) => instanceTypeName).join(', ')}`.trim(),
      'training-and-tuning',
    );
    this.checkCounts(errors);
    if (this.selection === 'groups') this.checkGroups(errors);
    if (this.selection === 'preferences') this.checkPreferences(errors, this.instances);
    const key = { property: 'volumeEncryptionKey', isSet: volumeEncryptionKey !== undefined };
    checkVolumeKey(errors, key, this.instanceTypes);
    errors.checkSeconds('keepAlive', 'KeepAlivePeriodInSeconds', keepAlive);
    errors.checkSize('volumeSize', 'GiB', 'VolumeSizeInGB', volumeSize);
    errors.check('trainingPlanArn', 'TrainingPlanArn', trainingPlanArn);
    errors.throwIfAny();
  }

  private checkCounts(errors: ValidationErrors): void {
    const counts: [string, number | undefined][] = this.instances.map(({ instanceCount }, index) => [
      this.selection === 'type' ? 'instanceCount' : `${this.selection}[${index}].instanceCount`,
      instanceCount,
    ]);
    if (this.selection === 'preferences') counts.push(['instanceCount', this.options.instanceCount]);
    for (const [property, count] of counts) {
      errors.check(property, 'TrainingInstanceCount', count);
      errors.when(count === 0, `\`${property}\` must be a whole number of at least 1, got 0`);
    }
  }

  private checkGroups(errors: ValidationErrors): void {
    this.groupNames.forEach((name, index) => errors.check(`groups[${index}].name`, 'InstanceGroupName', name));
    errors.check('groups', 'InstanceGroups', this.instances);
    errors.when(this.instances.length === 0, '`groups` must have at least 1 entry, got 0');
    errors.checkUnique('groups', this.groupNames);
    errors.when(this._hasWarmPool, '`keepAlive` is not supported for a heterogeneous cluster');
  }

  private checkPreferences(errors: ValidationErrors, preferences: TrainingInstancePreference[]): void {
    const { instanceCount, trainingPlanArn } = this.options;
    const withCount = preferences.filter((preference) => preference.instanceCount !== undefined);
    errors.check('preferences', 'InstancePreferenceList', preferences);
    errors.checkUnique(
      'preferences',
      this.instanceTypes.map(({ instanceTypeName }) => instanceTypeName),
    );
    errors.when(
      withCount.length > 0 && withCount.length < preferences.length,
      '`instanceCount` must be set for all of `preferences`, or for none of them',
    );
    errors.when(
      withCount.length > 0 && instanceCount !== undefined,
      '`instanceCount` must not be set both in `preferences` and for all of them',
    );
    preferences.forEach((preference, index) =>
      errors.check(`preferences[${index}].trainingPlanArn`, 'TrainingPlanArn', preference.trainingPlanArn),
    );
    errors.when(
      trainingPlanArn !== undefined && preferences.some((preference) => preference.trainingPlanArn !== undefined),
      '`trainingPlanArn` must not be set both in `preferences` and for all of them',
    );
  }
}
