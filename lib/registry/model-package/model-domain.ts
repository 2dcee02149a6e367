/**
 * What kind of data a model is about.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
 */
export class ModelDomain {
  /** Images. */
  public static readonly COMPUTER_VISION = ModelDomain.of('COMPUTER_VISION');

  /** Text. */
  public static readonly NATURAL_LANGUAGE_PROCESSING = ModelDomain.of('NATURAL_LANGUAGE_PROCESSING');

  /** Anything else, such as tables. */
  public static readonly MACHINE_LEARNING = ModelDomain.of('MACHINE_LEARNING');

  /**
   * Any domain, by its name.
   *
   * @param domain the name
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
 * What a model does.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
 */
export class ModelTask {
  /** Tells to which class something belongs. */
  public static readonly CLASSIFICATION = ModelTask.of('CLASSIFICATION');

  /** Fills in words that are missing. */
  public static readonly FILL_MASK = ModelTask.of('FILL_MASK');

  /** Tells what an image shows. */
  public static readonly IMAGE_CLASSIFICATION = ModelTask.of('IMAGE_CLASSIFICATION');

  /** Tells which parts of an image belong together. */
  public static readonly IMAGE_SEGMENTATION = ModelTask.of('IMAGE_SEGMENTATION');

  /** Finds things in an image. */
  public static readonly OBJECT_DETECTION = ModelTask.of('OBJECT_DETECTION');

  /** Foretells numbers. */
  public static readonly REGRESSION = ModelTask.of('REGRESSION');

  /** Writes text. */
  public static readonly TEXT_GENERATION = ModelTask.of('TEXT_GENERATION');

  /** Anything else. */
  public static readonly OTHER = ModelTask.of('OTHER');

  /**
   * Any task, by its name.
   *
   * @param task the name
   */
  public static of(task: string): ModelTask {
    return new ModelTask(task);
  }

  private constructor(
    /** The name of the task. */
    public readonly task: string,
  ) {}
}
