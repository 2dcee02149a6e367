/**
 * Where a training job appears in SageMaker Experiments. Each name has at most 120 letters, digits and hyphens.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ExperimentConfig.html
 */
export interface ExperimentOptions {
  /**
   * An existing experiment.
   *
   * @default - none
   */
  readonly experimentName?: string;

  /**
   * An existing trial.
   *
   * @default - a new one
   */
  readonly trialName?: string;

  /**
   * The name that the trial component is shown with.
   *
   * @default - the name of the job
   */
  readonly trialComponentDisplayName?: string;

  /**
   * The run.
   *
   * @default - none
   */
  readonly runName?: string;
}
