import type { ExpectationDefinition, ResponsePart } from '../../handlers/smoke-test-contract';
import { jsonPathError } from '../../private/json-path';
import { ValidationErrors, isKnown, quote } from '../../private/validation';

/** Options for comparing a number of a response. */
export interface ToleranceOptions {
  /** The largest difference from the expected value, at least 0, in the unit of the value. */
  readonly tolerance: number;
}

/**
 * An expectation of the response to a smoke test.
 *
 * Without an expectation of the status, it must be 200 to 299.
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const expectations = [
 *   sagemaker.Expectation.status(200),
 *   sagemaker.Expectation.jsonPath('$.predictions[0]').closeTo(0.98, { tolerance: 0.05 }),
 * ];
 */
export class Expectation {
  /**
   * Expects the HTTP status of the container.
   *
   * @param status the status, 100 to 599, for example 400 for a request that the container must reject
   */
  public static status(status: number): Expectation {
    const errors = new ValidationErrors('Expectation', 'smoke-tests');
    errors.when(
      isKnown(status) && !(Number.isInteger(status) && status >= 100 && status <= 599),
      `\`status\` must be a whole number of 100 to 599, got ${status}`,
    );
    errors.throwIfAny();
    return new Expectation({ Type: 'Status', Status: status });
  }

  /**
   * Expects a text in the body of the response.
   *
   * @param text the text, with upper and lower case letters as in the body
   */
  public static bodyContains(text: string): Expectation {
    const errors = new ValidationErrors('Expectation', 'smoke-tests');
    errors.when(text === '', '`text` must not be empty, since every body contains it');
    errors.throwIfAny();
    return new Expectation({ Type: 'BodyContains', Text: text });
  }

  /**
   * Selects a value of a JSON response. Add the expected value with a method of the result.
   *
   * @param path the JSONPath expression, for example `$.predictions[0].score`; `$` is the complete body
   * @see https://www.rfc-editor.org/rfc/rfc9535
   */
  public static jsonPath(path: string): ResponseValue {
    const errors = new ValidationErrors('Expectation', 'smoke-tests');
    const error = isKnown(path) ? jsonPathError(path) : undefined;
    errors.when(
      error !== undefined,
      `\`path\` must be a JSONPath expression (RFC 9535), got: ${quote(path)} (${error})`,
    );
    errors.throwIfAny();
    return ResponseValue._of({ JsonPath: path });
  }

  /**
   * Selects a field of a CSV response. Add the expected value with a method of the result. Fields are separated by commas, and must
   * not contain one.
   *
   * @param row the row, from 0
   * @param column the column, from 0
   */
  public static csvField(row: number, column: number): ResponseValue {
    const errors = new ValidationErrors('Expectation', 'smoke-tests');
    for (const [property, value] of Object.entries({ row, column })) {
      errors.checkWholeNumber(property, value);
      errors.when(isKnown(value) && value < 0, `\`${property}\` must be at least 0, got ${value}`);
    }
    errors.throwIfAny();
    return ResponseValue._of({ CsvRow: row, CsvColumn: column });
  }

  /** @internal */
  public static _of(definition: ExpectationDefinition): Expectation {
    return new Expectation(definition);
  }

  private constructor(
    /** @internal */
    public readonly _definition: ExpectationDefinition,
  ) {}
}

/**
 * A value of the response to a smoke test, for an expectation.
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const model = sagemaker.Expectation.jsonPath('$.model').equalTo('churn');
 * const score = sagemaker.Expectation.csvField(0, 1).closeTo(0.98, { tolerance: 0.05 });
 */
export class ResponseValue {
  /** @internal */
  public static _of(part: ResponsePart): ResponseValue {
    return new ResponseValue(part);
  }

  private constructor(private readonly part: ResponsePart) {}

  /** Expects at least one value. */
  public exists(): Expectation {
    return Expectation._of({ Type: 'Exists', Part: this.part });
  }

  /**
   * Expects exactly one value that is equal to a string, a number or a boolean.
   *
   * @param value the expected value
   */
  public equalTo(value: string | number | boolean): Expectation {
    const errors = new ValidationErrors('Expectation', 'smoke-tests');
    errors.when(
      !['string', 'number', 'boolean'].includes(typeof value),
      `\`value\` must be a string, a number or a boolean, got: ${quote(JSON.stringify(value))}`,
    );
    errors.throwIfAny();
    return Expectation._of({ Type: 'EqualTo', Part: this.part, Value: value });
  }

  /**
   * Expects exactly one value that is a number and close to another one, since the results of floating-point operations depend on the
   * hardware, and those of a model on the version.
   *
   * @param value the expected value
   * @param options the tolerance
   */
  public closeTo(value: number, options: ToleranceOptions): Expectation {
    const { tolerance } = options;
    const errors = new ValidationErrors('Expectation', 'smoke-tests');
    errors.when(isKnown(value) && !Number.isFinite(value), `\`value\` must be a finite number, got ${value}`);
    errors.when(
      isKnown(tolerance) && !(tolerance >= 0 && Number.isFinite(tolerance)),
      `\`tolerance\` must be a number of at least 0, got ${tolerance}`,
    );
    errors.throwIfAny();
    return Expectation._of({ Type: 'CloseTo', Part: this.part, Value: value, Tolerance: tolerance });
  }
}
