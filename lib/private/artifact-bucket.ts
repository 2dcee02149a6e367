import { Duration, RemovalPolicy, type aws_kms as kms, aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The construct id of a bucket for artifacts. */
export const ARTIFACT_BUCKET = 'Artifacts';

/** Creates a bucket for the artifacts of jobs. It is retained when the stack is deleted. */
export function newArtifactBucket(scope: Construct, encryptionKey?: kms.IKey): s3.Bucket {
  return new s3.Bucket(scope, ARTIFACT_BUCKET, {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    encryption: encryptionKey === undefined ? s3.BucketEncryption.S3_MANAGED : s3.BucketEncryption.KMS,
    encryptionKey,
    // Without a bucket key, every object is a request to KMS.
    bucketKeyEnabled: encryptionKey === undefined ? undefined : true,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN,
    // A job that is stopped during its upload leaves parts of objects, which are billed but not listed.
    lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(7) }],
  });
}
