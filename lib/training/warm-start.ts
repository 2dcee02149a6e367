import type { JobRequest } from '../private/job-request';
import { ValidationErrors } from '../private/validation';

/** What a tuning job knows already from others. */
export class WarmStart {
  /**
   * The others had the same data, algorithm and ranges: their results count.
   *
   * @param tuningJobNames 1 to 5 names of jobs that are over
   */
  public static identicalDataAndAlgorithm(...tuningJobNames: string[]): WarmStart {
    return new WarmStart('IdenticalDataAndAlgorithm', tuningJobNames);
  }

  /**
   * The others were alike: their results are hints.
   *
   * @param tuningJobNames 1 to 5 names of jobs that are over
   */
  public static transferLearning(...tuningJobNames: string[]): WarmStart {
    return new WarmStart('TransferLearning', tuningJobNames);
  }

  private constructor(
    private readonly type: string,
    private readonly tuningJobNames: string[],
  ) {
    const errors = new ValidationErrors('Warm start');
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
