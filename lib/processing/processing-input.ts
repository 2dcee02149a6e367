import { Token, type aws_iam as iam, type aws_s3 as s3, aws_s3_assets as s3_assets } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { statSync } from 'node:fs';
import * as path from 'node:path';
import { ContentCompression } from '../common/content-compression';
import { InputMode } from '../common/input-mode';
import type { ModelData } from '../common/model-data';
import { S3Location, S3Object } from '../common/s3-location';
import { S3DataDistribution } from '../common/training-input-options';
import { PATHS } from '../private/contract';
import { sha256 } from '../private/fingerprint';
import type { ProcessingInputRequest } from '../private/job-request';
import { ValidationErrors, quote } from '../private/validation';
import { checkLocalPath } from './local-path';

/** Options of a processing input. */
export interface ProcessingInputOptions {
  /**
   * The absolute path in the container to which the data is downloaded. It must start with `/opt/ml/processing/`.
   *
   * @default - `/opt/ml/processing/input/<name of the input>`
   */
  readonly localPath?: string;

  /**
   * The mode in which the data is delivered to the container: InputMode.FILE or InputMode.PIPE.
   *
   * @default InputMode.FILE
   */
  readonly inputMode?: InputMode;

  /**
   * The distribution of the objects among the instances.
   *
   * @default S3DataDistribution.FULLY_REPLICATED
   */
  readonly distribution?: S3DataDistribution;

  /**
   * The compression of the objects. SageMaker decompresses Gzip in Pipe mode only.
   *
   * @default ContentCompression.NONE
   */
  readonly compression?: ContentCompression;
}

/** The objects of an input. */
interface Source {
  readonly dataType: 'S3Prefix' | 'ManifestFile';
  readonly location?: S3Location;

  /** Returns the S3 URI of the objects, and grants a principal permission to read them. */
  bind(scope: Construct, grantee: iam.IGrantable): string;
}

/**
 * The data that a processing job downloads to its containers.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingS3Input.html
 *
 * @example
 * import { aws_s3 as s3 } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const bucket: s3.IBucket;
 *
 * const inputs = {
 *   raw: sagemaker.ProcessingInput.fromBucket(bucket, 'churn/raw/'), // in /opt/ml/processing/input/raw
 * };
 */
export class ProcessingInput {
  /**
   * References all objects under a key prefix.
   *
   * @param bucket the bucket
   * @param keyPrefix the key prefix; should end with "/", since `data` also includes the objects in `data-old/`
   * @param options further options
   */
  public static fromBucket(
    bucket: s3.IBucket,
    keyPrefix: string,
    options: ProcessingInputOptions = {},
  ): ProcessingInput {
    return ProcessingInput.fromLocation(S3Location.fromBucket(bucket, keyPrefix), options);
  }

  /**
   * References all objects in an S3 location, for example the output of another processing job, which ends before this job starts.
   *
   * @param location the S3 location
   * @param options further options
   */
  public static fromLocation(location: S3Location, options: ProcessingInputOptions = {}): ProcessingInput {
    return new ProcessingInput(new LocationSource('S3Prefix', location), options);
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
    options: ProcessingInputOptions = {},
  ): ProcessingInput {
    return new ProcessingInput(
      new LocationSource('ManifestFile', S3Location._of(bucket, objectKey, 'objectKey')),
      options,
    );
  }

  /**
   * References a local file, which is uploaded when the stack is deployed. The name of the file in the container is the hash of its
   * content with its extension. The hash is part of the job identity: a changed file starts a new job.
   *
   * @param file the path of the file
   * @param options further options
   * @throws an error if the file does not exist or is a directory
   */
  public static fromAsset(file: string, options: ProcessingInputOptions = {}): ProcessingInput {
    return new ProcessingInput(new AssetSource(file), options);
  }

  /**
   * References the model artifact of a model. An archive is downloaded as `model.tar.gz`, and not extracted.
   *
   * @param modelData the model data
   * @param options further options
   */
  public static fromModelData(modelData: ModelData, options: ProcessingInputOptions = {}): ProcessingInput {
    return new ProcessingInput(new ModelDataSource(modelData), options);
  }

  /**
   * References the objects that a manifest file lists, which a workflow writes before each job.
   *
   * @param uri the S3 URI of the manifest, with a placeholder
   * @param locations the S3 locations of the manifests and the objects
   * @internal
   */
  public static _fromManifests(uri: string, locations: S3Location[]): ProcessingInput {
    const bind = (_: Construct, grantee: iam.IGrantable): string => {
      for (const location of locations) location.grantRead(grantee);
      return uri;
    };
    return new ProcessingInput({ dataType: 'ManifestFile', bind }, {});
  }

