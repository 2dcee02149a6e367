import { Tokenization } from 'aws-cdk-lib';
import type { NumericParameterRange, ParameterRanges } from '../private/job-request';
import { type ValidationErrors, isKnown } from '../private/validation';

/**
 * How the values of a range are searched.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html
 */
export enum ScalingType {
  /** As the service finds best. */
  AUTO = 'Auto',

  /** Evenly. */
  LINEAR = 'Linear',

  /** Evenly in orders of magnitude, for values above 0. */
  LOGARITHMIC = 'Logarithmic',

  /** Evenly in orders of magnitude of the distance to 1, for continuous values from 0 to below 1. */
  REVERSE_LOGARITHMIC = 'ReverseLogarithmic',
}

/** The range of a number. */
export interface NumericRangeOptions {
  /** The smallest value. */
  readonly min: number;

  /** The largest value. */
  readonly max: number;

  /**
   * How the values are searched.
   *
   * @default ScalingType.AUTO
   */
  readonly scaling?: ScalingType;
}

/** The type of a range. */
export enum HyperparameterRangeType {
  /** Whole numbers. */
  INTEGER = 'Integer',

  /** Real numbers. */
  CONTINUOUS = 'Continuous',

  /** A list of strings. */
  CATEGORICAL = 'Categorical',

  /** A range that automatic tuning (`autotune`) chooses. */
  AUTO = 'Auto',
}

/**
 * The values of one hyperparameter that a tuning job searches.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ParameterRanges.html
 */
export class HyperparameterRange {
  /**
   * Whole numbers.
   *
   * @param name the hyperparameter
   * @param options from where to where
   */
  public static integer(name: string, options: NumericRangeOptions): HyperparameterRange {
    return new HyperparameterRange(name, HyperparameterRangeType.INTEGER, options);
  }

  /**
   * Numbers.
   *
   * @param name the hyperparameter
   * @param options from where to where
   */
  public static continuous(name: string, options: NumericRangeOptions): HyperparameterRange {
    return new HyperparameterRange(name, HyperparameterRangeType.CONTINUOUS, options);
  }

  /**
   * A few words.
   *
   * @param name the hyperparameter
   * @param values the words, 1 to 30
   */
  public static categorical(name: string, values: string[]): HyperparameterRange {
    return new HyperparameterRange(name, HyperparameterRangeType.CATEGORICAL, undefined, values);
  }

  /**
   * A range that the service finds itself. The tuning job must have `autotune`.
   *
   * @param name the hyperparameter
   * @param valueHint a value that is known to work
   */
  public static auto(name: string, valueHint: string): HyperparameterRange {
    return new HyperparameterRange(name, HyperparameterRangeType.AUTO, undefined, [valueHint]);
  }

  private constructor(
    /** The hyperparameter. */
    public readonly name: string,
    /** The type of the range. */
    public readonly rangeType: HyperparameterRangeType,
    private readonly numbers?: NumericRangeOptions,
    private readonly words: string[] = [],
  ) {}

  /**
   * The ends of the range, or its words: what must be allowed.
   *
   * @internal
   */
  public get _values(): string[] {
    if (this.numbers === undefined) return this.words;
    return [this.numbers.min, this.numbers.max].map((value) => Tokenization.stringifyNumber(value));
  }

  /**
   * A numeric range as the API has it.
   *
   * @internal
   */
  public _renderNumeric(): NumericParameterRange {
    const [MinValue, MaxValue] = this._values;
    return { Name: this.name, MinValue, MaxValue, ScalingType: this.numbers?.scaling ?? ScalingType.AUTO };
  }

  /**
   * Records what is wrong with the range itself.
   *
   * @internal
   */
  public _check(errors: ValidationErrors): void {
    const property = `ranges["${this.name}"]`;
    errors.check(property, 'ParameterKey', this.name);
    if (this.numbers === undefined) {
      errors.checkEach(
        property,
        this.rangeType === HyperparameterRangeType.CATEGORICAL ? 'ParameterValues' : undefined,
        'ParameterValue',
        this.words,
      );
      return;
    }
    const { min, max, scaling } = this.numbers;
    errors.when(
      this.rangeType === HyperparameterRangeType.INTEGER &&
        [min, max].some((value) => isKnown(value) && !Number.isInteger(value)),
      `\`${property}\` must be of whole numbers, got ${min} to ${max}`,
    );
    if (!isKnown(min) || !isKnown(max)) return;
    errors.when(min > max, `\`${property}\`: \`min\` must not be above \`max\`, got ${min} and ${max}`);
    errors.when(
      scaling === ScalingType.LOGARITHMIC && min <= 0,
      `\`${property}\`: logarithmic scaling needs values above 0, got ${min}`,
    );
    errors.when(
      scaling === ScalingType.REVERSE_LOGARITHMIC &&
        (this.rangeType !== HyperparameterRangeType.CONTINUOUS || min < 0 || max >= 1),
      `\`${property}\`: reverse logarithmic scaling needs a continuous range from 0 to below 1, got ${min} to ${max}`,
    );
  }
}

/**
 * Ranges as the API has them: a list for each type.
 *
 * @internal
 */
export function renderRanges(ranges: HyperparameterRange[]): ParameterRanges {
  const ofType = <T>(type: HyperparameterRangeType, render: (range: HyperparameterRange) => T): T[] | undefined => {
    const some = ranges.filter(({ rangeType }) => rangeType === type);
    return some.length === 0 ? undefined : some.map(render);
  };
  return {
    IntegerParameterRanges: ofType(HyperparameterRangeType.INTEGER, (range) => range._renderNumeric()),
    ContinuousParameterRanges: ofType(HyperparameterRangeType.CONTINUOUS, (range) => range._renderNumeric()),
    CategoricalParameterRanges: ofType(HyperparameterRangeType.CATEGORICAL, ({ name: Name, _values: Values }) => ({
      Name,
      Values,
    })),
    AutoParameters: ofType(HyperparameterRangeType.AUTO, ({ name: Name, _values: [ValueHint] }) => ({
      Name,
      ValueHint,
    })),
  };
}
