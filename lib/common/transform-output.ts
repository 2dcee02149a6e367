import { type aws_iam as iam, type aws_kms as kms, type aws_s3 as s3 } from 'aws-cdk-lib';
import { ValidationErrors } from '../private/validation';
import { S3Location } from './s3-location';

/** The method that assembles the results of the records of an object into one object. */
export enum AssembleWith {
  /** The results are concatenated. */
  NONE = 'None',

  /** A line break is added after each result. */
  LINE = 'Line',
}

/** Options of a transform output. */
export interface TransformOutputOptions {
  /**
   * The MIME type of the results, sent in the `Accept` header of the requests.
   *
   * @default - no `Accept` header
   */
  readonly accept?: string;

  /**
   * The method that assembles the results of the records of an object into one object.
   *
   * @default AssembleWith.NONE
   */
  readonly assembleWith?: AssembleWith;

  /**
   * The KMS key that encrypts the results.
   *
   * @default - the default encryption of the bucket
   */
  readonly encryptionKey?: kms.IKey;
}

/** The rendered output of a batch transform job, with the member names of the L1. */
export interface TransformOutputConfig {
  readonly s3OutputPath: string;
  readonly accept?: string;
  readonly assembleWith: string;
  readonly kmsKeyId?: string;
}

/**
 * The S3 location and the format of a batch transform job's results. The result of an object is `<prefix>/<input object>.out`.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformOutput.html
 *
 * @example
 * import { aws_s3 as s3 } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const bucket: s3.IBucket;
 *
 * const output = sagemaker.TransformOutput.toBucket(bucket, 'churn/scores');
 */
export class TransformOutput {
  /**
   * Stores the results in a bucket.
   *
   * @param bucket the bucket
   * @param keyPrefix the key prefix
   * @param options further options
   */
  public static toBucket(bucket: s3.IBucket, keyPrefix: string, options: TransformOutputOptions = {}): TransformOutput {
    return new TransformOutput(S3Location.fromBucket(bucket, keyPrefix), options);
  }

  private constructor(
    /** The S3 location of the results. */
    public readonly location: S3Location,
    private readonly options: TransformOutputOptions,
  ) {
    const errors = new ValidationErrors('Transform output', 'batch-transform');
    location._checkOutput(errors, 'keyPrefix');
    errors.check('accept', 'Accept', options.accept);
    errors.throwIfAny();
  }

  /**
   * Grants permission to read the results.
   *
   * @param grantee the principal to which the permission is granted
   */
  public grantRead(grantee: iam.IGrantable): void {
    this.location.grantRead(grantee);
    this.options.encryptionKey?.grantDecrypt(grantee);
  }

  /**
   * Renders the output, and grants a principal permission to write the results.
   *
   * @internal
   */
  public _bind(grantee?: iam.IGrantable): TransformOutputConfig {
    const { accept, assembleWith, encryptionKey } = this.options;
    if (grantee !== undefined) {
      this.location.grantWrite(grantee);
      // A multipart upload requires permission to decrypt its parts.
      encryptionKey?.grantEncryptDecrypt(grantee);
      this.location.bucket.encryptionKey?.grantEncryptDecrypt(grantee);
    }
    return {
      s3OutputPath: this.location._folderUri,
      accept,
      assembleWith: assembleWith ?? AssembleWith.NONE,
      kmsKeyId: encryptionKey?.keyArn,
    };
  }
}