  private constructor(
    private readonly source: Source,
    private readonly options: ProcessingInputOptions,
  ) {
    const { keyPrefix = '' } = source.location ?? {};
    const errors = new ValidationErrors(
      `Processing input ${Token.isUnresolved(keyPrefix) ? '' : keyPrefix}`.trim(),
      'processing',
    );
    const { inputMode = InputMode.FILE, compression, localPath } = options;
    source.location?._checkInput(errors, source.dataType === 'S3Prefix' ? 'keyPrefix' : 'objectKey');
    checkLocalPath(errors, 'localPath', localPath);
    errors.when(
      inputMode === InputMode.FAST_FILE,
      '`inputMode` must be InputMode.FILE or InputMode.PIPE: processing jobs do not support FastFile mode',
    );
    errors.when(
      compression === ContentCompression.GZIP && inputMode !== InputMode.PIPE,
      '`compression` Gzip is supported in Pipe mode only. Omit it, or set `inputMode: InputMode.PIPE`',
    );
    errors.throwIfAny();
  }

  /**
   * The S3 location of the data, if it is in a bucket of the user.
   *
   * @internal
   */
  public get _location(): S3Location | undefined {
    return this.source.location;
  }

  /**
   * The path of the data in the container.
   *
   * @internal
   */
  public _localPath(name: string): string {
    return this.options.localPath ?? `${PATHS.processingInput}/${name}`;
  }

  /**
   * Renders the input, and grants a principal permission to read the data.
   *
   * @internal
   */
  public _bind(scope: Construct, name: string, grantee: iam.IGrantable): ProcessingInputRequest {
    const { inputMode, distribution, compression } = this.options;
    return {
      InputName: name,
      S3Input: {
        S3Uri: this.source.bind(scope, grantee),
        LocalPath: this._localPath(name),
        S3DataType: this.source.dataType,
        S3InputMode: inputMode ?? InputMode.FILE,
        S3DataDistributionType: distribution ?? S3DataDistribution.FULLY_REPLICATED,
        S3CompressionType: compression,
      },
    };
  }
}

class LocationSource implements Source {
  constructor(
    public readonly dataType: 'S3Prefix' | 'ManifestFile',
    public readonly location: S3Location,
  ) {}

  public bind(scope: Construct, grantee: iam.IGrantable): string {
    if (this.dataType === 'S3Prefix') this.location._grantReadPrefix(grantee);
    // A manifest can list objects anywhere in the bucket.
    else S3Location.fromBucket(this.location.bucket).grantRead(grantee);
    this.location._addDependencyTo(scope);
    return this.location.uri;
  }
}

class AssetSource implements Source {
  public readonly dataType = 'S3Prefix';

  constructor(private readonly file: string) {
    const errors = new ValidationErrors(`Processing input ${file}`, 'processing');
    const stats = statSync(file, { throwIfNoEntry: false });
    errors.when(stats === undefined, `\`file\` does not exist, got: ${quote(path.resolve(file))}`);
    errors.when(
      stats?.isDirectory() === true,
      '`file` must be a file: the CDK uploads a directory as an archive, which SageMaker does not extract. Upload the files with ' +
        `\`BucketDeployment\` of aws_s3_deployment, and reference them with ProcessingInput.fromBucket(), got: ${quote(path.resolve(file))}`,
    );
    errors.throwIfAny();
  }

  public bind(scope: Construct, grantee: iam.IGrantable): string {
    const id = `Input${sha256(path.resolve(this.file)).slice(0, 16)}`;
    const existing = scope.node.tryFindChild(id) as s3_assets.Asset | undefined;
    const asset = existing ?? new s3_assets.Asset(scope, id, { path: this.file });
    const object = new S3Object(asset.bucket, asset.s3ObjectKey);
    object.grantRead(grantee);
    return object.uri;
  }
}

class ModelDataSource implements Source {
  public readonly dataType = 'S3Prefix';

  constructor(private readonly modelData: ModelData) {}

  public get location(): S3Location | undefined {
    return this.modelData._location;
  }

  public bind(scope: Construct, grantee: iam.IGrantable): string {
    const { modelDataUrl, dependency } = this.modelData.bind(scope, grantee);
    if (dependency !== undefined) scope.node.addDependency(dependency);
    return modelDataUrl;
  }
}
