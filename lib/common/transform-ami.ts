import { ValidationErrors } from '../private/validation';

/**
 * The Amazon Machine Image of the instances of a batch transform job. Its drivers determine the CUDA versions that a container image can
 * use.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformResources.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const resources = sagemaker.TransformResources.of(sagemaker.InstanceType.ML_G4DN_XLARGE, {
 *   ami: sagemaker.TransformAmi.AL2_GPU_535,
 * });
 */
export class TransformAmi {
  /** NVIDIA drivers of version 470. */
  public static readonly AL2_GPU_470 = TransformAmi.of('al2-ami-sagemaker-batch-gpu-470');

  /** NVIDIA drivers of version 535. */
  public static readonly AL2_GPU_535 = TransformAmi.of('al2-ami-sagemaker-batch-gpu-535');

  /**
   * Uses an AMI by its version.
   *
   * @param version the AMI version, 1 to 63 letters, digits and hyphens
   */
  public static of(version: string): TransformAmi {
    return new TransformAmi(version);
  }

  private constructor(
    /** The AMI version. */
    public readonly version: string,
  ) {
    const errors = new ValidationErrors('Transform AMI', 'batch-transform');
    errors.check('version', 'TransformAmiVersion', version);
    errors.throwIfAny();
  }
}
