import type { aws_s3 as s3 } from 'aws-cdk-lib';
import { S3Location } from '../common/s3-location';
import { PATHS } from '../private/contract';
import type { ProcessingOutputRequest } from '../private/job-request';
import { ValidationErrors } from '../private/validation';
import { checkLocalPath } from './local-path';

/** The time at which the files of a processing output are uploaded. */
export enum ProcessingUploadMode {
  /** At the end of the job. */
  END_OF_JOB = 'EndOfJob',

  /** While the container runs. */
  CONTINUOUS = 'Continuous',
}

/** Options of a processing output. */
export interface ProcessingOutputOptions {
  /**
   * The absolute path of the directory in the container whose files are uploaded. It must start with `/opt/ml/processing/`.
   * SageMaker creates the directory. Symbolic links are not followed.
   *
   * @default - `/opt/ml/processing/output/<name of the output>`
   */
  readonly localPath?: string;

  /**
   * The time at which the files are uploaded.
   *
   * @default ProcessingUploadMode.END_OF_JOB
   */
  readonly uploadMode?: ProcessingUploadMode;
}

/**
 * The files that a processing job uploads to Amazon S3.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingS3Output.html
 *
 * @example
 * import { aws_s3 as s3 } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const bucket: s3.IBucket;
 *
 * const outputs = {
 *   train: sagemaker.ProcessingOutput.toNewBucket(), // from /opt/ml/processing/output/train
 *   report: sagemaker.ProcessingOutput.toBucket(bucket, 'churn/report'),
 * };
 */
export class ProcessingOutput {
  /**
   * Stores the files under a key prefix. All jobs with this output use the same object keys: the objects of an earlier job are
   * overwritten, and those that the job does not write remain.
   *
   * @param bucket the bucket
   * @param keyPrefix the key prefix
   * @param options further options
   */
  public static toBucket(
    bucket: s3.IBucket,
    keyPrefix: string,
    options: ProcessingOutputOptions = {},
  ): ProcessingOutput {
    return new ProcessingOutput(S3Location.fromBucket(bucket, keyPrefix), options);
  }

  /**
   * Stores the files in a new bucket, which is retained when the stack is deleted, under a key prefix that contains the hash of the
   * job identity.
   *
   * @param options further options
   */
  public static toNewBucket(options: ProcessingOutputOptions = {}): ProcessingOutput {
    return new ProcessingOutput(undefined, options);
  }

  /**
   * Stores the files under a key prefix, in a folder of each job.
   *
   * @internal
   */
  public static _inFolder(parent: S3Location): ProcessingOutput {
    return new ProcessingOutput(undefined, {}, parent);
  }

  private constructor(
    /**
     * The S3 location of the files. Undefined if each job has a folder of its own.
     *
     * @internal
     */
    public readonly _location: S3Location | undefined,
    private readonly options: ProcessingOutputOptions,
    /**
     * The parent of the folders of the jobs. Undefined for a new bucket.
     *
     * @internal
     */
    public readonly _parent?: S3Location,
  ) {
    const errors = new ValidationErrors('Processing output', 'processing');
    _location?._checkOutput(errors, 'keyPrefix');
    checkLocalPath(errors, 'localPath', options.localPath);
    errors.throwIfAny();
  }

  /**
   * The path of the directory in the container.
   *
   * @internal
   */
  public _localPath(name: string): string {
    return this.options.localPath ?? `${PATHS.processingOutput}/${name}`;
  }

  /**
   * Renders the output.
   *
   * @param uri the S3 URI of the files. Undefined for the identity of a job that stores them in a new bucket
   * @internal
   */
  public _render(name: string, uri?: string): ProcessingOutputRequest {
    return {
      OutputName: name,
      S3Output: {
        S3Uri: uri,
        LocalPath: this._localPath(name),
        S3UploadMode: this.options.uploadMode ?? ProcessingUploadMode.END_OF_JOB,
      },
    };
  }
}
