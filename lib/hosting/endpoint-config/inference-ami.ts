/**
 * The Amazon Machine Image of the instances. Its drivers determine the CUDA versions that a container image can use.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const model: sagemaker.Model;
 *
 * const variant = sagemaker.ProductionVariant.instances('main', {
 *   model,
 *   instanceType: sagemaker.InstanceType.ML_G5_XLARGE,
 *   inferenceAmi: sagemaker.InferenceAmi.AL2_GPU_3_1,
 * });
 */
export class InferenceAmi {
  /** GPU drivers of version 535, CUDA 12.2. */
  public static readonly AL2_GPU_2 = InferenceAmi.of('al2-ami-sagemaker-inference-gpu-2');

  /** GPU drivers of version 535, CUDA 12.2, with the NVIDIA Container Toolkit. */
  public static readonly AL2_GPU_2_1 = InferenceAmi.of('al2-ami-sagemaker-inference-gpu-2-1');

  /** GPU drivers of version 550, CUDA 12.4. */
  public static readonly AL2_GPU_3_1 = InferenceAmi.of('al2-ami-sagemaker-inference-gpu-3-1');

  /** GPU drivers of version 580, CUDA 13.0, on Amazon Linux 2023. */
  public static readonly AL2023_GPU_4_1 = InferenceAmi.of('al2023-ami-sagemaker-inference-gpu-4-1');

  /** Neuron drivers, for Inferentia and Trainium. */
  public static readonly AL2_NEURON_2 = InferenceAmi.of('al2-ami-sagemaker-inference-neuron-2');

  /**
   * Uses an inference AMI by its version.
   *
   * @param version the inference AMI version
   */
  public static of(version: string): InferenceAmi {
    return new InferenceAmi(version);
  }

  private constructor(
    /** The inference AMI version. */
    public readonly version: string,
  ) {}
}
