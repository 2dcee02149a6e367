import type { aws_s3 as s3 } from 'aws-cdk-lib';

/**
 * Where what a training job writes for TensorBoard goes.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TensorBoardOutputConfig.html
 */
export interface TensorBoardOptions {
  /** The bucket. */
  readonly bucket: s3.IBucket;

  /** What the keys start with. */
  readonly prefix: string;

  /**
   * Where the container writes it.
   *
   * @default '/opt/ml/output/tensorboard'
   */
  readonly localPath?: string;
}
