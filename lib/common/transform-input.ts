import { Token, type aws_iam as iam, type aws_s3 as s3 } from 'aws-cdk-lib';
import { ValidationErrors } from '../private/validation';
import { ContentCompression } from './content-compression';
import { S3Location } from './s3-location';

/** How objects are split into records. */
export enum SplitType {
  /** Not at all: an object is a request. */
  NONE = 'None',

  /** At the ends of lines. */
  LINE = 'Line',

  /** Into RecordIO records. */
  RECORD_IO = 'RecordIO',

  /** Into TFRecords. */
  TF_RECORD = 'TFRecord',
}

/** What an input may say. */
export interface TransformInputOptions {
  /**
   * The MIME type of the data, which requests carry.
   *
   * @default - not said
   */
  readonly contentType?: string;

  /**
   * The compression of the objects, which is undone.
   *
   * @default ContentCompression.NONE
   */
  readonly compression?: ContentCompression;

  /**
   * How objects are split into records.
   *
   * @default SplitType.NONE
   */
  readonly splitType?: SplitType;
}

/** The input as an L1 has it. */
export interface TransformInputConfig {
  readonly dataSource: { readonly s3DataSource: { readonly s3DataType: string; readonly s3Uri: string } };
  readonly contentType?: string;
  readonly compressionType: string;
  readonly splitType: string;
}

/**
 * Where the data of a batch transform job comes from.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformInput.html
 */
export class TransformInput {
  /**
   * All objects whose key starts with a prefix.
   *
   * @param bucket where they are
   * @param keyPrefix the prefix of the object keys
   * @param options what else is to be said
   */
  public static fromBucket(bucket: s3.IBucket, keyPrefix: string, options: TransformInputOptions = {}): TransformInput {
    return new TransformInput(S3Location.fromBucket(bucket, keyPrefix), 'S3Prefix', options);
  }

  /**
   * The objects that a manifest lists.
   *
   * @param bucket where the manifest and the objects are
   * @param objectKey the key of the manifest
   * @param options what else is to be said
   */
  public static fromManifest(
    bucket: s3.IBucket,
    objectKey: string,
    options: TransformInputOptions = {},
  ): TransformInput {
    return new TransformInput(S3Location.fromBucket(bucket, objectKey), 'ManifestFile', options);
  }

  /** How objects are split into records. */
  public readonly splitType: SplitType;

  private constructor(
    private readonly location: S3Location,
    private readonly dataType: 'S3Prefix' | 'ManifestFile',
    private readonly options: TransformInputOptions,
  ) {
    this.splitType = options.splitType ?? SplitType.NONE;
    const { keyPrefix } = location;
    const errors = new ValidationErrors(`Transform input ${Token.isUnresolved(keyPrefix) ? '' : keyPrefix}`);
    errors.check('contentType', 'ContentType', options.contentType);
    errors.throwIfAny();
  }

  /**
   * Grants a job permission to read the data, and renders the input.
   *
   * @internal
   */
  public _bind(grantee?: iam.IGrantable): TransformInputConfig {
    if (grantee !== undefined) {
      if (this.dataType === 'S3Prefix') this.location._grantReadPrefix(grantee);
      // A manifest names objects anywhere in the bucket.
      else S3Location.fromBucket(this.location.bucket).grantRead(grantee);
    }
    return {
      dataSource: { s3DataSource: { s3DataType: this.dataType, s3Uri: this.location.uri } },
      contentType: this.options.contentType,
      compressionType: this.options.compression ?? ContentCompression.NONE,
      splitType: this.splitType,
    };
  }
}
