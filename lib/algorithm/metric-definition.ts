import { ValidationErrors, isKnown, quote } from '../private/validation';

/**
 * A number that training prints, and the regular expression that finds it in the logs.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
 */
export class MetricDefinition {
  /**
   * A metric.
   *
   * @param name 1 to 255 characters, for example `validation:auc`
   * @param regex a regular expression of at most 500 characters, whose first group captures the number
   */
  public static of(name: string, regex: string): MetricDefinition {
    return new MetricDefinition(name, regex);
  }

  private constructor(
    /** The name of the metric in Amazon CloudWatch. */
    public readonly name: string,
    /** The regular expression whose first group captures the number. */
    public readonly regex: string,
  ) {
    const errors = new ValidationErrors(`Metric ${quote(name)}`);
    errors.check('name', 'MetricName', name);
    errors.check('regex', 'MetricRegex', regex);
    errors.when(
      isKnown(regex) && countGroups(regex) === 0,
      `\`regex\` must capture the number in a group, for example "auc=([0-9.]+)", got: ${quote(regex)}`,
    );
    errors.throwIfAny();
  }
}

/** The capturing groups of a pattern; undefined for syntax that only Python knows, which is the service's dialect. */
function countGroups(regex: string): number | undefined {
  try {
    return (new RegExp(`${regex}|`).exec('')?.length ?? 1) - 1;
  } catch {
    return undefined;
  }
}
