import { type aws_iam as iam, type aws_kms as kms } from 'aws-cdk-lib';
import { grantVolumeKey } from '../private/execution-role';
import { ValidationErrors } from '../private/validation';
import type { InstanceType } from './instance-type';
import { checkVolumeKey } from './local-storage';
import type { TransformAmi } from './transform-ami';

/** Options of the instances of a batch transform job. */
export interface TransformResourcesOptions {
  /**
   * The number of instances.
   *
   * @default 1
   */
  readonly instanceCount?: number;

  /**
   * The KMS key that encrypts the storage volumes. Not supported for instance types with local storage.
   *
   * @default - a key that the service manages
   */
  readonly volumeEncryptionKey?: kms.IKey;

  /**
   * The Amazon Machine Image of the instances, which determines their GPU drivers. It is not part of the job identity.
   *
   * @default - the service default for the instance type
   */
  readonly ami?: TransformAmi;
}

/** The rendered instances, with the member names of the L1. */
export interface TransformInstances {
  readonly instanceType: string;
  readonly instanceCount: number;
}

interface RenderedTransformResources extends TransformInstances {
  readonly volumeKmsKeyId?: string;
  readonly transformAmiVersion?: string;
}

/**
 * The compute resources of a batch transform job.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformResources.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const resources = sagemaker.TransformResources.of(sagemaker.InstanceType.ML_M5_XLARGE, { instanceCount: 2 });
 */
export class TransformResources {
  /**
   * Uses instances of one type.
   *
   * @param instanceType the instance type
   * @param options the number of instances and their storage
   */
  public static of(instanceType: InstanceType, options: TransformResourcesOptions = {}): TransformResources {
    return new TransformResources(instanceType, options);
  }

  /** The number of instances. */
  public readonly instanceCount: number;

  private constructor(
    /** The instance type. */
    public readonly instanceType: InstanceType,
    private readonly options: TransformResourcesOptions,
  ) {
    this.instanceCount = options.instanceCount ?? 1;
    const errors = new ValidationErrors(`Transform resources ${instanceType.instanceTypeName}`, 'batch-transform');
    errors.check('instanceCount', 'TransformInstanceCount', this.instanceCount);
    const key = { property: 'volumeEncryptionKey', isSet: options.volumeEncryptionKey !== undefined };
    checkVolumeKey(errors, key, [instanceType]);
    errors.throwIfAny();
  }

  /**
   * The part of the resources that determines the result of the job.
   *
   * @internal
   */
  public get _instances(): TransformInstances {
    return { instanceType: this.instanceType.instanceTypeName, instanceCount: this.instanceCount };
  }

  /**
   * Renders the resources, and grants a principal permission to use the volume key.
   *
   * @internal
   */
  public _bind(grantee?: iam.IGrantable): RenderedTransformResources {
    const { volumeEncryptionKey, ami } = this.options;
    if (grantee !== undefined && volumeEncryptionKey !== undefined) grantVolumeKey(volumeEncryptionKey, grantee);
    return { ...this._instances, volumeKmsKeyId: volumeEncryptionKey?.keyArn, transformAmiVersion: ami?.version };
  }
}
