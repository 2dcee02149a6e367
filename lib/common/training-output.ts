import { type aws_iam as iam, type aws_kms as kms, type aws_s3 as s3 } from 'aws-cdk-lib';
import { S3Location } from './s3-location';

/** How artifacts are stored. */
export enum TrainingOutputCompression {
  /** One `model.tar.gz`, and one `output.tar.gz`. */
  GZIP = 'GZIP',

  /** The files as they are, for models that are too large to pack. */
  NONE = 'NONE',
}

/** What an output may say. */
export interface TrainingOutputOptions {
  /**
   * The key that encrypts the artifacts.
   *
   * @default - as the bucket does it
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * How artifacts are stored.
   *
   * @default TrainingOutputCompression.GZIP
   */
  readonly compression?: TrainingOutputCompression;
}

/** Where a job puts what it makes, as the API reads it. */
export interface TrainingOutputConfig {
  /** The S3 URI below which each job has a folder of its own. */
  readonly s3OutputPath: string;

  /**
   * The ARN of the key.
   *
   * @default - none
   */
  readonly kmsKeyId?: string;

  /** How artifacts are stored. */
  readonly compression: TrainingOutputCompression;
}

/**
 * Where a training job puts its artifacts: `<prefix>/<job>/output/model.tar.gz`.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OutputDataConfig.html
 */
export class TrainingOutput {
  /**
   * A place in a bucket.
   *
   * @param bucket the bucket
   * @param keyPrefix the prefix of the object keys
   * @param options what else is to be said
   */
  public static toBucket(bucket: s3.IBucket, keyPrefix: string, options: TrainingOutputOptions = {}): TrainingOutput {
    return new TrainingOutput(S3Location.fromBucket(bucket, keyPrefix), options);
  }

  private constructor(
    /** The S3 location of the artifacts. */
    public readonly location: S3Location,
    private readonly options: TrainingOutputOptions,
  ) {}

  /** How artifacts are stored. */
  public get compression(): TrainingOutputCompression {
    return this.options.compression ?? TrainingOutputCompression.GZIP;
  }

  /**
   * Lets a job write there, and returns what the API reads.
   *
   * @param grantee the role of the job
   */
  public bind(grantee: iam.IGrantable): TrainingOutputConfig {
    const { compression } = this;
    const { encryptionKey } = this.options;
    this.location.grantWrite(grantee);
    // Uploads in parts read their parts again: without the right to decrypt a job fails after it has trained.
    encryptionKey?.grantEncryptDecrypt(grantee);
    this.location.bucket.encryptionKey?.grantEncryptDecrypt(grantee);
    return { s3OutputPath: this.location._folderUri, kmsKeyId: encryptionKey?.keyArn, compression };
  }

  /**
   * Lets a principal read the artifacts.
   *
   * @param grantee who reads them
   */
  public grantRead(grantee: iam.IGrantable): void {
    this.location.grantRead(grantee);
    this.options.encryptionKey?.grantDecrypt(grantee);
  }
}
