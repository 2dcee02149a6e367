import type { JobRequest } from '../private/job-request';
import { ValidationErrors } from '../private/validation';

/**
 * The warm start of a tuning job from the results of previous tuning jobs.
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const warmStart = sagemaker.WarmStart.transferLearning('churn-tuning-may');
 */
export class WarmStart {
  /**
   * Uses previous tuning jobs with the same data, algorithm and ranges. Their training jobs count as results of the new
   * tuning job.
   *
   * @param tuningJobNames the names of 1 to 5 tuning jobs that have ended
   */
  public static identicalDataAndAlgorithm(...tuningJobNames: string[]): WarmStart {
    return new WarmStart('IdenticalDataAndAlgorithm', tuningJobNames);
  }

  /**
   * Uses previous tuning jobs with similar data, algorithm or ranges. Their results guide the search.
   *
   * @param tuningJobNames the names of 1 to 5 tuning jobs that have ended
   */
  public static transferLearning(...tuningJobNames: string[]): WarmStart {
    return new WarmStart('TransferLearning', tuningJobNames);
  }

  private constructor(
    private readonly type: string,
    private readonly tuningJobNames: string[],
  ) {
    const errors = new ValidationErrors('Warm start', 'training-and-tuning');
    errors.checkEach('tuningJobNames', 'ParentHyperParameterTuningJobs', 'HyperParameterTuningJobName', tuningJobNames);
    errors.throwIfAny();
  }

  /** @internal */
  public _render(): JobRequest<'tuning'>['WarmStartConfig'] {
    return {
      WarmStartType: this.type,
      ParentHyperParameterTuningJobs: this.tuningJobNames.map((HyperParameterTuningJobName) => ({
        HyperParameterTuningJobName,
      })),
    };
  }
}
