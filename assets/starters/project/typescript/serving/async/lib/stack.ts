import { CfnOutput, Duration, Stack, type StackProps, aws_s3 as s3 } from 'aws-cdk-lib';
import { ByoAlgorithm, InstanceType, S3Location } from 'cdk-sagemaker-algorithm';
import type { Construct } from 'constructs';
import { algorithm } from './algorithm';

/** Trains the algorithm, registers the model, and hosts it on an endpoint for asynchronous inference. */
export class AlgorithmStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const bucket = new s3.Bucket(this, 'Bucket', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(7) }],
    });
    const { endpoint } = new ByoAlgorithm(this, 'Lifecycle', {
      ...algorithm,
      endpoint: {
        instanceType: InstanceType.ML_M5_LARGE,
        instanceCount: 1,
        asyncInference: {
          input: S3Location.fromBucket(bucket, 'requests/'),
          output: S3Location.fromBucket(bucket, 'responses/'),
          failure: S3Location.fromBucket(bucket, 'failures/'),
        },
      },
    });
    new CfnOutput(this, 'EndpointName', { value: endpoint!.endpointName });
    new CfnOutput(this, 'BucketName', { value: bucket.bucketName });
  }
}
