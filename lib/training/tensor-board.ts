import type { S3Location } from '../common/s3-location';

/**
 * Where what a training job writes for TensorBoard goes.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TensorBoardOutputConfig.html
 */
export interface TensorBoardOptions {
  /** The S3 location of the TensorBoard output. */
  readonly location: S3Location;

  /**
   * Where the container writes it.
   *
   * @default '/opt/ml/output/tensorboard'
   */
  readonly localPath?: string;
}
