import { Duration } from 'aws-cdk-lib';
import { SECONDS } from '../private/contract';
import type { ValidationErrors } from '../private/validation';
import { JobWait } from './job-wait';

interface Times {
  readonly maxRuntime?: Duration;
  readonly wait?: JobWait;
  readonly maxWaitTime?: Duration;
}

/** Validates that the deployment can wait for a job, and returns the maximum run time of the job. */
export function checkMaxRuntime(errors: ValidationErrors, { maxRuntime, wait, maxWaitTime }: Times): Duration {
  const longest = wait?.duration === undefined ? JobWait._longestRun() : JobWait._longestRun(wait.duration);
  const isAwaited = wait === undefined || wait.duration !== undefined;
  const runtime = maxRuntime ?? maxWaitTime ?? (isAwaited ? longest : Duration.seconds(SECONDS.defaultMaxRuntime));
  const totalTime = maxWaitTime ?? runtime;
  errors.when(
    isAwaited && isLonger(totalTime, longest),
    `\`${maxWaitTime === undefined ? 'maxRuntime' : 'maxWaitTime'}\` must be at most ${format(longest)} if the deployment ` +
      `waits (30 minutes are reserved for start, download and upload), got ${format(totalTime)}. Reduce it, wait longer with ` +
      'JobWait.upTo() (at most 12 hours), or do not wait (JobWait.none())',
  );
  return runtime;
}

/** Whether one duration is longer than another. Durations that are known at deployment pass every check. */
export function isLonger(one: Duration, other: Duration): boolean {
  return (
    !one.isUnresolved() &&
    !other.isUnresolved() &&
    one.toSeconds({ integral: false }) > other.toSeconds({ integral: false })
  );
}

/** A duration in an error message. */
export function format(duration: Duration): string {
  return duration.isUnresolved() ? 'a duration that is known at deployment' : duration.toHumanString();
}

/** The time that the deployment waits; by default the time that the job may take, if that is known at synthesis. */
export function waitTimeOf(wait: JobWait | undefined, jobTime: Duration): Duration | undefined {
  return (wait ?? JobWait._for(jobTime.isUnresolved() ? JobWait._longestRun() : jobTime)).duration;
}
