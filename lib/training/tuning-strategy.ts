import type { TuningConfig } from '../private/job-request';
import { ValidationErrors, isKnown } from '../private/validation';

const MAX_RESOURCE = 20_000;

/** The hyperparameters from which the service infers the maximum resource. */
const RESOURCE_HYPERPARAMETERS = ['epochs', 'numepochs', 'n-epochs', 'n_epochs', 'num_epochs'];

/** Options of Hyperband: the limits of the resource, such as the number of epochs, that it allocates to each training job. */
export interface HyperbandOptions {
  /**
   * The minimum resource of a training job before it can be stopped, at least 1.
   *
   * @default - chosen by the service
   */
  readonly minResource?: number;

  /**
   * The maximum resource of a training job: 1 to 20,000.
   *
   * @default - the value of `epochs`, `numepochs`, `n-epochs`, `n_epochs` or `num_epochs` in `hyperparameters`, one of which is required
   */
  readonly maxResource?: number;
}

/**
 * The strategy with which a tuning job chooses the hyperparameters of its training jobs.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const strategy = sagemaker.TuningStrategy.hyperband({ minResource: 1, maxResource: 27 });
 */
export class TuningStrategy {
  /** Bayesian optimization: the results of previous training jobs determine the next hyperparameters. */
  public static readonly BAYESIAN = new TuningStrategy('Bayesian');

  /** Random search. */
  public static readonly RANDOM = new TuningStrategy('Random');

  /** Grid search: all combinations. Every range must be categorical, and `maxTrainingJobs` must not be set. */
  public static readonly GRID = new TuningStrategy('Grid');

  /**
   * Hyperband: many training jobs, which are stopped early if their results are poor.
   *
   * @param options the resource limits
   */
  public static hyperband(options: HyperbandOptions = {}): TuningStrategy {
    const errors = new ValidationErrors('Hyperband', 'training-and-tuning');
    const { minResource, maxResource } = options;
    errors.check('minResource', 'HyperbandStrategyMinResource', minResource);
    errors.check('maxResource', 'HyperbandStrategyMaxResource', maxResource);
    errors.when(
      minResource !== undefined && maxResource !== undefined && minResource > maxResource,
      `\`minResource\` must not be greater than \`maxResource\`, got ${minResource} and ${maxResource}`,
    );
    errors.when(
      isKnown(maxResource) && maxResource > MAX_RESOURCE,
      `\`maxResource\` must be at most ${MAX_RESOURCE}, got ${maxResource}`,
    );
    errors.throwIfAny();
    return new TuningStrategy('Hyperband', options);
  }

  /**
   * Returns a strategy that has no constant in this class.
   *
   * @param strategyName the name of the strategy in the API
   */
  public static of(strategyName: string): TuningStrategy {
    return new TuningStrategy(strategyName);
  }

  private constructor(
    /** The name of the strategy in the API. */
    public readonly strategyName: string,
    private readonly hyperband?: HyperbandOptions,
  ) {}

  /**
   * Validates that the maximum resource of a training job is known.
   *
   * @internal
   */
  public _checkHyperparameters(errors: ValidationErrors, hyperparameters: { [name: string]: string }[]): void {
    if (this.strategyName !== 'Hyperband' || this.hyperband?.maxResource !== undefined) return;
    const hasResource = (values: object): boolean => RESOURCE_HYPERPARAMETERS.some((name) => name in values);
    errors.when(
      !hyperparameters.every(hasResource),
      `\`strategy\` Hyperband requires \`maxResource\`, or one of the \`hyperparameters\` ${RESOURCE_HYPERPARAMETERS.join(', ')} ` +
        'in each definition, from which the service infers it',
    );
  }

  /** @internal */
  public _render(): Pick<TuningConfig, 'Strategy' | 'StrategyConfig'> {
    const { minResource, maxResource } = this.hyperband ?? {};
    const hasLimits = minResource !== undefined || maxResource !== undefined;
    return {
      Strategy: this.strategyName,
      StrategyConfig: hasLimits
        ? { HyperbandStrategyConfig: { MinResource: minResource, MaxResource: maxResource } }
        : undefined,
    };
  }
}
