import { type aws_s3 as s3, aws_s3_assets as s3_assets } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import * as path from 'node:path';
import { sha256 } from '../private/fingerprint';
import { ValidationErrors } from '../private/validation';
import { S3Object } from './s3-location';

/** Options of a file source. */
export interface FileSourceOptions {
  /**
   * The MIME type of the file: at most 256 characters.
   *
   * @default 'application/json'
   */
  readonly contentType?: string;

  /**
   * The digest of the file: `sha256:` followed by 64 hexadecimal digits.
   *
   * @default - no digest
   */
  readonly contentDigest?: string;
}

/** The file in the form that the API expects. */
export interface BoundFile {
  readonly s3Uri: string;
  readonly contentType: string;
  readonly contentDigest?: string;
}

/**
 * A file in Amazon S3 that describes a model, such as metrics, baselines or sample requests.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MetricsSource.html
 *
 * @example
 * import { aws_s3 as s3 } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const bucket: s3.IBucket;
 *
 * const statistics = sagemaker.FileSource.fromObject(bucket, 'quality/statistics.json');
 */
export class FileSource {
  /**
   * References a file in a bucket.
   *
   * @param bucket the bucket
   * @param objectKey the object key of the file
   * @param options options of the file source
   */
  public static fromObject(bucket: s3.IBucket, objectKey: string, options: FileSourceOptions = {}): FileSource {
    const object = new S3Object(bucket, objectKey);
    return new FileSource(() => object.uri, options);
  }

  /**
   * References a local file, which is uploaded when the stack is deployed.
   *
   * @param file the path of the file
   * @param options options of the file source
   */
  public static fromAsset(file: string, options: FileSourceOptions = {}): FileSource {
    const id = `File${sha256(path.resolve(file)).slice(0, 16)}`;
    return new FileSource((scope) => {
      const existing = scope.node.tryFindChild(id) as s3_assets.Asset | undefined;
      return (existing ?? new s3_assets.Asset(scope, id, { path: file })).s3ObjectUrl;
    }, options);
  }

  private constructor(
    private readonly uri: (scope: Construct) => string,
    private readonly options: FileSourceOptions,
  ) {
    const errors = new ValidationErrors('File source', 'model-packages');
    errors.check('contentType', 'ContentType', options.contentType);
    errors.check('contentDigest', 'ContentDigest', options.contentDigest);
    errors.throwIfAny();
  }

  /**
   * Adds the file to a stack and renders the reference to it.
   *
   * @internal
   */
  public _bind(scope: Construct): BoundFile {
    const { contentType = 'application/json', contentDigest } = this.options;
    return { s3Uri: this.uri(scope), contentType, contentDigest };
  }
}
