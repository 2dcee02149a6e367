import { type Duration, type aws_iam as iam } from 'aws-cdk-lib';
import type { JobWait } from '../common/job-wait';
import { type TrainingOutput } from '../common/training-output';
import type { ExperimentOptions } from './experiment';
import type { Profiler } from './profiler';
import type { TensorBoardOptions } from './tensor-board';
import type { TrainingOptions } from './training-options';

/** The definition of a training job. */
export interface TrainingJobProps extends TrainingOptions {
  /**
   * Where the job puts what it makes.
   *
   * @default - a new bucket, which is retained
   */
  readonly output?: TrainingOutput;

  /**
   * The start of the job's name. What the stack's jobs have in common precedes it, and a hash of the job follows.
   *
   * @default - made of the construct's path
   */
  readonly trainingJobName?: string;

  /**
   * The longest time that the job may run, at most 28 days.
   *
   * @default - the time that the deployment waits, less 30 minutes for start, download and upload
   */
  readonly maxRuntime?: Duration;

  /**
   * Whether the deployment waits for the end of the job.
   *
   * @default - it waits for as long as the job may run; `maxRuntime` must leave that within 12 hours
   */
  readonly wait?: JobWait;

  /**
   * Whether what the job has saved when its time was over is good enough.
   *
   * @default false - the deployment fails
   */
  readonly allowMaxRuntimeExceeded?: boolean;

  /**
   * What is run instead of the image's entrypoint, without the argument `train`. With `image` only.
   *
   * @default - the image's own
   */
  readonly entrypoint?: string[];

  /**
   * What is passed instead of the argument `train`. With `image` only.
   *
   * @default - `train`
   */
  readonly arguments?: string[];

  /**
   * The role that the containers run with. It is granted what the job needs.
   *
   * @default - a role that may do nothing but what the job needs
   */
  readonly role?: iam.IRole;

  /**
   * Where what the job writes for TensorBoard goes.
   *
   * @default - nowhere
   */
  readonly tensorBoard?: TensorBoardOptions;

  /**
   * Whether and how the use of the instances is measured.
   *
   * @default - as the service does it
   */
  readonly profiler?: Profiler;

  /**
   * Whether a shell in the containers can be opened through AWS Systems Manager.
   *
   * @default false
   */
  readonly remoteDebug?: boolean;

  /**
   * Where the job appears in SageMaker Experiments.
   *
   * @default - nowhere
   */
  readonly experiment?: ExperimentOptions;

  /**
   * Any text. Changing it starts a new job, which is needed when only the data, or a value known at deployment, has
   * changed.
   *
   * @default - none
   */
  readonly revision?: string;
}
