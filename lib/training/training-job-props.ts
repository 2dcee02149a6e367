import { type Duration, type aws_iam as iam } from 'aws-cdk-lib';
import type { ExperimentOptions } from '../common/experiment';
import type { JobWait } from '../common/job-wait';
import { type TrainingOutput } from '../common/training-output';
import type { MlflowOptions } from './mlflow';
import type { Profiler } from './profiler';
import type { TensorBoardOptions } from './tensor-board';
import type { TrainingOptions } from './training-options';

/** Properties of a training job. */
export interface TrainingJobProps extends TrainingOptions {
  /**
   * The S3 location and the encryption of the artifacts.
   *
   * @default - a new bucket that is retained when the stack is deleted
   */
  readonly output?: TrainingOutput;

  /**
   * The middle part of the job's name. It is preceded by the prefix that all jobs of the stack have in common, and followed by
   * a hash of the job's identity.
   *
   * @default - derived from the construct path
   */
  readonly trainingJobName?: string;

  /**
   * The maximum run time of the job, at most 28 days.
   *
   * @default - `maxWaitTime` if it is set; otherwise the time that the deployment waits, minus 30 minutes for start, download
   * and upload; 1 day if the deployment does not wait
   */
  readonly maxRuntime?: Duration;

  /**
   * Whether, and for how long, the deployment waits for the end of the job.
   *
   * @default - waits for the maximum run time (the maximum wait time with Spot Instances) and 30 more minutes, in total at
   * most 12 hours
   */
  readonly wait?: JobWait;

  /**
   * Whether a job that SageMaker stops at `maxRuntime` counts as completed. Its model artifact contains what the container
   * has saved by then.
   *
   * @default false - the deployment fails
   */
  readonly allowMaxRuntimeExceeded?: boolean;

  /**
   * The entrypoint of the container, which is run without the argument `train`. Requires `image`.
   *
   * @default - the entrypoint of the image
   */
  readonly entrypoint?: string[];

  /**
   * The arguments of the container's entrypoint. Requires `image`.
   *
   * @default - `train`
   */
  readonly arguments?: string[];

  /**
   * The execution role of the job. It is granted the permissions that the job needs.
   *
   * @default - a new role with least-privilege permissions
   */
  readonly role?: iam.IRole;

  /**
   * The TensorBoard output of the job.
   *
   * @default - no TensorBoard output
   */
  readonly tensorBoard?: TensorBoardOptions;

  /**
   * The profiler, which monitors the resource utilization of the instances. Closed to new customers since 2026-07-30.
   *
   * @default - the service default
   */
  readonly profiler?: Profiler;

  /**
   * Whether remote debugging is enabled: a shell in the containers through AWS Systems Manager.
   *
   * @default false
   */
  readonly remoteDebug?: boolean;

  /**
   * The association of the job with SageMaker Experiments.
   *
   * @default - no experiment
   */
  readonly experiment?: ExperimentOptions;

  /**
   * The MLflow tracking of the job. It is not part of the job identity.
   *
   * @default - no MLflow tracking
   */
  readonly mlflow?: MlflowOptions;

  /**
   * Whether SageMaker checks the hardware and the network of the instances before training.
   *
   * @default false
   */
  readonly infraCheck?: boolean;

  /**
   * Whether SageMaker stores the time series of the metrics, for example for SageMaker Studio.
   *
   * @default - true with at least one of `metrics`, and for built-in algorithms and some images that SageMaker provides; false otherwise
   */
  readonly metricsTimeSeries?: boolean;

  /**
   * An arbitrary text. Changing it starts a new job, which is necessary if the only change is in the data, or in a value
   * that is known at deployment.
   *
   * @default - no revision
   */
  readonly revision?: string;
}
