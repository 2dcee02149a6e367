import type { S3Location } from '../common/s3-location';

/**
 * The TensorBoard output of a training job.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TensorBoardOutputConfig.html
 */
export interface TensorBoardOptions {
  /** The S3 location of the TensorBoard output. */
  readonly location: S3Location;

  /**
   * The path in the container to which TensorBoard output is written.
   *
   * @default '/opt/ml/output/tensorboard'
   */
  readonly localPath?: string;
}
