import { type aws_iam as iam, type aws_kms as kms, type aws_s3 as s3 } from 'aws-cdk-lib';
import { ValidationErrors } from '../private/validation';

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
   * @param prefix what the keys start with, without a "/" at its end
   * @param options what else is to be said
   */
  public static toBucket(bucket: s3.IBucket, prefix: string, options: TransformOutputOptions = {}): TransformOutput {
    return new TransformOutput(bucket, prefix.replace(/\/+$/, ''), options);
  }

  private constructor(
    /** The bucket. */
    public readonly bucket: s3.IBucket,
    /** What the keys start with. */
    public readonly prefix: string,
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
    this.bucket.grantRead(grantee, `${this.prefix}/*`);
    this.options.encryptionKey?.grantDecrypt(grantee);
  }

  /**
   * Lets a job write its answers, and returns what the API reads.
   *
   * @internal
   */
  public _bind(grantee?: iam.IGrantable): Record<string, unknown> {
    const { accept, assembleWith, encryptionKey } = this.options;
    if (grantee !== undefined) {
      this.bucket.grantPut(grantee, `${this.prefix}/*`);
      // Uploads in parts read their parts again.
      encryptionKey?.grantEncryptDecrypt(grantee);
      this.bucket.encryptionKey?.grantEncryptDecrypt(grantee);
    }
    return {
      S3OutputPath: this.bucket.s3UrlForObject(this.prefix),
      Accept: accept,
      AssembleWith: assembleWith ?? AssembleWith.NONE,
      KmsKeyId: encryptionKey?.keyArn,
    };
  }
}
