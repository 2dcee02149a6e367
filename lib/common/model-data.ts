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
import { S3Location, S3Object, checkKey } from './s3-location';
import { TrainingOutputCompression } from './training-output';

/** How model data that is no `model.tar.gz` is stored. */
export interface UncompressedModelData {
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
   * What must have happened before the data is there.
   *
   * @default - the data is there already
   */
  readonly dependency?: IDependable;
}

/** Where published model data is. */
export interface PublishedModelDataOptions {
  /** The S3 location that the job writes to, as in its output. */
  readonly location: S3Location;

  /**
   * The key that encrypts the artifacts, where it is not the bucket's own.
   *
   * @default - as the bucket does it
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * How the job stores its artifacts, as in its output.
   *
   * @default TrainingOutputCompression.GZIP
   */
  readonly compression?: TrainingOutputCompression;
}

/** What is to be said of a model in several objects. */
export interface UncompressedModelDataOptions {
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
 * The data of a trained model: usually a `model.tar.gz`, which containers find uncompressed and read-only in `/opt/ml/model`.
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
  public static fromObject(bucket: s3.IBucket, objectKey: string): ModelData {
    return new ObjectModelData(bucket, objectKey);
  }

  /**
   * One object as it is: a model in a single file that is not packed.
   *
   * @param bucket where it is
   * @param objectKey its key
   */
  public static fromUncompressedObject(bucket: s3.IBucket, objectKey: string): ModelData {
    return new UncompressedData(bucket, objectKey, { isPrefix: false });
  }

  /**
   * All objects whose keys start with a prefix, as they are: for a model that is too large to pack, or, with many models in
   * one container, for the archives that it loads.
   *
   * @param bucket where they are
   * @param keyPrefix the prefix of the object keys; a "/" is added at its end where it is missing
   * @param options what is to be said of the model
   */
  public static fromUncompressedPrefix(
    bucket: s3.IBucket,
    keyPrefix: string,
    options: UncompressedModelDataOptions = {},
  ): ModelData {
    return new UncompressedData(bucket, folder(keyPrefix), { isPrefix: true, ...options });
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
   * Adds the data to a stack, and grants a principal permission to read it.
   *
   * @param scope where the data is used
   * @param grantee the principal; none, where the data is only referenced
   */
  public abstract bind(scope: Construct, grantee?: iam.IGrantable): ModelDataConfig;

  /** @param uncompressed how data that is no `model.tar.gz` is stored */
  protected constructor(
    /** How data that is no `model.tar.gz` is stored. */
    public readonly uncompressed?: UncompressedModelData,
  ) {}
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

class ObjectModelData extends ModelData {
  constructor(
    private readonly bucket: s3.IBucket,
    private readonly objectKey: string,
  ) {
    super();
    checkArchive('objectKey', objectKey);
  }

  public bind(_scope: Construct, grantee?: iam.IGrantable): ModelDataConfig {
    const object = new S3Object(this.bucket, this.objectKey);
    if (grantee !== undefined) object.grantRead(grantee);
    return { modelDataUrl: object.uri };
  }
}

class PublishedModelData extends ModelData {
  constructor(
    private readonly parameterName: string,
    private readonly options: PublishedModelDataOptions,
  ) {
    super(options.compression === TrainingOutputCompression.NONE ? { isPrefix: true } : undefined);
  }

  public bind(scope: Construct, grantee?: iam.IGrantable): ModelDataConfig {
    const { location, encryptionKey } = this.options;
    if (grantee !== undefined) {
      location.grantRead(grantee);
      encryptionKey?.grantDecrypt(grantee);
    }
    return { modelDataUrl: published(scope, this.parameterName) };
  }
}

class UncompressedData extends ModelData {
  constructor(
    private readonly bucket: s3.IBucket,
    private readonly key: string,
    uncompressed: UncompressedModelData,
  ) {
    super(uncompressed);
    const errors = new ValidationErrors('Model data');
    const property = uncompressed.isPrefix ? 'keyPrefix' : 'objectKey';
    errors.when(!uncompressed.isPrefix && key === '', '`objectKey` must not be empty');
    checkKey(errors, property, 'S3ModelUri', key);
    errors.check('hubContentArn', 'HubContentArn', uncompressed.hubContentArn);
    errors.throwIfAny();
  }

  public bind(_scope: Construct, grantee?: iam.IGrantable): ModelDataConfig {
    const { bucket, key } = this;
    const data = this.uncompressed?.isPrefix ? S3Location.fromBucket(bucket, key) : new S3Object(bucket, key);
    if (grantee !== undefined) data.grantRead(grantee);
    return { modelDataUrl: data.uri };
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
  if (property === 'objectKey') checkKey(errors, property, 'Url', value);
  errors.throwIfAny();
}
