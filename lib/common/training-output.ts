import { type aws_iam as iam, type aws_kms as kms, type aws_s3 as s3 } from 'aws-cdk-lib';
import { collectingGrantee, grantDecrypt } from '../private/unapplied-grant';
import { ValidationErrors } from '../private/validation';
import { S3Location } from './s3-location';

/** The compression of the artifacts of a training job. */
export enum TrainingOutputCompression {
  /** Gzipped archives: `model.tar.gz` and `output.tar.gz`. */
  GZIP = 'GZIP',

  /** No compression: the files are uploaded one by one. For models that are too large to archive. */
  NONE = 'NONE',
}

/** Options of a training output. */
export interface TrainingOutputOptions {
  /**
   * The KMS key that encrypts the artifacts.
   *
   * @default - the default encryption of the bucket
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The compression of the artifacts.
   *
   * @default TrainingOutputCompression.GZIP
   */
  readonly compression?: TrainingOutputCompression;
}

/** The rendered output of a training job. */
export interface TrainingOutputConfig {
  /** The S3 URI under which each job creates a folder. */
  readonly s3OutputPath: string;

  /**
   * The ARN of the KMS key that encrypts the artifacts.
   *
   * @default - the default encryption of the bucket
   */
  readonly kmsKeyId?: string;

  /** The compression of the artifacts. */
  readonly compression: TrainingOutputCompression;
}

/**
 * The S3 location and the format of a training job's artifacts. The model artifact is `<prefix>/<job>/output/model.tar.gz`.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OutputDataConfig.html
 *
 * @example
 * import { aws_s3 as s3 } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const bucket: s3.IBucket;
 *
 * const output = sagemaker.TrainingOutput.toBucket(bucket, 'churn/models');
 */
export class TrainingOutput {
  /**
   * Stores the artifacts in a bucket.
   *
   * @param bucket the bucket
   * @param keyPrefix the key prefix
   * @param options further options
   */
  public static toBucket(bucket: s3.IBucket, keyPrefix: string, options: TrainingOutputOptions = {}): TrainingOutput {
    return new TrainingOutput(S3Location.fromBucket(bucket, keyPrefix), options);
  }

  private constructor(
    /** The S3 location of the artifacts. */
    public readonly location: S3Location,
    private readonly options: TrainingOutputOptions,
  ) {
    const errors = new ValidationErrors('Training output', 'training-and-tuning');
    location._checkOutput(errors, 'keyPrefix');
    errors.throwIfAny();
  }

  /** The compression of the artifacts. */
  public get compression(): TrainingOutputCompression {
    return this.options.compression ?? TrainingOutputCompression.GZIP;
  }

  /**
   * The KMS key of the artifacts.
   *
   * @internal
   */
  public get _encryptionKey(): kms.IKey | undefined {
    return this.options.encryptionKey;
  }

  /**
   * Renders the output, and grants a principal permission to write the artifacts.
   *
   * @param grantee the execution role of the job
   */
  public bind(grantee: iam.IGrantable): TrainingOutputConfig {
    const { compression } = this;
    const { encryptionKey } = this.options;
    this.location.grantWrite(grantee);
    // A multipart upload requires permission to decrypt its parts. Without it, the job fails after the training.
    encryptionKey?.grantEncryptDecrypt(grantee);
    this.location.bucket.encryptionKey?.grantEncryptDecrypt(grantee);
    return { s3OutputPath: this.location._folderUri, kmsKeyId: encryptionKey?.keyArn, compression };
  }

  /**
   * Grants permission to read the artifacts.
   *
   * @param grantee the principal to which the permission is granted
   */
  public grantRead(grantee: iam.IGrantable): void {
    this.location.grantRead(grantee);
    const { encryptionKey } = this.options;
    const { bucket } = this.location;
    if (encryptionKey !== undefined && encryptionKey !== bucket.encryptionKey) grantDecrypt(encryptionKey, grantee);
    if (encryptionKey !== undefined || bucket.encryptionKey !== undefined) return;
    // SageMaker encrypts artifacts without a key with one that AWS manages, whose policy gives no other account access.
    collectingGrantee(grantee)?.addMissing(
      `decrypt the model artifacts in bucket ${bucket.node.path}: they are encrypted with a key that AWS manages`,
      'Specify `encryptionKey` of the training output, or of the bucket',
    );
  }
}
