import { type Duration, type aws_iam as iam } from 'aws-cdk-lib';
import type { JobWait } from '../common/job-wait';
import { type TrainingOutput } from '../common/training-output';
import { type TuningDefinition } from './tuning-definition';
import { type TuningStrategy } from './tuning-strategy';
import type { WarmStart } from './warm-start';

/** The definition of a tuning job. */
export interface TuningJobProps {
  /** What the training jobs run, and what of it is searched: 1 to 10 definitions. */
  readonly definitions: TuningDefinition[];

  /**
   * How the values to try are chosen.
   *
   * @default TuningStrategy.BAYESIAN
   */
  readonly strategy?: TuningStrategy;

  /**
   * How many training jobs there are at most. Not with TuningStrategy.GRID, whose ranges decide it.
   *
   * @default 10
   */
  readonly maxTrainingJobs?: number;

  /**
   * How many training jobs run at a time at most.
   *
   * @default 1
   */
  readonly maxParallelTrainingJobs?: number;

  /**
   * The longest time that the tuning job may run, at least 2 minutes and at most 182 days.
   *
   * @default - the time that the deployment waits, less 30 minutes for start, download and upload
   */
  readonly maxRuntime?: Duration;

  /**
   * Whether training jobs that do not promise much are stopped. Not with Hyperband, which does so itself.
   *
   * @default false
   */
  readonly earlyStopping?: boolean;

  /**
   * The tuning job is over when a training job has reached this value of the objective.
   *
   * @default - it goes on
   */
  readonly targetObjectiveValue?: number;

  /**
   * The tuning job is over when so many training jobs in a row were not better, at least 3.
   *
   * @default - it goes on
   */
  readonly maxTrainingJobsNotImproving?: number;

  /**
   * Whether the tuning job is over when the service sees that it will not get better.
   *
   * @default false
   */
  readonly completeOnConvergence?: boolean;

  /**
   * What is known already from other tuning jobs.
   *
   * @default - nothing
   */
  readonly warmStart?: WarmStart;

  /**
   * The seed of what is chosen at random. Equal jobs of one seed try nearly the same.
   *
   * @default - another one in each job
   */
  readonly randomSeed?: number;

  /**
   * Whether the service may find ranges and limits itself.
   *
   * @default false
   */
  readonly autotune?: boolean;

  /**
   * Where the training jobs put what they make.
   *
   * @default - a new bucket, which is retained
   */
  readonly output?: TrainingOutput;

  /**
   * The role that the containers run with. It is granted what the jobs need.
   *
   * @default - a role that may do nothing but what the jobs need
   */
  readonly role?: iam.IRole;

  /**
   * Whether the deployment waits for the end of the tuning job.
   *
   * @default - it waits for as long as the job may run; `maxRuntime` must leave that within 12 hours
   */
  readonly wait?: JobWait;

  /**
   * Any text. Changing it starts a new job, which is needed when only the data, or a value known at deployment, has
   * changed.
   *
   * @default - none
   */
  readonly revision?: string;
}
