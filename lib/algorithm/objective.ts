/**
 * A metric that a tuning job can drive up or down.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTuningJobObjective.html
 */
export class Objective {
  /**
   * The larger, the better.
   *
   * @param metricName the name of one of the algorithm's metrics
   */
  public static maximize(metricName: string): Objective {
    return new Objective('Maximize', metricName);
  }

  /**
   * The smaller, the better.
   *
   * @param metricName the name of one of the algorithm's metrics
   */
  public static minimize(metricName: string): Objective {
    return new Objective('Minimize', metricName);
  }

  private constructor(
    /** `Maximize` or `Minimize`. */
    public readonly objectiveType: string,
    /** The name of the metric. */
    public readonly metricName: string,
  ) {}
}
