import type { JobWait } from '../common/job-wait';
import type { ProcessingOptions } from './processing-options';

/** Properties of a processing job. */
export interface ProcessingJobProps extends ProcessingOptions {
  /**
   * The middle part of the job's name. It is preceded by the prefix that all jobs of the stack have in common, and followed by
   * a hash of the job's identity.
   *
   * @default - derived from the construct path
   */
  readonly processingJobName?: string;

  /**
   * Whether, and for how long, the deployment waits for the end of the job.
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
