import { Size, type aws_iam as iam, type aws_kms as kms } from 'aws-cdk-lib';
import type { InstanceType } from '../common/instance-type';
import { checkVolumeKey } from '../common/local-storage';
import { grantVolumeKey } from '../private/execution-role';
import type { ProcessingCluster } from '../private/job-request';
import { ValidationErrors } from '../private/validation';

/** Options of the instances of a processing job. */
export interface ProcessingResourcesOptions {
  /**
   * The number of instances, at most 100.
   *
   * @default 1
   */
  readonly instanceCount?: number;

  /**
   * The size of the storage volume of each instance, in whole gibibytes.
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
}

/** An instance type on which a processing job can run. */
export interface ProcessingInstancePreference {
  /** The instance type. */
  readonly instanceType: InstanceType;

  /**
   * The number of instances, if it differs between the instance types. Set it for all of them, or for none.
   *
   * @default - `instanceCount` of the options
   */
  readonly instanceCount?: number;
}

type Instances = Pick<ProcessingCluster, 'InstanceType' | 'InstanceCount' | 'InstancePreferences'>;

/**
 * The compute resources of a processing job.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingClusterConfig.html
 *
 * @example
 * import { Size } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const resources = sagemaker.ProcessingResources.of(sagemaker.InstanceType.ML_M5_XLARGE, {
 *   instanceCount: 2,
 *   volumeSize: Size.gibibytes(100),
 * });
 */
export class ProcessingResources {
  /**
   * Uses instances of one type.
   *
   * @param instanceType the instance type
   * @param options the number of instances and their storage
   */
  public static of(instanceType: InstanceType, options: ProcessingResourcesOptions = {}): ProcessingResources {
    return new ProcessingResources(false, [{ instanceType }], options);
  }

  /**
   * Uses instances of the first of several types that has available capacity. The image must run on all of them.
   *
   * @param preferences the instance types in the order of preference: 1 to 5
   * @param options the number of instances and their storage
   * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingInstancePreference.html
   */
  public static preferring(
    preferences: ProcessingInstancePreference[],
    options: ProcessingResourcesOptions = {},
  ): ProcessingResources {
    return new ProcessingResources(true, preferences, options);
  }

  /** The instance types. */
  public readonly instanceTypes: InstanceType[];

  private constructor(
    private readonly hasPreferences: boolean,
    private readonly preferences: ProcessingInstancePreference[],
    private readonly options: ProcessingResourcesOptions,
  ) {
    this.instanceTypes = preferences.map(({ instanceType }) => instanceType);
    const names = this.instanceTypes.map(({ instanceTypeName }) => instanceTypeName);
    const errors = new ValidationErrors(`Processing resources ${names.join(', ')}`.trim(), 'processing');
    const key = { property: 'volumeEncryptionKey', isSet: options.volumeEncryptionKey !== undefined };
    errors.check('instanceCount', 'ProcessingInstanceCount', options.instanceCount);
    errors.checkSize('volumeSize', 'GiB', 'ProcessingVolumeSizeInGB', options.volumeSize);
    checkVolumeKey(errors, key, this.instanceTypes);
    if (hasPreferences) checkPreferences(errors, preferences, options.instanceCount);
    errors.throwIfAny();
  }

  /**
   * The part of the resources that determines the result of the job, with the member names of the API.
   *
   * @internal
   */
  public get _instances(): Instances {
    const { instanceCount } = this.options;
    if (!this.hasPreferences) {
      return { InstanceType: this.instanceTypes[0].instanceTypeName, InstanceCount: instanceCount ?? 1 };
    }
    const hasCounts = this.preferences.some((preference) => preference.instanceCount !== undefined);
    return {
      InstancePreferences: this.preferences.map((preference) => ({
        InstanceType: preference.instanceType.instanceTypeName,
        InstanceCount: preference.instanceCount,
      })),
      InstanceCount: hasCounts ? undefined : (instanceCount ?? 1),
    };
  }

  /**
   * Renders the resources, and grants a principal permission to use the volume key.
   *
   * @internal
   */
  public _bind(grantee: iam.IGrantable): ProcessingCluster {
    const { volumeSize = Size.gibibytes(30), volumeEncryptionKey } = this.options;
    if (volumeEncryptionKey !== undefined) grantVolumeKey(volumeEncryptionKey, grantee);
    return {
      ...this._instances,
      VolumeSizeInGB: volumeSize.toGibibytes(),
      VolumeKmsKeyId: volumeEncryptionKey?.keyArn,
    };
  }
}

function checkPreferences(
  errors: ValidationErrors,
  preferences: ProcessingInstancePreference[],
  instanceCount: number | undefined,
): void {
  const withCount = preferences.filter((preference) => preference.instanceCount !== undefined);
  errors.check('preferences', 'ProcessingInstancePreferenceList', preferences);
  errors.checkUnique(
    'preferences',
    preferences.map(({ instanceType }) => instanceType.instanceTypeName),
  );
  preferences.forEach((preference, index) =>
    errors.check(`preferences[${index}].instanceCount`, 'ProcessingInstanceCount', preference.instanceCount),
  );
  errors.when(
    withCount.length > 0 && withCount.length < preferences.length,
    '`instanceCount` must be set for all of `preferences`, or for none of them',
  );
  errors.when(
    withCount.length > 0 && instanceCount !== undefined,
    '`instanceCount` must not be set both in `preferences` and for all of them',
  );
}
