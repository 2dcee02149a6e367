import { capturesGroup, isConditional, metricExpression } from '../private/metric-expression';
import { ValidationErrors, isKnown, quote } from '../private/validation';

/**
 * A metric of training, with the regular expression that finds its values in the logs.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * const metrics = [sagemaker.MetricDefinition.of('validation:auc', 'auc=([0-9.]+)')];
 */
export class MetricDefinition {
  /**
   * Creates a metric definition.
   *
   * @param name the name of the metric, 1 to 255 characters, for example `validation:auc`
   * @param regex a regular expression of at most 500 characters whose first group captures the value
   */
  public static of(name: string, regex: string): MetricDefinition {
    return new MetricDefinition(name, regex);
  }

  private constructor(
    /** The name of the metric in Amazon CloudWatch. */
    public readonly name: string,
    /** The regular expression whose first group captures the value. */
    public readonly regex: string,
  ) {
    const errors = new ValidationErrors(`Metric ${quote(name)}`, 'algorithms');
    errors.check('name', 'MetricName', name);
    errors.check('regex', 'MetricRegex', regex);
    if (isKnown(regex)) checkRegex(errors, regex);
    errors.throwIfAny();
  }
}

function checkRegex(errors: ValidationErrors, regex: string): void {
  try {
    errors.when(
      !capturesGroup(metricExpression(regex)),
      `\`regex\` must capture the number in a group, for example "auc=([0-9.]+)", got: ${quote(regex)}`,
    );
  } catch (error) {
    if (isConditional(regex)) return;
    const [reason] = (error as Error).message.split(': ').slice(-1);
    errors.add(`\`regex\` must be a regular expression (${reason.toLowerCase()}), got: ${quote(regex)}`);
  }
}
