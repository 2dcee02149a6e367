import { Tokenization } from 'aws-cdk-lib';
import type { NumericParameterRange, ParameterRanges } from '../private/job-request';
import { type ValidationErrors, isKnown } from '../private/validation';

/**
 * The scale on which a tuning job searches a range.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-define-ranges.html
 */
export enum ScalingType {
  /** The service chooses the scale. */
  AUTO = 'Auto',

  /** A linear scale. */
  LINEAR = 'Linear',

  /** A logarithmic scale, for values greater than 0. */
  LOGARITHMIC = 'Logarithmic',

  /** A reverse logarithmic scale, for continuous values of at least 0 and less than 1. */
  REVERSE_LOGARITHMIC = 'ReverseLogarithmic',
}

/** Options of an integer or continuous range. */
export interface NumericRangeOptions {
  /** The minimum value. */
  readonly min: number;

  /** The maximum value. */
  readonly max: number;

  /**
   * The scale on which the range is searched.
   *
   * @default ScalingType.AUTO
   */
  readonly scaling?: ScalingType;
}

/** The type of a range. */
export enum HyperparameterRangeType {
  /** Integers. */
  INTEGER = 'Integer',

  /** Real numbers. */
  CONTINUOUS = 'Continuous',

  /** A fixed set of strings. */
  CATEGORICAL = 'Categorical',

  /** A range that SageMaker chooses (`autotune`). */
  AUTO = 'Auto',
}

/**
 * The range of values in which a tuning job searches a hyperparameter.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ParameterRanges.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const ranges = [
 *   sagemaker.HyperparameterRange.integer('max_depth', { min: 2, max: 12 }),
 *   sagemaker.HyperparameterRange.continuous('eta', { min: 0.01, max: 0.3 }),
 * ];
 */
export class HyperparameterRange {
  /**
   * Creates a range of integers.
   *
   * @param name the name of the hyperparameter
   * @param options the limits and the scale of the range
   */
  public static integer(name: string, options: NumericRangeOptions): HyperparameterRange {
    return new HyperparameterRange(name, HyperparameterRangeType.INTEGER, options);
  }

  /**
   * Creates a range of real numbers.
   *
   * @param name the name of the hyperparameter
   * @param options the limits and the scale of the range
   */
  public static continuous(name: string, options: NumericRangeOptions): HyperparameterRange {
    return new HyperparameterRange(name, HyperparameterRangeType.CONTINUOUS, options);
  }

  /**
   * Creates a fixed set of values.
   *
   * @param name the name of the hyperparameter
   * @param values the values, 1 to 30
   */
  public static categorical(name: string, values: string[]): HyperparameterRange {
    return new HyperparameterRange(name, HyperparameterRangeType.CATEGORICAL, undefined, values);
  }

  /**
   * Creates a range that SageMaker chooses. The tuning job must have `autotune`.
   *
   * @param name the name of the hyperparameter
   * @param valueHint an example of a suitable value
   */
  public static auto(name: string, valueHint: string): HyperparameterRange {
    return new HyperparameterRange(name, HyperparameterRangeType.AUTO, undefined, [valueHint]);
  }

  private constructor(
    /** The name of the hyperparameter. */
    public readonly name: string,
    /** The type of the range. */
    public readonly rangeType: HyperparameterRangeType,
    private readonly numericOptions?: NumericRangeOptions,
    private readonly values: string[] = [],
  ) {}

  /**
   * The limits of a numeric range, or the values of another range: the values that the algorithm must allow.
   *
   * @internal
   */
  public get _values(): string[] {
    if (this.numericOptions === undefined) return this.values;
    return [this.numericOptions.min, this.numericOptions.max].map((value) => Tokenization.stringifyNumber(value));
  }

  /**
   * Renders an integer or continuous range.
   *
   * @internal
   */
  public _renderNumeric(): NumericParameterRange {
    const [MinValue, MaxValue] = this._values;
    return { Name: this.name, MinValue, MaxValue, ScalingType: this.numericOptions?.scaling ?? ScalingType.AUTO };
  }

  /**
   * Validates the range on its own.
   *
   * @internal
   */
  public _checkRange(errors: ValidationErrors): void {
    const property = `ranges["${this.name}"]`;
    errors.check(property, 'ParameterKey', this.name);
    if (this.numericOptions === undefined) {
      errors.checkEach(
        property,
        this.rangeType === HyperparameterRangeType.CATEGORICAL ? 'ParameterValues' : undefined,
        'ParameterValue',
        this.values,
      );
      return;
    }
    const { min, max, scaling } = this.numericOptions;
    errors.when(
      this.rangeType === HyperparameterRangeType.INTEGER &&
        [min, max].some((value) => isKnown(value) && !Number.isInteger(value)),
      `\`${property}\` must have whole numbers as bounds, got ${min} to ${max}`,
    );
    if (!isKnown(min) || !isKnown(max)) return;
    errors.when(
      ![min, max].every(Number.isFinite),
      `\`${property}\`: \`min\` and \`max\` must be numbers, got ${min} and ${max}`,
    );
    errors.when(min > max, `\`${property}\`: \`min\` must not be greater than \`max\`, got ${min} and ${max}`);
    errors.when(
      scaling === ScalingType.LOGARITHMIC && min <= 0,
      `\`${property}\`: logarithmic scaling requires values greater than 0, got ${min}`,
    );
    errors.when(
      scaling === ScalingType.REVERSE_LOGARITHMIC &&
        (this.rangeType !== HyperparameterRangeType.CONTINUOUS || min < 0 || max >= 1),
      `\`${property}\`: reverse logarithmic scaling requires a continuous range of at least 0 and less than 1, got ${min} to ${max}`,
    );
  }
}

/**
 * Renders ranges as the API groups them: a list for each type.
 *
 * @internal
 */
export function renderRanges(ranges: HyperparameterRange[]): ParameterRanges {
  const ofType = <T>(type: HyperparameterRangeType, render: (range: HyperparameterRange) => T): T[] | undefined => {
    const matching = ranges.filter(({ rangeType }) => rangeType === type);
    return matching.length === 0 ? undefined : matching.map(render);
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
