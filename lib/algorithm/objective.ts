/** The direction in which a tuning job changes its objective metric. */
export enum ObjectiveType {
  /** The job looks for the largest value. */
  MAXIMIZE = 'Maximize',

  /** The job looks for the smallest value. */
  MINIMIZE = 'Minimize',
}

/**
 * A metric that a tuning job maximizes or minimizes.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTuningJobObjective.html
 */
export class Objective {
  /**
   * An objective that is better the larger its value is.
   *
   * @param metricName the name of one of the algorithm's metrics
   */
  public static maximize(metricName: string): Objective {
    return new Objective(ObjectiveType.MAXIMIZE, metricName);
  }

  /**
   * An objective that is better the smaller its value is.
   *
   * @param metricName the name of one of the algorithm's metrics
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
