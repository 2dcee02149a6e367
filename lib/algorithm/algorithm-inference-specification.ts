import type { InferenceSpecification } from './inference-specification';

/**
 * The content types and instance types that inference with an algorithm supports, and the options of its container.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InferenceSpecification.html
 */
export interface AlgorithmInferenceSpecification extends InferenceSpecification {
  /**
   * Whether the model data of the container of the inference image is a training checkpoint.
   *
   * @default false
   */
  readonly isCheckpoint?: boolean;
}
