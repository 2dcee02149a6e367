import { type Duration, type aws_iam as iam } from 'aws-cdk-lib';
import type { JobWait } from '../common/job-wait';
import { type TrainingOutput } from '../common/training-output';
import { type TuningDefinition } from './tuning-definition';
import { type TuningStrategy } from './tuning-strategy';
import type { WarmStart } from './warm-start';

/** The definition of a tuning job, which a deployment or a workflow runs. */
export interface TuningJobDefinition {
  /** The definitions of the training jobs, 1 to 10. */
  readonly definitions: TuningDefinition[];

  /**
   * The strategy that chooses the hyperparameters of each training job.
   *
   * @default TuningStrategy.BAYESIAN
   */
  readonly strategy?: TuningStrategy;

  /**
   * The maximum number of training jobs. Not supported for TuningStrategy.GRID, whose ranges determine it.
   *
   * @default - 10; all combinations with TuningStrategy.GRID
   */
  readonly maxTrainingJobs?: number;

  /**
   * The maximum number of training jobs that run at the same time.
   *
   * @default 1
   */
  readonly maxParallelTrainingJobs?: number;

  /**
   * The maximum run time of the tuning job, at least 2 minutes and at most 182.5 days.
   *
   * @default - 1 day, or if a deployment waits for the job, the time that it waits minus 30 minutes for start, download and upload
   */
  readonly maxRuntime?: Duration;

  /**
   * Whether training jobs are stopped early if they are unlikely to improve the objective metric. Not supported for Hyperband,
   * which has its own early stopping.
   *
   * @default false
   */
  readonly earlyStopping?: boolean;

  /**
   * The value of the objective metric at which the tuning job completes.
   *
   * @default - no target value
   */
  readonly targetObjectiveValue?: number;

  /**
   * The number of consecutive training jobs without improvement after which the tuning job completes, at least 3.
   *
   * @default - no limit
   */
  readonly maxTrainingJobsNotImproving?: number;

  /**
   * Whether the tuning job completes when the service detects its convergence.
   *
   * @default false
   */
  readonly completeOnConvergence?: boolean;

  /**
   * The warm start from the results of previous tuning jobs.
   *
   * @default - no warm start
   */
  readonly warmStart?: WarmStart;

  /**
   * The seed for the random selection of hyperparameters. Tuning jobs with the same seed select similar hyperparameters.
   *
   * @default - a random seed
   */
  readonly randomSeed?: number;

  /**
   * Whether autotune is enabled: SageMaker chooses ranges and limits.
   *
   * @default false
   */
  readonly autotune?: boolean;

  /**
   * The S3 location and the encryption of the training jobs' artifacts.
   *
   * @default - a new bucket that is retained when the stack is deleted
   */
  readonly output?: TrainingOutput;

  /**
   * The execution role of the training jobs. It is granted the permissions that they need.
   *
   * @default - a new role with least-privilege permissions
   */
  readonly role?: iam.IRole;
}

/** Properties of a tuning job. */
export interface TuningJobProps extends TuningJobDefinition {
  /**
   * Whether, and for how long, the deployment waits for the end of the tuning job.
   *
   * @default - waits for the maximum run time and 30 more minutes, in total at most 12 hours
   */
  readonly wait?: JobWait;

  /**
   * An arbitrary text. Changing it starts a new job, which is necessary if the only change is in the data, or in a value
   * that is known at deployment.
   *
   * @default - no revision
   */
  readonly revision?: string;
}
