import { type aws_iam as iam, type aws_kms as kms, type aws_s3 as s3 } from 'aws-cdk-lib';
import { ValidationErrors } from '../private/validation';
import { S3Location } from './s3-location';

/** How the answers to the records of an object are put together. */
export enum AssembleWith {
  /** One after the other. */
  NONE = 'None',

  /** With a line end after each. */
  LINE = 'Line',
}

/** What an output may say. */
export interface TransformOutputOptions {
  /**
   * The MIME type of the answers, which requests ask for.
   *
   * @default - not said
   */
  readonly accept?: string;

  /**
   * How the answers to the records of an object are put together.
   *
   * @default AssembleWith.NONE
   */
  readonly assembleWith?: AssembleWith;

  /**
   * The key that encrypts the answers.
   *
   * @default - as the bucket does it
   */
  readonly encryptionKey?: kms.IKey;
}

/** The output as an L1 has it. */
export interface TransformOutputConfig {
  readonly s3OutputPath: string;
  readonly accept?: string;
  readonly assembleWith: string;
  readonly kmsKeyId?: string;
}

/**
 * Where a batch transform job puts its answers: `<prefix>/<key of the input>.out`.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformOutput.html
 */
export class TransformOutput {
  /**
   * A place in a bucket.
   *
   * @param bucket the bucket
   * @param keyPrefix the prefix of the object keys
   * @param options what else is to be said
   */
  public static toBucket(bucket: s3.IBucket, keyPrefix: string, options: TransformOutputOptions = {}): TransformOutput {
    return new TransformOutput(S3Location.fromBucket(bucket, keyPrefix), options);
  }

  private constructor(
    /** The S3 location of the results. */
    public readonly location: S3Location,
    private readonly options: TransformOutputOptions,
  ) {
    const errors = new ValidationErrors('Transform output');
    errors.check('accept', 'Accept', options.accept);
    errors.throwIfAny();
  }

  /**
   * Lets a principal read the answers.
   *
   * @param grantee who reads them
   */
  public grantRead(grantee: iam.IGrantable): void {
    this.location.grantRead(grantee);
    this.options.encryptionKey?.grantDecrypt(grantee);
  }

  /**
   * Grants a job permission to write its results, and renders the output.
   *
   * @internal
   */
  public _bind(grantee?: iam.IGrantable): TransformOutputConfig {
    const { accept, assembleWith, encryptionKey } = this.options;
    if (grantee !== undefined) {
      this.location.grantWrite(grantee);
      // Uploads in parts read their parts again.
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
