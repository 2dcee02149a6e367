/**
 * The machine learning domain of a model package.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const group: sagemaker.ModelPackageGroup;
 * declare const algorithm: sagemaker.Algorithm;
 * declare const job: sagemaker.TrainingJob;
 *
 * new sagemaker.ModelPackage(this, 'Version', {
 *   group,
 *   algorithm,
 *   modelData: job.modelData,
 *   domain: sagemaker.ModelDomain.MACHINE_LEARNING,
 *   task: sagemaker.ModelTask.CLASSIFICATION,
 * });
 */
export class ModelDomain {
  /** Computer vision. */
  public static readonly COMPUTER_VISION = ModelDomain.of('COMPUTER_VISION');

  /** Natural language processing. */
  public static readonly NATURAL_LANGUAGE_PROCESSING = ModelDomain.of('NATURAL_LANGUAGE_PROCESSING');

  /** All other domains, such as tabular data. */
  public static readonly MACHINE_LEARNING = ModelDomain.of('MACHINE_LEARNING');

  /**
   * Uses a domain by its name.
   *
   * @param domain the name of the domain
   */
  public static of(domain: string): ModelDomain {
    return new ModelDomain(domain);
  }

  private constructor(
    /** The name of the domain. */
    public readonly domain: string,
  ) {}
}

/**
 * The machine learning task of a model package.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const group: sagemaker.ModelPackageGroup;
 * declare const algorithm: sagemaker.Algorithm;
 * declare const job: sagemaker.TrainingJob;
 *
 * new sagemaker.ModelPackage(this, 'Version', {
 *   group,
 *   algorithm,
 *   modelData: job.modelData,
 *   domain: sagemaker.ModelDomain.MACHINE_LEARNING,
 *   task: sagemaker.ModelTask.CLASSIFICATION,
 * });
 */
export class ModelTask {
  /** Classification. */
  public static readonly CLASSIFICATION = ModelTask.of('CLASSIFICATION');

  /** Masked language modeling. */
  public static readonly FILL_MASK = ModelTask.of('FILL_MASK');

  /** Image classification. */
  public static readonly IMAGE_CLASSIFICATION = ModelTask.of('IMAGE_CLASSIFICATION');

  /** Image segmentation. */
  public static readonly IMAGE_SEGMENTATION = ModelTask.of('IMAGE_SEGMENTATION');

  /** Object detection. */
  public static readonly OBJECT_DETECTION = ModelTask.of('OBJECT_DETECTION');

  /** Regression. */
  public static readonly REGRESSION = ModelTask.of('REGRESSION');

  /** Text generation. */
  public static readonly TEXT_GENERATION = ModelTask.of('TEXT_GENERATION');

  /** All other tasks. */
  public static readonly OTHER = ModelTask.of('OTHER');

  /**
   * Uses a task by its name.
   *
   * @param task the name of the task
   */
  public static of(task: string): ModelTask {
    return new ModelTask(task);
  }

  private constructor(
    /** The name of the task. */
    public readonly task: string,
  ) {}
}
