import type { InstanceType } from '../common/instance-type';
import type { AlgorithmImages } from '../image/algorithm-images';
import type { Channel } from './channel';
import type { Hyperparameter } from './hyperparameter';
import type { AlgorithmInferenceSpecification } from './algorithm-inference-specification';
import type { MetricDefinition } from './metric-definition';
import type { Objective } from './objective';

/**
 * The images of an algorithm, and the training and inference that they support. Jobs are validated against it at synthesis.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateAlgorithm.html
 */
export interface AlgorithmSpecification {
  /** The training image and the inference image. */
  readonly images: AlgorithmImages;

  /** The input channels of training, 1 to 8. */
  readonly channels: Channel[];

  /** The supported instance types for training, at least one. */
  readonly trainingInstanceTypes: InstanceType[];

  /**
   * The supported hyperparameters, at most 100.
   *
   * @default - no hyperparameters
   */
  readonly hyperparameters?: Hyperparameter[];

  /**
   * The metrics that training writes to its logs, at most 40.
   *
   * @default - no metrics
   */
  readonly metrics?: MetricDefinition[];

  /**
   * The metrics that a tuning job can use as its objective. Each must name one of `metrics`.
   *
   * @default - the algorithm cannot be tuned
   */
  readonly objectives?: Objective[];

  /**
   * Whether the algorithm supports training on more than one instance.
   *
   * @default false
   */
  readonly supportsDistributedTraining?: boolean;

  /**
   * The content types and instance types of inference.
   *
   * @default - the algorithm only supports training
   */
  readonly inference?: AlgorithmInferenceSpecification;
}
