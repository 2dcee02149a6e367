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
import { publishedValue } from '../private/parameter';
import { ValidationErrors, quote } from '../private/validation';
import { grantDecrypt } from '../private/unapplied-grant';
import { S3Location, S3Object, grantReadOf } from './s3-location';
import { TrainingOutputCompression } from './training-output';

/** The storage of model data that is not a `model.tar.gz`. */
export interface UncompressedModelData {
  /** Whether the URI is a key prefix of several objects, rather than the key of one object. */
  readonly isPrefix: boolean;

  /**
   * Whether the end user license agreement (EULA) of the model is accepted.
   *
   * @default - the model has no EULA
   */
  readonly acceptEula?: boolean;

  /**
   * The ARN of the model in a private hub.
   *
   * @default - the model is not in a hub
   */
  readonly hubContentArn?: string;
}

/** The reference to model data that a model or a model package renders. */
export interface ModelDataConfig {
  /** The S3 URI of the data. */
  readonly modelDataUrl: string;

  /**
   * The dependency that must be deployed before the data exists.
   *
   * @default - the data exists before the stack is deployed
   */
  readonly dependency?: IDependable;
}

/** Options of model data that another stack publishes. They must match the output of the job. */
export interface PublishedModelDataOptions {
  /** The S3 location of the job's output. */
  readonly location: S3Location;

  /**
   * The KMS key that encrypts the artifacts.
   *
   * @default - the default encryption of the bucket
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The compression of the job's output.
   *
   * @default TrainingOutputCompression.GZIP
   */
  readonly compression?: TrainingOutputCompression;
}

/** Options of model data that consists of several objects. */
export interface UncompressedModelDataOptions {
  /**
   * Whether the end user license agreement (EULA) of the model is accepted.
   *
   * @default - no EULA is accepted
   */
  readonly acceptEula?: boolean;

  /**
   * The ARN of the model in a private hub through which it is accessed.
   *
   * @default - the model is not in a hub
   */
  readonly hubContentArn?: string;
}

/**
 * The model artifact of a model: usually a `model.tar.gz`, which SageMaker extracts to `/opt/ml/model`. The directory is read-only.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
 *
 * @example
 * import { aws_s3 as s3 } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const bucket: s3.IBucket;
 *
 * const archive = sagemaker.ModelData.fromObject(bucket, 'churn/model.tar.gz');
 * const files = sagemaker.ModelData.fromUncompressedPrefix(bucket, 'churn/model/');
 */
export abstract class ModelData {
  /**
   * References a local archive, which is uploaded when the stack is deployed.
   *
   * @param file the path of the archive; it must end in `.tar.gz`
   */
  public static fromAsset(file: string): ModelData {
    return new AssetModelData(file);
  }

  /**
   * References an archive in a bucket.
   *
   * @param bucket the bucket
   * @param objectKey the object key of the archive; it must end in `.tar.gz`, unless it is the key of an asset
   */
  public static fromObject(bucket: s3.IBucket, objectKey: string): ModelData {
    return new ObjectModelData(bucket, objectKey);
  }

  /**
   * References a model that is a single uncompressed file.
   *
   * @param bucket the bucket
   * @param objectKey the object key of the file
   */
  public static fromUncompressedObject(bucket: s3.IBucket, objectKey: string): ModelData {
    return new ObjectModelData(bucket, objectKey, { isPrefix: false });
  }

  /**
   * References all objects under a key prefix: the files of a model that is too large to archive, or the archives that a
   * multi-model container loads.
   *
   * @param bucket the bucket
   * @param keyPrefix the key prefix; a trailing "/" is added if it is missing
   * @param options options of the model data
   */
  public static fromUncompressedPrefix(
    bucket: s3.IBucket,
    keyPrefix: string,
    options: UncompressedModelDataOptions = {},
  ): ModelData {
    return new PrefixModelData(bucket, withTrailingSlash(keyPrefix), { isPrefix: true, ...options });
  }

