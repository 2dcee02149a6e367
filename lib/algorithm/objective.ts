/** Whether a tuning job maximizes or minimizes its objective metric. */
export enum ObjectiveType {
  /** The tuning job searches for the largest value. */
  MAXIMIZE = 'Maximize',

  /** The tuning job searches for the smallest value. */
  MINIMIZE = 'Minimize',
}

/**
 * A metric that a tuning job maximizes or minimizes.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTuningJobObjective.html
 */
export class Objective {
  /**
   * Creates an objective that is maximized.
   *
   * @param metricName the name of a metric of the algorithm
   */
  public static maximize(metricName: string): Objective {
    return new Objective(ObjectiveType.MAXIMIZE, metricName);
  }

  /**
   * Creates an objective that is minimized.
   *
   * @param metricName the name of a metric of the algorithm
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
