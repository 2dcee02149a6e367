import { Duration } from 'aws-cdk-lib';
import { RuleError } from '../private/rules';

/** The longest timeout of a CloudFormation wait condition. */
const MAX_WAIT = Duration.hours(12);

/** The time for starting instances, downloading data and uploading artifacts, which is not part of a job's run time. */
const OVERHEAD = Duration.minutes(30);

/**
 * Whether and for how long a deployment waits until a job has ended.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html
 *
 * @example
 * import { Duration } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const algorithm: sagemaker.Algorithm;
 *
 * new sagemaker.TrainingJob(this, 'Train', {
 *   algorithm,
 *   resources: sagemaker.TrainingResources.of(sagemaker.InstanceType.ML_M5_XLARGE),
 *   wait: sagemaker.JobWait.upTo(Duration.hours(2)),
 * });
 */
export class JobWait {
  /** The deployment starts the job and continues. No other resource of the stack can use the result of the job. */
  public static none(): JobWait {
    return new JobWait(undefined);
  }

  /**
   * The deployment waits until the job has ended, and fails if the job fails or the wait times out.
   *
   * @param duration the timeout: more than 30 minutes and at most 12 hours
   */
  public static upTo(duration: Duration): JobWait {
    if (
      !duration.isUnresolved() &&
      (duration.toSeconds() > MAX_WAIT.toSeconds() || duration.toSeconds() <= OVERHEAD.toSeconds())
    ) {
      throw new RuleError(
        'training-and-tuning',
        `\`duration\` must be more than ${OVERHEAD.toHumanString()} and at most ${MAX_WAIT.toHumanString()}, ` +
          `got: ${duration.toHumanString()}. For longer jobs, use JobWait.none() and deploy the resources that use the result in ` +
          'another stack.',
      );
    }
    return new JobWait(duration);
  }

  private constructor(
    /** The timeout of the wait. Undefined if the deployment does not wait. */
    public readonly duration: Duration | undefined,
  ) {}

  /**
   * The longest run time of a job that ends before a wait times out.
   *
   * @internal
   */
  public static _longestRun(duration: Duration = MAX_WAIT): Duration {
    // A token cannot be compared at synthesis; CloudFormation limits its value.
    if (duration.isUnresolved()) return JobWait._longestRun();
    return Duration.seconds(duration.toSeconds() - OVERHEAD.toSeconds());
  }

  /**
   * The wait for a job with a run time.
   *
   * @internal
   */
  public static _for(runtime: Duration): JobWait {
    return new JobWait(Duration.seconds(runtime.toSeconds() + OVERHEAD.toSeconds()));
  }
}
