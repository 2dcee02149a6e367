import { Token, type aws_efs as efs, type aws_fsx as fsx, type aws_iam as iam, type aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ValidationErrors } from '../private/validation';
import { ContentCompression } from './content-compression';
import { InputMode } from './input-mode';
import { S3Location } from './s3-location';

/** The distribution of the objects of a channel among the instances of a job. */
export enum S3DataDistribution {
  /** Every instance gets all objects. */
  FULLY_REPLICATED = 'FullyReplicated',

  /** Every instance gets about the same number of objects. If there are fewer objects than instances, some instances get none. */
  SHARDED_BY_S3_KEY = 'ShardedByS3Key',
}

/** Options of a training input. */
export interface TrainingInputOptions {
  /**
   * The MIME type of the data.
   *
   * @default - no content type
   */
  readonly contentType?: string;

  /**
   * The mode in which the data is delivered to the container.
   *
   * @default - the first input mode of the algorithm's channel, or InputMode.FILE
   */
  readonly inputMode?: InputMode;
}

/** Options of a training input from Amazon S3. */
export interface S3TrainingInputOptions extends TrainingInputOptions {
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

  /**
   * Whether SageMaker wraps each object in a RecordIO record. Supported in Pipe mode only.
   *
   * @default false
   */
  readonly recordIoWrapped?: boolean;

  /**
   * The seed for shuffling the objects at the start of each epoch.
   *
   * @default - the objects are not shuffled
   */
  readonly shuffleSeed?: number;

  /**
   * The names of the instance groups that get the data: at most 5. For jobs with a heterogeneous cluster.
   *
   * @default - all instance groups
   */
  readonly instanceGroups?: string[];
}

/** Options of a training input from an augmented manifest. */
export interface AugmentedManifestInputOptions extends S3TrainingInputOptions {
  /** The names of the JSON attributes in the manifest that the algorithm reads: 1 to 16. */
  readonly attributeNames: string[];
}

/** The rendered data source of a channel. */
export interface TrainingInputConfig {
  /** The data source as JSON, with the member names of the API. */
  readonly dataSource: { [member: string]: object };

  /** The options of the input. */
  readonly options: S3TrainingInputOptions;
}

/**
 * The data source of a training channel.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-access-training-data.html
 */
export abstract class TrainingInput {
  /**
   * References all objects under a key prefix.
   *
   * @param bucket the bucket
   * @param keyPrefix the key prefix; should end with "/", since `train` also includes the objects in `train-old/`
   * @param options further options
   */
  public static fromBucket(bucket: s3.IBucket, keyPrefix: string, options: S3TrainingInputOptions = {}): TrainingInput {
    return new S3Input(S3Location.fromBucket(bucket, keyPrefix), 'S3Prefix', options);
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
    options: TrainingInputOptions = {},
  ): TrainingInput {
    return new FileSystemInput('EFS', fileSystem.fileSystemId, directoryPath, options, (grantee) =>
      fileSystem.grantRead(grantee),
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
    options: TrainingInputOptions = {},
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
}

class S3Input extends TrainingInput {
  public readonly needsVpc = false;

  constructor(
    private readonly location: S3Location,
    private readonly dataType: 'S3Prefix' | 'ManifestFile' | 'AugmentedManifestFile',
    private readonly options: S3TrainingInputOptions & { readonly attributeNames?: string[] },
  ) {
    super(options);
    const { keyPrefix } = location;
    const errors = new ValidationErrors(`Training input ${Token.isUnresolved(keyPrefix) ? '' : keyPrefix}`);
    const { inputMode, compression, recordIoWrapped, attributeNames } = options;
    const isPipe = inputMode === undefined || inputMode === InputMode.PIPE;
    location._checkInput(errors, dataType === 'S3Prefix' ? 'keyPrefix' : 'objectKey');
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
    errors.throwIfAny();
  }

  public override get _location(): S3Location {
    return this.location;
  }

  public bind(_scope: Construct, grantee: iam.IGrantable): TrainingInputConfig {
    if (this.dataType === 'S3Prefix') this.location._grantReadPrefix(grantee);
    // A manifest can list objects anywhere in the bucket.
    else S3Location.fromBucket(this.location.bucket).grantRead(grantee);
    return {
      dataSource: {
        S3DataSource: {
          S3DataType: this.dataType,
          S3Uri: this.location.uri,
          S3DataDistributionType: this.options.distribution ?? S3DataDistribution.FULLY_REPLICATED,
          AttributeNames: this.options.attributeNames,
          InstanceGroupNames: this.options.instanceGroups,
        },
      },
      options: this.options,
    };
  }
}

class FileSystemInput extends TrainingInput {
  public readonly needsVpc = true;

  constructor(
    private readonly type: 'EFS' | 'FSxLustre',
    private readonly fileSystemId: string,
    private readonly directoryPath: string,
    private readonly options: TrainingInputOptions,
    private readonly grant: (grantee: iam.IGrantable) => unknown,
  ) {
    super(options);
    const errors = new ValidationErrors(`Training input ${type}`);
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
          FileSystemAccessMode: 'ro',
          DirectoryPath: this.directoryPath,
        },
      },
      options: { ...this.options, inputMode: InputMode.FILE },
    };
  }
}
