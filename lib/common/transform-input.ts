import { Token, type aws_iam as iam, type aws_s3 as s3 } from 'aws-cdk-lib';
import { ValidationErrors } from '../private/validation';
import { ContentCompression } from './content-compression';
import { S3Location } from './s3-location';

/** The method that splits objects into records. */
export enum SplitType {
  /** The objects are not split: each is one request. */
  NONE = 'None',

  /** At line breaks. */
  LINE = 'Line',

  /** Into RecordIO records. */
  RECORD_IO = 'RecordIO',

  /** Into TFRecords. */
  TF_RECORD = 'TFRecord',
}

/** Options of a transform input. */
export interface TransformInputOptions {
  /**
   * The MIME type of the data, sent in the `Content-Type` header of the requests.
   *
   * @default - no content type
   */
  readonly contentType?: string;

  /**
   * The compression of the objects. SageMaker decompresses them before it sends them to the container.
   *
   * @default ContentCompression.NONE
   */
  readonly compression?: ContentCompression;

  /**
   * The method that splits objects into records.
   *
   * @default SplitType.NONE
   */
  readonly splitType?: SplitType;
}

/** The rendered input of a batch transform job, with the member names of the L1. */
export interface TransformInputConfig {
  readonly dataSource: { readonly s3DataSource: { readonly s3DataType: string; readonly s3Uri: string } };
  readonly contentType?: string;
  readonly compressionType: string;
  readonly splitType: string;
}

/**
 * The input data of a batch transform job.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformInput.html
 *
 * @example
 * import { aws_s3 as s3 } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const bucket: s3.IBucket;
 *
 * const input = sagemaker.TransformInput.fromBucket(bucket, 'churn/new/', { splitType: sagemaker.SplitType.LINE });
 */
export class TransformInput {
  /**
   * References all objects under a key prefix.
   *
   * @param bucket the bucket
   * @param keyPrefix the key prefix
   * @param options further options
   */
  public static fromBucket(bucket: s3.IBucket, keyPrefix: string, options: TransformInputOptions = {}): TransformInput {
    return TransformInput.fromLocation(S3Location.fromBucket(bucket, keyPrefix), options);
  }

  /**
   * References all objects in an S3 location, for example the output of a processing job, which ends before the transform job starts.
   *
   * @param location the S3 location
   * @param options further options
   */
  public static fromLocation(location: S3Location, options: TransformInputOptions = {}): TransformInput {
    return new TransformInput(location, 'S3Prefix', options);
  }

  /**
   * References the objects that a manifest file lists.
   *
   * @param bucket the bucket of the manifest and the objects
   * @param objectKey the object key of the manifest
   * @param options further options
   */
  public static fromManifest(
    bucket: s3.IBucket,
    objectKey: string,
    options: TransformInputOptions = {},
  ): TransformInput {
    return new TransformInput(S3Location._of(bucket, objectKey, 'objectKey'), 'ManifestFile', options);
  }

  /** The method that splits objects into records. */
  public readonly splitType: SplitType;

  private constructor(
    /**
     * The S3 location of the data.
     *
     * @internal
     */
    public readonly _location: S3Location,
    private readonly dataType: 'S3Prefix' | 'ManifestFile',
    private readonly options: TransformInputOptions,
  ) {
    this.splitType = options.splitType ?? SplitType.NONE;
    const { keyPrefix } = _location;
    const errors = new ValidationErrors(
      `Transform input ${Token.isUnresolved(keyPrefix) ? '' : keyPrefix}`,
      'batch-transform',
    );
    _location._checkInput(errors, dataType === 'S3Prefix' ? 'keyPrefix' : 'objectKey');
    errors.check('contentType', 'ContentType', options.contentType);
    errors.throwIfAny();
  }

  /**
   * Renders the input, and grants a principal permission to read the data.
   *
   * @internal
   */
  public _bind(grantee?: iam.IGrantable): TransformInputConfig {
    if (grantee !== undefined) {
      if (this.dataType === 'S3Prefix') this._location._grantReadPrefix(grantee);
      // A manifest can list objects anywhere in the bucket.
      else S3Location.fromBucket(this._location.bucket).grantRead(grantee);
    }
    return {
      dataSource: { s3DataSource: { s3DataType: this.dataType, s3Uri: this._location.uri } },
      contentType: this.options.contentType,
      compressionType: this.options.compression ?? ContentCompression.NONE,
      splitType: this.splitType,
    };
  }
}
