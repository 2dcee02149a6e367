import { type Duration, Size, type aws_iam as iam, type aws_kms as kms } from 'aws-cdk-lib';
import { Faults, isKnown } from '../private/validation';
import type { InstanceType } from './instance-type';

/** What else the instances of a training job are. */
export interface TrainingResourcesOptions {
  /**
   * How many instances there are.
   *
   * @default 1
   */
  readonly instanceCount?: number;

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
    return new TrainingResources(instanceType, options);
  }

  /** How many instances there are. */
  public readonly instanceCount: number;

  private constructor(
    /** The type of the instances. */
    public readonly instanceType: InstanceType,
    private readonly options: TrainingResourcesOptions,
  ) {
    this.instanceCount = options.instanceCount ?? 1;
    const faults = new Faults(`Training resources ${instanceType.instanceTypeName}`);
    faults.when(
      isKnown(this.instanceCount) && !(Number.isInteger(this.instanceCount) && this.instanceCount >= 1),
      `\`instanceCount\` must be a whole number of at least 1, got ${this.instanceCount}`,
    );
    faults.check('keepAlive', 'KeepAlivePeriodInSeconds', options.keepAlive?.toSeconds());
    faults.check('volumeSize', 'VolumeSizeInGB', options.volumeSize?.toGibibytes());
    faults.throwIfAny();
  }

  /**
   * Lets a job use its volumes, and returns what the API reads.
   *
   * @internal
   */
  public _bind(grantee: iam.IGrantable): Record<string, unknown> {
    const { volumeSize = Size.gibibytes(30), volumeEncryptionKey, keepAlive } = this.options;
    volumeEncryptionKey?.grantEncryptDecrypt(grantee);
    volumeEncryptionKey?.grant(grantee, 'kms:CreateGrant', 'kms:DescribeKey');
    return {
      InstanceType: this.instanceType.instanceTypeName,
      InstanceCount: this.instanceCount,
      VolumeSizeInGB: volumeSize.toGibibytes(),
      VolumeKmsKeyId: volumeEncryptionKey?.keyArn,
      KeepAlivePeriodInSeconds: keepAlive?.toSeconds(),
    };
  }
}
