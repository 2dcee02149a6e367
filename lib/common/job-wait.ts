import { Duration } from 'aws-cdk-lib';

/** CloudFormation waits no longer than this for anything. */
const LONGEST = Duration.hours(12);

/** What a job needs beside its run time: start, download and upload. */
const MARGIN = Duration.minutes(30);

/**
 * Whether, and for how long, a deployment waits for a job to end.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html
 */
export class JobWait {
  /** The deployment starts the job and goes on. Nothing in the stack can use what the job makes. */
  public static none(): JobWait {
    return new JobWait(undefined);
  }

  /**
   * The deployment waits for the end of the job, and fails when the job fails or the time is over.
   *
   * @param duration at most 12 hours
   */
  public static upTo(duration: Duration): JobWait {
    if (
      !duration.isUnresolved() &&
      (duration.toSeconds() > LONGEST.toSeconds() || duration.toSeconds() <= MARGIN.toSeconds())
    ) {
      throw new Error(
        `A deployment can wait more than ${MARGIN.toHumanString()} and at most ${LONGEST.toHumanString()} for a job, ` +
          `got ${duration.toHumanString()}. For longer jobs use JobWait.none() and deploy what uses the result separately.`,
      );
    }
    return new JobWait(duration);
  }

  private constructor(
    /** How long the deployment waits; undefined when it does not. */
    public readonly duration: Duration | undefined,
  ) {}

  /**
   * The longest time that a job may run and still be waited for.
   *
   * @internal
   */
  public static _longestRun(duration: Duration = LONGEST): Duration {
    // What is known at deployment only cannot be compared with; CloudFormation limits it.
    if (duration.isUnresolved()) return JobWait._longestRun();
    return Duration.seconds(duration.toSeconds() - MARGIN.toSeconds());
  }

  /**
   * A wait that is long enough for a job.
   *
   * @internal
   */
  public static _for(run: Duration): JobWait {
    return new JobWait(Duration.seconds(run.toSeconds() + MARGIN.toSeconds()));
  }
}
