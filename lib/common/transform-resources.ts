import { type aws_iam as iam, type aws_kms as kms } from 'aws-cdk-lib';
import { grantVolumeKey } from '../private/execution-role';
import { ValidationErrors } from '../private/validation';
import type { InstanceType } from './instance-type';

/** What else the instances of a batch transform job are. */
export interface TransformResourcesOptions {
  /**
   * How many instances there are.
   *
   * @default 1
   */
  readonly instanceCount?: number;

  /**
   * The key that encrypts the volumes. Types with local storage do not allow one.
   *
   * @default - a key of the service
   */
  readonly volumeEncryptionKey?: kms.IKey;
}

/** The instances as an L1 has them. */
export interface TransformInstances {
  readonly instanceType: string;
  readonly instanceCount: number;
}

/**
 * What a batch transform job runs on.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformResources.html
 */
export class TransformResources {
  /**
   * Instances of one type.
   *
   * @param instanceType the type
   * @param options how many, and their storage
   */
  public static of(instanceType: InstanceType, options: TransformResourcesOptions = {}): TransformResources {
    return new TransformResources(instanceType, options);
  }

  /** How many instances there are. */
  public readonly instanceCount: number;

  private constructor(
    /** The type of the instances. */
    public readonly instanceType: InstanceType,
    private readonly options: TransformResourcesOptions,
  ) {
    this.instanceCount = options.instanceCount ?? 1;
    const errors = new ValidationErrors(`Transform resources ${instanceType.instanceTypeName}`);
    errors.checkWholeNumber('instanceCount', this.instanceCount);
    errors.check('instanceCount', 'TransformInstanceCount', this.instanceCount);
    errors.throwIfAny();
  }

  /**
   * What of the resources decides the result, named as in the API.
   *
   * @internal
   */
  public get _instances(): TransformInstances {
    return { instanceType: this.instanceType.instanceTypeName, instanceCount: this.instanceCount };
  }

  /**
   * Lets a job use its volumes, and returns what the API reads.
   *
   * @internal
   */
  public _bind(grantee?: iam.IGrantable): TransformInstances & { readonly volumeKmsKeyId?: string } {
    const { volumeEncryptionKey } = this.options;
    if (grantee !== undefined && volumeEncryptionKey !== undefined) grantVolumeKey(volumeEncryptionKey, grantee);
    return { ...this._instances, volumeKmsKeyId: volumeEncryptionKey?.keyArn };
  }
}
