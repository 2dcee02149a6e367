import { CfnOutput, Stack, type StackProps, aws_s3 as s3, aws_s3_assets as s3_assets } from 'aws-cdk-lib';
import {
  AssembleWith,
  ByoAlgorithm,
  InstanceType,
  SplitType,
  TransformInput,
  TransformJob,
  TransformOutput,
  TransformResources,
} from 'cdk-sagemaker-algorithm';
import type { Construct } from 'constructs';
import { algorithm } from './algorithm';

/** Trains the algorithm, registers the model, and scores a file with a batch transform job. */
export class AlgorithmStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const { model } = new ByoAlgorithm(this, 'Lifecycle', algorithm);
    const rows = new s3_assets.Asset(this, 'Rows', { path: 'requests/rows.csv' });
    const bucket = new s3.Bucket(this, 'Predictions', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
    });
    new TransformJob(this, 'Transform', {
      model: model!,
      input: TransformInput.fromBucket(rows.bucket, rows.s3ObjectKey, {
        contentType: 'text/csv',
        splitType: SplitType.LINE,
      }),
      output: TransformOutput.toBucket(bucket, 'predictions', {
        accept: 'text/csv',
        assembleWith: AssembleWith.LINE,
      }),
      resources: TransformResources.of(InstanceType.ML_M5_XLARGE),
    });
    new CfnOutput(this, 'BucketName', { value: bucket.bucketName });
    new CfnOutput(this, 'ObjectKey', { value: `predictions/${rows.s3ObjectKey}.out` });
  }
}
