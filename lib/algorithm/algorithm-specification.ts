import type { InstanceType } from '../common/instance-type';
import type { AlgorithmImages } from '../image/algorithm-images';
import type { Channel } from './channel';
import type { Hyperparameter } from './hyperparameter';
import type { InferenceSpecification } from './inference-specification';
import type { MetricDefinition } from './metric-definition';
import type { Objective } from './objective';

/**
 * What an algorithm is: its images, and what they understand. Jobs are checked against it at synthesis.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateAlgorithm.html
 */
export interface AlgorithmSpecification {
  /** The images that train and serve. */
  readonly images: AlgorithmImages;

  /** The channels that training reads, 1 to 8. */
  readonly channels: Channel[];

  /** The instance types that training may use, at least one. */
  readonly trainingInstanceTypes: InstanceType[];

  /**
   * The hyperparameters that training understands, at most 100.
   *
   * @default - none
   */
  readonly hyperparameters?: Hyperparameter[];

  /**
   * The metrics that training prints, at most 40.
   *
   * @default - none
   */
  readonly metrics?: MetricDefinition[];

  /**
   * The metrics that a tuning job can drive up or down. Each must name one of `metrics`.
   *
   * @default - the algorithm cannot be tuned
   */
  readonly objectives?: Objective[];

  /**
   * Whether training can use more than one instance.
   *
   * @default false
   */
  readonly supportsDistributedTraining?: boolean;

  /**
   * How trained models answer.
   *
   * @default - the algorithm only trains
   */
  readonly inference?: InferenceSpecification;
}
