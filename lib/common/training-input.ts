import {
  Token,
  type aws_efs as efs,
  type aws_fsx as fsx,
  type aws_iam as iam,
  type aws_s3 as s3,
  aws_s3_assets as s3_assets,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { statSync } from 'node:fs';
import * as path from 'node:path';
import { sha256 } from '../private/fingerprint';
import { ValidationErrors, quote } from '../private/validation';
import { ContentCompression } from './content-compression';
import { InputMode } from './input-mode';
import { S3Location, S3Object } from './s3-location';
import {
  type AugmentedManifestInputOptions,
  FileSystemAccessMode,
  type FileSystemInputOptions,
  S3DataDistribution,
  type S3TrainingInputOptions,
  type TrainingInputConfig,
} from './training-input-options';

/**
 * The data source of a training channel.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-access-training-data.html
 *
 * @example
 * import { aws_s3 as s3 } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const bucket: s3.IBucket;
 *
 * const inputs = {
 *   train: sagemaker.TrainingInput.fromBucket(bucket, 'churn/train/', { contentType: 'text/csv' }),
 * };
 */
export abstract class TrainingInput {
  /**
   * References all objects under a key prefix.
   *
   * @param bucket the bucket
   * @param keyPrefix the key prefix; should end with "/", since `train` also includes the objects in `train-old/`. FastFile mode
   * requires a complete folder name
   * @param options further options
   */
  public static fromBucket(bucket: s3.IBucket, keyPrefix: string, options: S3TrainingInputOptions = {}): TrainingInput {
    return TrainingInput.fromLocation(S3Location.fromBucket(bucket, keyPrefix), options);
  }

  /**
   * References all objects in an S3 location, for example the output of a processing job, which ends before the training starts.
   *
   * @param location the S3 location
   * @param options further options
   */
  public static fromLocation(location: S3Location, options: S3TrainingInputOptions = {}): TrainingInput {
    return new S3Input(location, 'S3Prefix', options);
  }

  /**
   * References a local file, which is uploaded when the stack is deployed. The name of the file in the channel is the hash of its
   * content with its extension. The hash is part of the job identity: a changed file starts a new job. SageMaker does not extract
   * archives.
   *
   * @param file the path of the file
   * @param options further options
   * @throws an error if the file does not exist or is a directory
   */
  public static fromAsset(file: string, options: S3TrainingInputOptions = {}): TrainingInput {
    return new AssetInput(file, options);
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
    options: S3TrainingInputOptions = {},
  ): TrainingInput {
    return new S3Input(S3Location._of(bucket, objectKey, 'objectKey'), 'ManifestFile', options);
  }

  /**
   * References the objects that an augmented manifest file lists, and their attributes. The input mode is Pipe.
   *
   * @param bucket the bucket of the manifest and the objects
   * @param objectKey the object key of the manifest
   * @param options the attribute names and further options
   */
  public static fromAugmentedManifest(
    bucket: s3.IBucket,
    objectKey: string,
    options: AugmentedManifestInputOptions,
  ): TrainingInput {
    return new S3Input(S3Location._of(bucket, objectKey, 'objectKey'), 'AugmentedManifestFile', {
      inputMode: InputMode.PIPE,
      ...options,
    });
  }

  /**
   * References a directory in an Amazon EFS file system. The job must run in a VPC that has access to the file system.
   *
   * @param fileSystem the file system
   * @param directoryPath the path of the directory from the root of the file system
   * @param options further options
   */
  public static fromEfs(
    fileSystem: efs.IFileSystem,
    directoryPath: string,
    options: FileSystemInputOptions = {},
  ): TrainingInput {
    return new FileSystemInput('EFS', fileSystem.fileSystemId, directoryPath, options, (grantee) =>
      options.accessMode === FileSystemAccessMode.READ_WRITE
        ? fileSystem.grantReadWrite(grantee)
        : fileSystem.grantRead(grantee),
    );
  }

  /**
   * References a directory in an Amazon FSx for Lustre file system. The job must run in a VPC that has access to the file system.
   *
   * @param fileSystem the file system
   * @param directoryPath the path of the directory, starting with the mount name of the file system
   * @param options further options
   */
  public static fromFsxLustre(
    fileSystem: fsx.IFileSystem,
    directoryPath: string,
    options: FileSystemInputOptions = {},
  ): TrainingInput {
    return new FileSystemInput('FSxLustre', fileSystem.fileSystemId, directoryPath, options, () => undefined);
  }

  /** The input mode, if specified. */
  public readonly inputMode?: InputMode;

  /** The MIME type of the data, if specified. */
  public readonly contentType?: string;

  /** The names of the instance groups that get the data. Empty for all instance groups. */
  public readonly instanceGroups: string[];

  /** Whether the job must run in a VPC to access the data. */
  public abstract readonly needsVpc: boolean;

  /**
   * The S3 location of the data.
   *
   * @internal
   */
  public get _location(): S3Location | undefined {
    return undefined;
  }

  /** @param options the options of the input */
  protected constructor(options: S3TrainingInputOptions) {
    this.inputMode = options.inputMode;
    this.contentType = options.contentType;
    this.instanceGroups = options.instanceGroups ?? [];
  }

  /**
   * Renders the data source, and grants a principal permission to read the data.
   *
   * @param scope the construct that uses the data
   * @param grantee the principal to which the permission is granted
   */
  public abstract bind(scope: Construct, grantee: iam.IGrantable): TrainingInputConfig;

  /**
   * The key prefix, if it can end within the name of a folder, which FastFile mode does not support.
   *
   * @internal
   */
  public get _partialPrefix(): string | undefined {
    return undefined;
  }
}

/** The extension of a file name: a key with it is more likely that of an object than a folder. */
const EXTENSION = /\.[A-Za-z0-9]+$/;

class S3Input extends TrainingInput {
  public readonly needsVpc = false;

  constructor(
    private readonly location: S3Location,
    private readonly dataType: S3DataType,
    private readonly options: S3SourceOptions,
  ) {
    super(options);
    const { keyPrefix } = location;
    const errors = new ValidationErrors(
      `Training input ${Token.isUnresolved(keyPrefix) ? '' : keyPrefix}`,
      'training-and-tuning',
    );
    checkS3Options(errors, dataType, options);
    location._checkInput(errors, dataType === 'S3Prefix' ? 'keyPrefix' : 'objectKey');
    errors.throwIfAny();
  }

  public override get _location(): S3Location {
    return this.location;
  }

  public bind(scope: Construct, grantee: iam.IGrantable): TrainingInputConfig {
    this.location._addDependencyTo(scope);
    if (this.dataType === 'S3Prefix') this.location._grantReadPrefix(grantee);
    // A manifest can list objects anywhere in the bucket.
    else S3Location.fromBucket(this.location.bucket).grantRead(grantee);
    return renderS3Source(this.dataType, this.location.uri, this.options);
  }

  public override get _partialPrefix(): string | undefined {
    const { keyPrefix } = this.location;
    const isComplete = keyPrefix === '' || keyPrefix.endsWith('/') || EXTENSION.test(keyPrefix);
    return isComplete || Token.isUnresolved(keyPrefix) ? undefined : keyPrefix;
  }
}

/** A local file. Its object key contains the hash of its content, so that no other object key starts with it. */
class AssetInput extends TrainingInput {
  public readonly needsVpc = false;

  constructor(
    private readonly file: string,
    private readonly options: S3TrainingInputOptions,
  ) {
    super(options);
    const errors = new ValidationErrors(`Training input ${file}`, 'training-and-tuning');
    const stats = statSync(file, { throwIfNoEntry: false });
    errors.when(stats === undefined, `\`file\` does not exist, got: ${quote(path.resolve(file))}`);
    errors.when(
      stats?.isDirectory() === true,
      '`file` must be a file: the CDK uploads a directory as an archive, which SageMaker does not extract. Upload the files with ' +
        `\`BucketDeployment\` of aws_s3_deployment, and reference them with TrainingInput.fromBucket(), got: ${quote(path.resolve(file))}`,
    );
    checkS3Options(errors, 'S3Prefix', options);
    errors.throwIfAny();
  }

  public bind(scope: Construct, grantee: iam.IGrantable): TrainingInputConfig {
    const id = `Input${sha256(path.resolve(this.file)).slice(0, 16)}`;
    const existing = scope.node.tryFindChild(id) as s3_assets.Asset | undefined;
    const asset = existing ?? new s3_assets.Asset(scope, id, { path: this.file });
    const object = new S3Object(asset.bucket, asset.s3ObjectKey);
    object.grantRead(grantee);
    return renderS3Source('S3Prefix', object.uri, this.options);
  }
}

class FileSystemInput extends TrainingInput {
  public readonly needsVpc = true;

  constructor(
    private readonly type: 'EFS' | 'FSxLustre',
    private readonly fileSystemId: string,
    private readonly directoryPath: string,
    private readonly options: FileSystemInputOptions,
    private readonly grant: (grantee: iam.IGrantable) => unknown,
  ) {
    super(options);
    const errors = new ValidationErrors(`Training input ${type}`, 'training-and-tuning');
    errors.check('fileSystemId', 'FileSystemId', fileSystemId);
    errors.check('directoryPath', 'DirectoryPath', directoryPath);
    errors.check('contentType', 'ContentType', options.contentType);
    errors.when(
      options.inputMode !== undefined && options.inputMode !== InputMode.FILE,
      `\`inputMode\` must be InputMode.FILE, since file systems are mounted, got: ${options.inputMode}`,
    );
    errors.throwIfAny();
  }

  public bind(_scope: Construct, grantee: iam.IGrantable): TrainingInputConfig {
    this.grant(grantee);
    return {
      dataSource: {
        FileSystemDataSource: {
          FileSystemId: this.fileSystemId,
          FileSystemType: this.type,
          FileSystemAccessMode: this.options.accessMode ?? FileSystemAccessMode.READ_ONLY,
          DirectoryPath: this.directoryPath,
        },
      },
      options: { ...this.options, inputMode: InputMode.FILE },
    };
  }
}

type S3DataType = 'S3Prefix' | 'ManifestFile' | 'AugmentedManifestFile';
type S3SourceOptions = S3TrainingInputOptions & { readonly attributeNames?: string[] };

function renderS3Source(dataType: S3DataType, uri: string, options: S3SourceOptions): TrainingInputConfig {
  return {
    dataSource: {
      S3DataSource: {
        S3DataType: dataType,
        S3Uri: uri,
        S3DataDistributionType: options.distribution ?? S3DataDistribution.FULLY_REPLICATED,
        AttributeNames: options.attributeNames,
        InstanceGroupNames: options.instanceGroups,
      },
    },
    options,
  };
}

function checkS3Options(errors: ValidationErrors, dataType: S3DataType, options: S3SourceOptions): void {
  const { inputMode, compression, recordIoWrapped, attributeNames } = options;
  const isPipe = inputMode === undefined || inputMode === InputMode.PIPE;
  errors.check('contentType', 'ContentType', options.contentType);
  errors.check('shuffleSeed', 'Seed', options.shuffleSeed);
  errors.checkEach('instanceGroups', 'InstanceGroupNames', 'InstanceGroupName', options.instanceGroups);
  errors.when(
    compression === ContentCompression.GZIP && !isPipe,
    '`compression` Gzip is supported in Pipe mode only. Omit it, or set `inputMode: InputMode.PIPE`',
  );
  errors.when(
    recordIoWrapped === true && !isPipe,
    '`recordIoWrapped` is supported in Pipe mode only. Omit it, or set `inputMode: InputMode.PIPE`',
  );
  errors.when(
    inputMode === InputMode.FAST_FILE && dataType !== 'S3Prefix',
    '`inputMode` FastFile is not supported for manifests. Use InputMode.FILE or InputMode.PIPE, or `TrainingInput.fromBucket`',
  );
  errors.when(
    dataType === 'AugmentedManifestFile' && inputMode !== InputMode.PIPE,
    '`inputMode` must be InputMode.PIPE: augmented manifests are supported in Pipe mode only',
  );
  if (attributeNames !== undefined) {
    errors.checkEach('attributeNames', 'AttributeNames', 'AttributeName', attributeNames);
    errors.when(attributeNames.length === 0, '`attributeNames` must have at least 1 entry');
  }
}