  /**
   * References the model artifact of a job in another stack. The reference is resolved at each deployment.
   *
   * @param parameterName the name of the AWS Systems Manager parameter, as passed to the job's `publish`
   * @param options the location and the encryption of the artifact
   */
  public static fromParameter(parameterName: string, options: PublishedModelDataOptions): ModelData {
    return new PublishedModelData(parameterName, options);
  }

  /**
   * Adds the data to a stack, and grants a principal permission to read it.
   *
   * @param scope the construct that uses the data
   * @param grantee the principal; if omitted, no permission is granted
   */
  public abstract bind(scope: Construct, grantee?: iam.IGrantable): ModelDataConfig;

  /**
   * The S3 location of the data, if it is in a bucket of the user.
   *
   * @internal
   */
  public get _location(): S3Location | undefined {
    return undefined;
  }

  /** @param uncompressed the storage of data that is not a `model.tar.gz` */
  protected constructor(
    /** The storage of data that is not a `model.tar.gz`. */
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
    // All assets, as the CDK does: the previous version is read while an update is in progress.
    if (grantee !== undefined) grantReadOf(asset.bucket, grantee, '*');
    return { modelDataUrl: asset.s3ObjectUrl };
  }
}

class ObjectModelData extends ModelData {
  private readonly object: S3Object;

  constructor(
    private readonly bucket: s3.IBucket,
    objectKey: string,
    uncompressed?: UncompressedModelData,
  ) {
    super(uncompressed);
    if (uncompressed === undefined) checkArchive('objectKey', objectKey);
    this.object = new S3Object(bucket, objectKey);
  }

  public override get _location(): S3Location {
    return S3Location.fromBucket(this.bucket);
  }

  public bind(_scope: Construct, grantee?: iam.IGrantable): ModelDataConfig {
    if (grantee !== undefined) this.object.grantRead(grantee);
    return { modelDataUrl: this.object.uri };
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
      if (encryptionKey !== undefined) grantDecrypt(encryptionKey, grantee);
    }
    return { modelDataUrl: publishedValue(scope, this.parameterName) };
  }
}

class PrefixModelData extends ModelData {
  private readonly location: S3Location;

  constructor(bucket: s3.IBucket, keyPrefix: string, uncompressed: UncompressedModelData) {
    super(uncompressed);
    this.location = S3Location.fromBucket(bucket, keyPrefix);
    const errors = new ValidationErrors('Model data', 'models');
    errors.when(keyPrefix.startsWith('/'), `\`keyPrefix\` must not start with "/", got: ${quote(keyPrefix)}`);
    this.location._check(errors, 'keyPrefix', 'S3ModelUri');
    errors.check('hubContentArn', 'HubContentArn', uncompressed.hubContentArn);
    errors.throwIfAny();
  }

  public override get _location(): S3Location {
    return this.location;
  }

  public bind(_scope: Construct, grantee?: iam.IGrantable): ModelDataConfig {
    // Whether a token ends with "/" is only known at deployment: "/*" after it could be for other objects.
    if (grantee !== undefined) this.location._grantReadPrefix(grantee);
    return { modelDataUrl: this.location.uri };
  }
}

function withTrailingSlash(prefix: string): string {
  return Token.isUnresolved(prefix) || prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
}

/** The object key of an asset, which has the last part of the extension only. */
const ASSET_KEY = /(^|\/)[0-9a-f]{64}\.gz$/;

function checkArchive(property: string, value: string): void {
  const errors = new ValidationErrors('Model data', 'models');
  errors.when(
    !Token.isUnresolved(value) && !value.endsWith('.tar.gz') && !ASSET_KEY.test(value),
    `\`${property}\` must end in ".tar.gz", the only archive format that SageMaker extracts, got: ${quote(value)}`,
  );
  errors.throwIfAny();
}
