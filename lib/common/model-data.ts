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
import { published } from '../private/parameter';
import { ValidationErrors, quote } from '../private/validation';
import { objectsBelow } from './bucket-location';
import { OutputCompression } from './training-output';

/** How model data that is no `model.tar.gz` is stored. */
export interface UnpackedModelData {
  /** Whether the URI is what the keys of several objects start with, rather than the key of one. */
  readonly isPrefix: boolean;

  /**
   * Whether the licence of the model is accepted.
   *
   * @default - the model has none to accept
   */
  readonly acceptEula?: boolean;

  /**
   * The ARN of the model in a private hub.
   *
   * @default - the model is in no hub
   */
  readonly hubContentArn?: string;
}

/** What a stage of the lifecycle needs to know of trained model data. */
export interface ModelDataConfig {
  /** The S3 URI of the data. */
  readonly modelDataUrl: string;

  /**
   * How the data is stored.
   *
   * @default - as a `model.tar.gz`
   */
  readonly unpacked?: UnpackedModelData;

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

  /**
   * How the job stores its artifacts, as in its output.
   *
   * @default OutputCompression.GZIP
   */
  readonly compression?: OutputCompression;
}

/** What is to be said of a model in several objects. */
export interface ModelPrefixOptions {
  /**
   * Whether the licence of the model is accepted, where it has one.
   *
   * @default - nothing is accepted
   */
  readonly acceptEula?: boolean;

  /**
   * The ARN of the model in a private hub that gives access to it.
   *
   * @default - the model is in no hub
   */
  readonly hubContentArn?: string;
}

/**
 * The data of a trained model: usually a `model.tar.gz`, which containers find unpacked and read-only in `/opt/ml/model`.
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
   * One object as it is: a model in a single file that is not packed.
   *
   * @param bucket where it is
   * @param objectKey its key
   */
  public static fromObject(bucket: s3.IBucket, objectKey: string): ModelData {
    return new UnpackedData(bucket, objectKey, { isPrefix: false });
  }

  /**
   * All objects whose keys start with a prefix, as they are: for a model that is too large to pack, or, with many models in
   * one container, for the archives that it loads.
   *
   * @param bucket where they are
   * @param prefix what their keys start with; it ends in "/", which is added where it is missing
   * @param options what is to be said of the model
   */
  public static fromPrefix(bucket: s3.IBucket, prefix: string, options: ModelPrefixOptions = {}): ModelData {
    return new UnpackedData(bucket, folder(prefix), { isPrefix: true, ...options });
  }

  /**
   * Data that a job of another stack has made and published, as it is when the stack is deployed.
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
    const { bucket, prefix, encryptionKey, compression } = this.options;
    if (grantee !== undefined) {
      bucket.grantRead(grantee, objectsBelow(prefix));
      encryptionKey?.grantDecrypt(grantee);
    }
    return {
      modelDataUrl: published(scope, this.parameterName),
      unpacked: compression === OutputCompression.NONE ? { isPrefix: true } : undefined,
    };
  }
}

class UnpackedData extends ModelData {
  constructor(
    private readonly bucket: s3.IBucket,
    private readonly key: string,
    private readonly unpacked: UnpackedModelData,
  ) {
    super();
    const errors = new ValidationErrors('Model data');
    const property = unpacked.isPrefix ? 'prefix' : 'objectKey';
    errors.when(!unpacked.isPrefix && key === '', '`objectKey` must not be empty');
    checkStart(errors, property, key);
    errors.check(property, 'S3ModelUri', Token.isUnresolved(key) ? undefined : `s3://bucket/${key}`);
    errors.check('hubContentArn', 'HubContentArn', unpacked.hubContentArn);
    errors.throwIfAny();
  }

  public bind(_scope: Construct, grantee?: iam.IGrantable): ModelDataConfig {
    const { bucket, key, unpacked } = this;
    if (grantee !== undefined) bucket.grantRead(grantee, unpacked.isPrefix ? `${key}*` : key);
    return { modelDataUrl: bucket.s3UrlForObject(key), unpacked };
  }
}

function folder(prefix: string): string {
  return Token.isUnresolved(prefix) || prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
}

function checkArchive(property: string, value: string): void {
  const errors = new ValidationErrors('Model data');
  errors.when(
    !Token.isUnresolved(value) && !value.endsWith('.tar.gz'),
    `\`${property}\` must end in ".tar.gz", the only archive that SageMaker unpacks, got: ${quote(value)}`,
  );
  if (property === 'objectKey') checkStart(errors, property, value);
  errors.check(property, 'Url', Token.isUnresolved(value) ? undefined : `s3://bucket/${value}`);
  errors.throwIfAny();
}

/** In a URI a "/" at the start is lost, and the rights would be about another key. */
function checkStart(errors: ValidationErrors, property: string, key: string): void {
  errors.when(
    !Token.isUnresolved(key) && key.startsWith('/'),
    `\`${property}\` must not start with "/", got: ${quote(key)}`,
  );
}
