import { Token, Tokenization, type aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import { ValidationErrors, errorOf, isKnown, quote } from '../private/validation';

/** What every hyperparameter may say. */
export interface HyperparameterOptions {
  /**
   * What the hyperparameter does.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * Whether every training job must set it. A hyperparameter with a default cannot be required.
   *
   * @default false
   */
  readonly required?: boolean;
}

/** What every hyperparameter with a range may say. */
export interface TunableHyperparameterOptions extends HyperparameterOptions {
  /**
   * Whether a tuning job may search it.
   *
   * @default false
   */
  readonly tunable?: boolean;
}

/** A hyperparameter that is a number. */
export interface NumericHyperparameterOptions extends TunableHyperparameterOptions {
  /** The smallest value allowed. */
  readonly min: number;

  /** The largest value allowed. */
  readonly max: number;

  /**
   * The value of jobs that do not set it.
   *
   * @default - none
   */
  readonly defaultValue?: number;
}

/** A hyperparameter that is one of a few words. */
export interface CategoricalHyperparameterOptions extends TunableHyperparameterOptions {
  /** The values allowed, 1 to 30. */
  readonly values: string[];

  /**
   * The value of jobs that do not set it.
   *
   * @default - none
   */
  readonly defaultValue?: string;
}

/** A hyperparameter that is any text. */
export interface FreeTextHyperparameterOptions extends HyperparameterOptions {
  /**
   * The value of jobs that do not set it, at most 2500 characters.
   *
   * @default - none
   */
  readonly defaultValue?: string;
}

/** The values of a hyperparameter that can be searched. */
export type TunableRange =
  | { readonly type: 'Integer' | 'Continuous'; readonly min: number; readonly max: number }
  | { readonly type: 'Categorical'; readonly values: string[] };

/** What the type of a hyperparameter decides. */
interface ValueRule {
  readonly tunable?: TunableRange;
  readonly type: 'Integer' | 'Continuous' | 'Categorical' | 'FreeText';
  readonly range?: sagemaker.CfnAlgorithm.ParameterRangeProperty;

  /** Records what is wrong with the definition itself. */
  validate(errors: ValidationErrors): void;

  /** What is wrong with a value, if anything. */
  errorOf(value: string): string | undefined;
}

/**
 * A hyperparameter that an algorithm understands: its name, type, range and default.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterSpecification.html
 */
export class Hyperparameter {
  /**
   * A whole number.
   *
   * @param name at most 256 characters
   * @param options its range, and more
   */
  public static integer(name: string, options: NumericHyperparameterOptions): Hyperparameter {
    return new Hyperparameter(
      name,
      { ...options, defaultValue: text(options.defaultValue) },
      number('Integer', options),
    );
  }

  /**
   * A number.
   *
   * @param name at most 256 characters
   * @param options its range, and more
   */
  public static continuous(name: string, options: NumericHyperparameterOptions): Hyperparameter {
    return new Hyperparameter(
      name,
      { ...options, defaultValue: text(options.defaultValue) },
      number('Continuous', options),
    );
  }

  /**
   * One of a few words.
   *
   * @param name at most 256 characters
   * @param options the words, and more
   */
  public static categorical(name: string, options: CategoricalHyperparameterOptions): Hyperparameter {
    return new Hyperparameter(name, options, oneOf(options.values));
  }

  /**
   * Any text. It cannot be tuned.
   *
   * @param name at most 256 characters
   * @param options its default, and more
   */
  public static freeText(name: string, options: FreeTextHyperparameterOptions = {}): Hyperparameter {
    return new Hyperparameter(name, options, ANY_TEXT);
  }

  /** Whether every training job must set it. */
  public readonly required: boolean;

  /** Whether a tuning job may search it. */
  public readonly tunable: boolean;

  /** The value of jobs that do not set it, as containers read it: text. */
  public readonly defaultValue?: string;

  private constructor(
    /** The name that containers read. */
    public readonly name: string,
    private readonly options: TunableHyperparameterOptions & { readonly defaultValue?: string },
    private readonly rule: ValueRule,
  ) {
    this.required = options.required ?? false;
    this.tunable = options.tunable ?? false;
    this.defaultValue = options.defaultValue;
    this.validate();
  }

  /**
   * What is wrong with a value, if anything. Values are text, as containers read them.
   *
   * @internal
   */
  public _errorOf(value: string): string | undefined {
    return Token.isUnresolved(value) ? undefined : this.rule.errorOf(value);
  }

  /**
   * The values that a tuning job may search.
   *
   * @internal
   */
  public get _range(): TunableRange | undefined {
    return this.rule.tunable;
  }

  /** @internal */
  public _render(): sagemaker.CfnAlgorithm.HyperParameterSpecificationProperty {
    return {
      name: this.name,
      type: this.rule.type,
      description: this.options.description,
      range: this.rule.range,
      // A default that is written out is none, in the template as in the name that is hashed over it.
      isTunable: this.tunable || undefined,
      isRequired: this.required || undefined,
      defaultValue: this.defaultValue,
    };
  }

  private validate(): void {
    const errors = new ValidationErrors(`Hyperparameter ${quote(this.name)}`);
    errors.check('name', 'ParameterName', this.name);
    errors.when(this.name.length === 0, '`name` must not be empty');
    errors.check('description', 'EntityDescription', this.options.description);
    errors.when(
      this.required && this.defaultValue !== undefined,
      '`required` must not be set together with `defaultValue`: a default makes it optional',
    );
    this.rule.validate(errors);
    const error = this.defaultValue === undefined ? undefined : this._errorOf(this.defaultValue);
    if (error !== undefined) errors.add(`\`defaultValue\` ${error}`);
    errors.throwIfAny();
  }
}

function number(type: 'Integer' | 'Continuous', { min, max }: NumericHyperparameterOptions): ValueRule {
  const typeError = (value: number, shown: string | number = value): string | undefined => {
    if (!Number.isFinite(value)) return `must be a number, got ${JSON.stringify(shown)}`;
    return type === 'Integer' && !Number.isInteger(value) ? `must be a whole number, got ${shown}` : undefined;
  };
  const range = { minValue: Tokenization.stringifyNumber(min), maxValue: Tokenization.stringifyNumber(max) };
  return {
    type,
    tunable: { type, min, max },
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
        `\`min\` must not be above \`max\`, got ${min} and ${max}`,
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

function oneOf(values: string[]): ValueRule {
  return {
    type: 'Categorical',
    tunable: { type: 'Categorical', values },
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

const ANY_TEXT: ValueRule = {
  type: 'FreeText',
  validate: () => undefined,
  errorOf: (value) => errorOf('HyperParameterValue', value),
};

/** Values travel as text; a number known at deployment stays a token. */
function text(value: number | undefined): string | undefined {
  return value === undefined ? undefined : Tokenization.stringifyNumber(value);
}
