import { Token, Tokenization, type aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import { ValidationErrors, errorOf, isKnown, quote } from '../private/validation';

/** Options of any hyperparameter. */
export interface HyperparameterOptions {
  /**
   * The description of the hyperparameter.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * Whether every training job must set the hyperparameter, also if it has a default value, which then has no effect.
   *
   * @default false
   */
  readonly required?: boolean;
}

/** Options of a hyperparameter with a range. */
export interface TunableHyperparameterOptions extends HyperparameterOptions {
  /**
   * Whether tuning jobs can search the hyperparameter.
   *
   * @default false
   */
  readonly tunable?: boolean;
}

/** Options of an integer or continuous hyperparameter. */
export interface NumericHyperparameterOptions extends TunableHyperparameterOptions {
  /** The minimum value. */
  readonly min: number;

  /** The maximum value. */
  readonly max: number;

  /**
   * The value in jobs that do not set the hyperparameter.
   *
   * @default - no default value
   */
  readonly defaultValue?: number;
}

/** Options of a categorical hyperparameter. */
export interface CategoricalHyperparameterOptions extends TunableHyperparameterOptions {
  /** The allowed values, 1 to 30. */
  readonly values: string[];

  /**
   * The value in jobs that do not set the hyperparameter.
   *
   * @default - no default value
   */
  readonly defaultValue?: string;
}

/** Options of a free-text hyperparameter. */
export interface FreeTextHyperparameterOptions extends HyperparameterOptions {
  /**
   * The value in jobs that do not set the hyperparameter, at most 2500 characters.
   *
   * @default - no default value
   */
  readonly defaultValue?: string;
}

/** The values that a tuning job can search. */
export type TunableRange =
  | { readonly type: 'Integer' | 'Continuous'; readonly min: number; readonly max: number }
  | { readonly type: 'Categorical'; readonly values: string[] };

/** The validation and the rendering of a type of hyperparameter. */
interface HyperparameterType {
  readonly tunableRange?: TunableRange;
  readonly type: 'Integer' | 'Continuous' | 'Categorical' | 'FreeText';
  readonly range?: sagemaker.CfnAlgorithm.ParameterRangeProperty;

  /** Validates the options of the hyperparameter. */
  validate(errors: ValidationErrors): void;

  /** The validation error of a value, if it has one. */
  errorOf(value: string): string | undefined;
}

/**
 * A hyperparameter of an algorithm, with its type, range and default value.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterSpecification.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const hyperparameters = [
 *   sagemaker.Hyperparameter.integer('max_depth', { min: 1, max: 64, defaultValue: 6, tunable: true }),
 *   sagemaker.Hyperparameter.continuous('eta', { min: 0.001, max: 1, defaultValue: 0.3, tunable: true }),
 *   sagemaker.Hyperparameter.categorical('booster', { values: ['gbtree', 'dart'], defaultValue: 'gbtree' }),
 * ];
 */
export class Hyperparameter {
  /**
   * Creates an integer hyperparameter.
   *
   * @param name the name of the hyperparameter, at most 256 characters
   * @param options the range and further options
   */
  public static integer(name: string, options: NumericHyperparameterOptions): Hyperparameter {
    return new Hyperparameter(
      name,
      { ...options, defaultValue: toText(options.defaultValue) },
      numeric('Integer', options),
    );
  }

  /**
   * Creates a hyperparameter with a real number.
   *
   * @param name the name of the hyperparameter, at most 256 characters
   * @param options the range and further options
   */
  public static continuous(name: string, options: NumericHyperparameterOptions): Hyperparameter {
    return new Hyperparameter(
      name,
      { ...options, defaultValue: toText(options.defaultValue) },
      numeric('Continuous', options),
    );
  }

  /**
   * Creates a hyperparameter with a fixed set of values.
   *
   * @param name the name of the hyperparameter, at most 256 characters
   * @param options the allowed values and further options
   */
  public static categorical(name: string, options: CategoricalHyperparameterOptions): Hyperparameter {
    return new Hyperparameter(name, options, categorical(options.values));
  }

  /**
   * Creates a free-text hyperparameter, which cannot be tuned.
   *
   * @param name the name of the hyperparameter, at most 256 characters
   * @param options the default value and further options
   */
  public static freeText(name: string, options: FreeTextHyperparameterOptions = {}): Hyperparameter {
    return new Hyperparameter(name, options, FREE_TEXT);
  }

  /** Whether every training job must set the hyperparameter. */
  public readonly required: boolean;

  /** Whether tuning jobs can search the hyperparameter. */
  public readonly tunable: boolean;

  /** The value in jobs that do not set the hyperparameter, as text. */
  public readonly defaultValue?: string;

  private constructor(
    /** The name of the hyperparameter. */
    public readonly name: string,
    private readonly options: TunableHyperparameterOptions & { readonly defaultValue?: string },
    private readonly type: HyperparameterType,
  ) {
    this.required = options.required ?? false;
    this.tunable = options.tunable ?? false;
    this.defaultValue = options.defaultValue;
    this.validate();
  }

  /**
   * The validation error of a value, if it has one. Containers receive all values as text.
   *
   * @internal
   */
  public _errorOf(value: string): string | undefined {
    return Token.isUnresolved(value) ? undefined : this.type.errorOf(value);
  }

  /**
   * The values that a tuning job can search; undefined for free text.
   *
   * @internal
   */
  public get _tunableRange(): TunableRange | undefined {
    return this.type.tunableRange;
  }

  /** @internal */
  public _render(): sagemaker.CfnAlgorithm.HyperParameterSpecificationProperty {
    return {
      name: this.name,
      type: this.type.type,
      description: this.options.description,
      range: this.type.range,
      // An explicit default renders like an omitted one, so that both result in the same hash in the name.
      isTunable: this.tunable || undefined,
      isRequired: this.required || undefined,
      defaultValue: this.defaultValue,
    };
  }

  private validate(): void {
    const errors = new ValidationErrors(`Hyperparameter ${quote(this.name)}`, 'algorithms');
    errors.check('name', 'ParameterName', this.name);
    errors.when(this.name.length === 0, '`name` must not be empty');
    errors.check('description', 'EntityDescription', this.options.description);
    this.type.validate(errors);
    const error = this.defaultValue === undefined ? undefined : this._errorOf(this.defaultValue);
    if (error !== undefined) errors.add(`\`defaultValue\` ${error}`);
    errors.throwIfAny();
  }
}

function numeric(type: 'Integer' | 'Continuous', { min, max }: NumericHyperparameterOptions): HyperparameterType {
  const typeError = (value: number, shown: string | number = value): string | undefined => {
    if (!Number.isFinite(value)) return `must be a number, got ${JSON.stringify(shown)}`;
    return type === 'Integer' && !Number.isInteger(value) ? `must be a whole number, got ${shown}` : undefined;
  };
  const range = { minValue: Tokenization.stringifyNumber(min), maxValue: Tokenization.stringifyNumber(max) };
  return {
    type,
    tunableRange: { type, min, max },
    range:
      type === 'Integer'
        ? { integerParameterRangeSpecification: range }
        : { continuousParameterRangeSpecification: range },
    validate: (errors) => {
      for (const [property, value] of Object.entries({ min, max })) {
        const error = isKnown(value) ? typeError(value) : undefined;
        if (error !== undefined) errors.add(`\`${property}\` ${error}`);
      }
      errors.when(
        isKnown(min) && isKnown(max) && min > max,
        `\`min\` must not be greater than \`max\`, got ${min} and ${max}`,
      );
    },
    errorOf: (value) => {
      const parsed = value.trim() === '' ? NaN : Number(value);
      const error = typeError(parsed, value);
      if (error !== undefined) return error;
      if (isKnown(min) && parsed < min) return `must be at least ${min}, got ${value}`;
      return isKnown(max) && parsed > max ? `must be at most ${max}, got ${value}` : undefined;
    },
  };
}

function categorical(values: string[]): HyperparameterType {
  return {
    type: 'Categorical',
    tunableRange: { type: 'Categorical', values },
    range: { categoricalParameterRangeSpecification: { values } },
    validate: (errors) => {
      errors.checkEach('values', 'ParameterValues', 'ParameterValue', values);
      errors.checkUnique('values', values);
    },
    errorOf: (value) =>
      !isKnown(values) || values.includes(value)
        ? undefined
        : `must be one of ${values.join(', ')}, got: ${quote(value)}`,
  };
}

const FREE_TEXT: HyperparameterType = {
  type: 'FreeText',
  validate: () => undefined,
  errorOf: (value) => errorOf('HyperParameterValue', value),
};

/** Renders a value as text; a number that is known at deployment remains a token. */
function toText(value: number | undefined): string | undefined {
  return value === undefined ? undefined : Tokenization.stringifyNumber(value);
}
