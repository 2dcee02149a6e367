import type { ContentCompression } from './content-compression';
import type { InputMode } from './input-mode';

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

/** The access of a container to a file system. */
export enum FileSystemAccessMode {
  /** The container can read files. */
  READ_ONLY = 'ro',

  /** The container can read and write files. */
  READ_WRITE = 'rw',
}

/** Options of a training input from a file system. */
export interface FileSystemInputOptions extends TrainingInputOptions {
  /**
   * The access of the container to the directory.
   *
   * @default FileSystemAccessMode.READ_ONLY
   */
  readonly accessMode?: FileSystemAccessMode;
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
