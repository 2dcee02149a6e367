/**
 * The MLflow tracking of a training job. The execution role is not granted permissions: grant those of the `sagemaker-mlflow` actions that
 * the container uses.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_MlflowConfig.html
 */
export interface MlflowOptions {
  /** The ARN of an MLflow tracking server or MLflow app of SageMaker. */
  readonly resourceArn: string;

  /**
   * The name of the MLflow experiment, at most 256 characters.
   *
   * @default - chosen by the service
   */
  readonly experimentName?: string;

  /**
   * The name of the MLflow run, at most 256 characters.
   *
   * @default - chosen by the service
   */
  readonly runName?: string;
}
