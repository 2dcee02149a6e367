import * as path from 'node:path';
import {
  Token,
  type aws_iam as iam,
  type aws_kms as kms,
  type aws_s3 as s3,
  aws_s3_assets as s3_assets,
} from 'aws-cdk-lib';
import type { Construct, IDependable } from 'constructs';
import { sha256 } from '../private/fingerprint';
import { published } from '../private/publication';
import { Faults, quote } from '../private/validation';

/** What a stage of the lifecycle needs to know of trained model data. */
export interface ModelDataConfig {
  /** The S3 URI of the `model.tar.gz`. */
  readonly modelDataUrl: string;

  /**
   * What must have happened before the data is there.
   *
   * @default - the data is there already
   */
  readonly dependency?: IDependable;
}

/** Where published model data is. */
export interface PublishedModelDataOptions {
  /** The bucket that jobs write to. */
  readonly bucket: s3.IBucket;

  /** What the keys of their artifacts start with, as in the output of the job. */
  readonly prefix: string;

  /**
   * The key that encrypts the artifacts, where it is not the bucket's own.
   *
   * @default - as the bucket does it
   */
  readonly encryptionKey?: kms.IKey;
}

/**
 * The data of a trained model: a `model.tar.gz`, which containers find unpacked and read-only in `/opt/ml/model`.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
 */
export abstract class ModelData {
  /**
   * A local archive that is uploaded when the stack is deployed.
   *
   * @param file path of a file whose name ends in `.tar.gz`
   */
  public static fromAsset(file: string): ModelData {
    return new AssetModelData(file);
  }

  /**
   * An archive in a bucket.
   *
   * @param bucket where it is
   * @param objectKey its key, which ends in `.tar.gz`
   */
  public static fromBucket(bucket: s3.IBucket, objectKey: string): ModelData {
    return new BucketModelData(bucket, objectKey);
  }

  /**
   * An archive that a job of another stack has made and published, as it is when the stack is deployed.
   *
   * @param parameterName the parameter that the job's `publish` wrote
   * @param options where the archive is, which says what may be read
   */
  public static fromParameter(parameterName: string, options: PublishedModelDataOptions): ModelData {
    return new PublishedModelData(parameterName, options);
  }

  /**
   * Makes the data available to a stack, and lets a principal read it.
   *
   * @param scope where the data is used
   * @param grantee who reads it; nobody, where the data is only named
   */
  public abstract bind(scope: Construct, grantee?: iam.IGrantable): ModelDataConfig;
}

class AssetModelData extends ModelData {
  constructor(private readonly file: string) {
    super();
    checkArchive('file', file);
  }

  public bind(scope: Construct, grantee?: iam.IGrantable): ModelDataConfig {
    const id = `ModelData${sha256(path.resolve(this.file)).slice(0, 16)}`;
    const asset =
      (scope.node.tryFindChild(id) as s3_assets.Asset | undefined) ??
      new s3_assets.Asset(scope, id, { path: this.file });
    if (grantee !== undefined) asset.grantRead(grantee);
    return { modelDataUrl: asset.s3ObjectUrl };
  }
}

class BucketModelData extends ModelData {
  constructor(
    private readonly bucket: s3.IBucket,
    private readonly objectKey: string,
  ) {
    super();
    checkArchive('objectKey', objectKey);
  }

  public bind(_scope: Construct, grantee?: iam.IGrantable): ModelDataConfig {
    if (grantee !== undefined) this.bucket.grantRead(grantee, this.objectKey);
    return { modelDataUrl: this.bucket.s3UrlForObject(this.objectKey) };
  }
}

class PublishedModelData extends ModelData {
  constructor(
    private readonly parameterName: string,
    private readonly options: PublishedModelDataOptions,
  ) {
    super();
  }

  public bind(scope: Construct, grantee?: iam.IGrantable): ModelDataConfig {
    const { bucket, prefix, encryptionKey } = this.options;
    if (grantee !== undefined) {
      bucket.grantRead(grantee, `${prefix.replace(/\/+$/, '')}/*`);
      encryptionKey?.grantDecrypt(grantee);
    }
    return { modelDataUrl: published(scope, this.parameterName) };
  }
}

function checkArchive(property: string, value: string): void {
  const faults = new Faults('Model data');
  faults.when(
    !Token.isUnresolved(value) && !value.endsWith('.tar.gz'),
    `\`${property}\` must end in ".tar.gz", the only archive that SageMaker unpacks, got: ${quote(value)}`,
  );
  faults.check(property, 'Url', Token.isUnresolved(value) ? undefined : `s3://bucket/${value}`);
  faults.throwIfAny();
}
