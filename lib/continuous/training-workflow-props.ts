import type { Duration, aws_s3 as s3 } from 'aws-cdk-lib';
import type { TrainingJobDefinition } from '../training/training-job-definition';
import type { TuningJobDefinition } from '../training/tuning-job-props';
import type { Evaluation } from './evaluation';
import type { GateOptions } from './gate';
import type { WorkflowRegistrationOptions } from './workflow-registration';

/** Properties of a training workflow. */
export interface TrainingWorkflowProps {
  /**
   * The training job of each execution. Exactly one of `training` and `tuning` is required.
   *
   * @default - `tuning` is used
   */
  readonly training?: TrainingJobDefinition;

  /**
   * The tuning job of each execution, whose best training job is evaluated. Exactly one of `training` and `tuning` is required.
   *
   * @default - `training` is used
   */
  readonly tuning?: TuningJobDefinition;

  /**
   * The evaluation of the model.
   *
   * @default - no evaluation
   */
  readonly evaluation?: Evaluation;

  /**
   * The conditions under which the model is registered. Requires `evaluation`.
   *
   * @default - every model is registered
   */
  readonly gate?: GateOptions;

  /**
   * The registration of the model.
   *
   * @default - the model is not registered
   */
  readonly registration?: WorkflowRegistrationOptions;

  /**
   * The name of the workflow in its events and metrics, which is also the name of its state machine: at most 80 letters, digits, hyphens
   * and underscores.
   *
   * @default - derived from the construct path
   */
  readonly stateMachineName?: string;
}

/** The data whose arrival starts an execution. */
export interface NewDataOptions {
  /** The bucket. It can be imported. */
  readonly bucket: s3.IBucket;

  /**
   * The key prefix of the data.
   *
   * @default - all objects of the bucket
   */
  readonly prefix?: string;

  /**
   * How long the prefix must be quiet before an execution starts: at least 1 minute, in whole minutes. The objects are listed each time this
   * time has passed, so that an execution starts at most twice `settle` after the last object was added.
   *
   * @default Duration.minutes(30)
   */
  readonly settle?: Duration;

  /**
   * The longest time that new data waits for the end of a stream of objects.
   *
   * @default Duration.days(1)
   */
  readonly maxDelay?: Duration;
}
