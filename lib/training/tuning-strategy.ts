import type { TuningConfig } from '../private/job-request';
import { ValidationErrors } from '../private/validation';

/** How much of a resource, epochs for example, training jobs are given by Hyperband. */
export interface HyperbandOptions {
  /**
   * What every training job gets before it may be stopped, at least 1.
   *
   * @default - as the service finds best
   */
  readonly minResource?: number;

  /**
   * What no training job gets more than, at least 1.
   *
   * @default - as the service finds best
   */
  readonly maxResource?: number;
}

/**
 * How a tuning job chooses the values that it tries.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html
 */
export class TuningStrategy {
  /** By what earlier training jobs have shown. */
  public static readonly BAYESIAN = new TuningStrategy('Bayesian');

  /** At random. */
  public static readonly RANDOM = new TuningStrategy('Random');

  /** All combinations. Every range must be categorical, and the number of training jobs is not given. */
  public static readonly GRID = new TuningStrategy('Grid');

  /**
   * Many training jobs that are stopped early when they do not promise much.
   *
   * @param options how much they are given
   */
  public static hyperband(options: HyperbandOptions = {}): TuningStrategy {
    const errors = new ValidationErrors('Hyperband');
    const { minResource, maxResource } = options;
    errors.check('minResource', 'HyperbandStrategyMinResource', minResource);
    errors.check('maxResource', 'HyperbandStrategyMaxResource', maxResource);
    errors.when(
      minResource !== undefined && maxResource !== undefined && minResource > maxResource,
      `\`minResource\` must not be above \`maxResource\`, got ${minResource} and ${maxResource}`,
    );
    errors.throwIfAny();
    return new TuningStrategy('Hyperband', options);
  }

  /**
   * A strategy that is not known here.
   *
   * @param strategyName its name in the API
   */
  public static of(strategyName: string): TuningStrategy {
    return new TuningStrategy(strategyName);
  }

  private constructor(
    /** The name in the API. */
    public readonly strategyName: string,
    private readonly hyperband?: HyperbandOptions,
  ) {}

  /** @internal */
  public _render(): Pick<TuningConfig, 'Strategy' | 'StrategyConfig'> {
    const { minResource, maxResource } = this.hyperband ?? {};
    const isSaid = minResource !== undefined || maxResource !== undefined;
    return {
      Strategy: this.strategyName,
      StrategyConfig: isSaid
        ? { HyperbandStrategyConfig: { MinResource: minResource, MaxResource: maxResource } }
        : undefined,
    };
  }
}
