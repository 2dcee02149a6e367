/** Whether the best value of a metric is the largest or the smallest. */
export enum ObjectiveType {
  /** The largest value is the best. */
  MAXIMIZE = 'Maximize',

  /** The smallest value is the best. */
  MINIMIZE = 'Minimize',
}

/**
 * A metric that is maximized or minimized: by a tuning job, or by the gate of a training workflow.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTuningJobObjective.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const objective = sagemaker.Objective.maximize('validation:auc');
 */
export class Objective {
  /**
   * Creates an objective that is maximized.
   *
   * @param metricName the name of a metric of the training, or its path in the report of `Evaluation.processing()`
   */
  public static maximize(metricName: string): Objective {
    return new Objective(ObjectiveType.MAXIMIZE, metricName);
  }

  /**
   * Creates an objective that is minimized.
   *
   * @param metricName the name of a metric of the training, or its path in the report of `Evaluation.processing()`
   */
  public static minimize(metricName: string): Objective {
    return new Objective(ObjectiveType.MINIMIZE, metricName);
  }

  private constructor(
    /** Whether the metric is maximized or minimized. */
    public readonly objectiveType: ObjectiveType,
    /** The name of the metric. */
    public readonly metricName: string,
  ) {}
}
