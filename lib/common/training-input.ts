import { Token, type aws_efs as efs, type aws_fsx as fsx, type aws_iam as iam, type aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ValidationErrors } from '../private/validation';
import { ContentCompression } from './content-compression';
import { InputMode } from './input-mode';
import { S3Location } from './s3-location';

/** How the objects of a channel are shared among the instances of a job. */
export enum S3DataDistribution {
  /** Every instance gets all of them. */
  FULLY_REPLICATED = 'FullyReplicated',

  /** Every instance gets about as many; some get none when there are fewer objects than instances. */
  SHARDED_BY_S3_KEY = 'ShardedByS3Key',
}

/** What every input may say. */
export interface TrainingInputOptions {
  /**
   * The MIME type of the data.
   *
   * @default - not said
   */
  readonly contentType?: string;

  /**
   * How the data reaches the container.
   *
   * @default - the first mode that the channel of the algorithm names, or InputMode.FILE
   */
  readonly inputMode?: InputMode;
}

/** What an input from Amazon S3 may say. */
export interface S3TrainingInputOptions extends TrainingInputOptions {
  /**
   * How the objects are shared among the instances.
   *
   * @default S3DataDistribution.FULLY_REPLICATED
   */
  readonly distribution?: S3DataDistribution;

  /**
   * The compression of the objects. Gzip is undone in pipe mode only.
   *
   * @default ContentCompression.NONE
   */
  readonly compression?: ContentCompression;

  /**
   * Whether each object is wrapped in a RecordIO record. Pipe mode only.
   *
   * @default false
   */
  readonly recordIoWrapped?: boolean;

  /**
   * The seed of a random order of the objects, new in each epoch.
   *
   * @default - the order of the keys
   */
  readonly shuffleSeed?: number;

  /**
   * The groups of instances that get the data, at most 5, when the job has groups.
   *
   * @default - all of them
   */
  readonly instanceGroups?: string[];
}

/** An input that an augmented manifest describes. */
export interface AugmentedManifestInputOptions extends S3TrainingInputOptions {
  /** The attributes of the manifest's lines that the algorithm reads, 1 to 16. */
  readonly attributeNames: string[];
}

/** A channel of a job, without its name, as the API reads it. */
export interface TrainingInputConfig {
  /** The data source, as JSON: members named as in the API. */
  readonly dataSource: { [member: string]: object };

  /** What the input says of itself. */
  readonly options: S3TrainingInputOptions;
}

/**
 * Where the data of a training channel comes from.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-access-training-data.html
 */
export abstract class TrainingInput {
  /**
   * All objects whose key starts with a prefix.
   *
   * @param bucket where they are
   * @param keyPrefix the prefix of the object keys; end it with "/", so that `train/` does not include `train-old/`
   * @param options what else is to be said
   */
  public static fromBucket(bucket: s3.IBucket, keyPrefix: string, options: S3TrainingInputOptions = {}): TrainingInput {
    return new S3Input(S3Location.fromBucket(bucket, keyPrefix), 'S3Prefix', options);
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
    options: S3TrainingInputOptions = {},
  ): TrainingInput {
    return new S3Input(S3Location.fromBucket(bucket, objectKey), 'ManifestFile', options);
  }

  /**
   * The objects that an augmented manifest lists, with their attributes. Pipe mode.
   *
   * @param bucket where the manifest and the objects are
   * @param objectKey the key of the manifest
   * @param options the attributes to read, and what else is to be said
   */
  public static fromAugmentedManifest(
    bucket: s3.IBucket,
    objectKey: string,
    options: AugmentedManifestInputOptions,
  ): TrainingInput {
    return new S3Input(S3Location.fromBucket(bucket, objectKey), 'AugmentedManifestFile', {
      inputMode: InputMode.PIPE,
      ...options,
    });
  }

  /**
   * A directory of an Amazon EFS file system. The job must be in a VPC from which it can be reached.
   *
   * @param fileSystem the file system
   * @param directoryPath the directory, from the root of the file system
   * @param options what else is to be said
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
   * A directory of an Amazon FSx for Lustre file system. The job must be in a VPC from which it can be reached.
   *
   * @param fileSystem the file system
   * @param directoryPath the directory, with the mount name of the file system at its start
   * @param options what else is to be said
   */
  public static fromFsxLustre(
    fileSystem: fsx.IFileSystem,
    directoryPath: string,
    options: TrainingInputOptions = {},
  ): TrainingInput {
    return new FileSystemInput('FSxLustre', fileSystem.fileSystemId, directoryPath, options, () => undefined);
  }

  /** How the data reaches the container, if it says so. */
  public readonly inputMode?: InputMode;

  /** The MIME type of the data, if it says so. */
  public readonly contentType?: string;

  /** The groups of instances that get the data; empty for all. */
  public readonly instanceGroups: string[];

  /** Whether the job must be in a VPC to reach the data. */
  public abstract readonly needsVpc: boolean;

  /** @param options what the input says of itself */
  protected constructor(options: S3TrainingInputOptions) {
    this.inputMode = options.inputMode;
    this.contentType = options.contentType;
    this.instanceGroups = options.instanceGroups ?? [];
  }

  /**
   * Makes the data known to a job, and lets a principal read it.
   *
   * @param scope where the data is used
   * @param grantee who reads it
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
    errors.check('contentType', 'ContentType', options.contentType);
    errors.check('instanceGroups', 'InstanceGroupNames', options.instanceGroups);
    errors.when(
      compression === ContentCompression.GZIP && !isPipe,
      '`compression` Gzip is undone in pipe mode only; leave it out, or set `inputMode: InputMode.PIPE`',
    );
    errors.when(recordIoWrapped === true && !isPipe, '`recordIoWrapped` is for pipe mode only');
    errors.when(
      inputMode === InputMode.FAST_FILE && dataType !== 'S3Prefix',
      '`inputMode` FastFile reads prefixes only, not manifests',
    );
    errors.when(
      dataType === 'AugmentedManifestFile' && inputMode !== InputMode.PIPE,
      '`inputMode` must be InputMode.PIPE: augmented manifests are read in pipe mode only',
    );
    if (attributeNames !== undefined) {
      errors.checkEach('attributeNames', 'AttributeNames', 'AttributeName', attributeNames);
      errors.when(attributeNames.length === 0, '`attributeNames` must have at least 1 entry');
    }
    errors.throwIfAny();
  }

  public bind(_scope: Construct, grantee: iam.IGrantable): TrainingInputConfig {
    if (this.dataType === 'S3Prefix') this.location._grantReadPrefix(grantee);
    // A manifest names objects anywhere in the bucket.
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
    errors.when(
      options.inputMode !== undefined && options.inputMode !== InputMode.FILE,
      '`inputMode` must be InputMode.FILE: file systems are mounted',
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
