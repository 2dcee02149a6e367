import { type Metric, capturedValue, expressionError } from '../../../container';
import { metricExpression } from '../../../contract';
import type { Problem } from '../../core/finding';
import { lastLines } from '../../probe/evidence';
import type { ObservedLine } from '../../probe/training-probe';
import type { Check } from '../check';

export const metrics: Check = {
  id: 'metrics',
  group: 'training',
  severity: 'error',
  fact: 'A81',
  title: 'The log has a number for each metric definition',
  skipReason: ({ specification: { training } }) =>
    (training?.metrics ?? []).length > 0 ? undefined : 'there are no metric definitions (--metric)',
  run: async ({ training }) => {
    const { lines } = await training.completed();
    return training.specification.metrics.flatMap((metric) => problemOf(metric, lines) ?? []);
  },
};

function problemOf(metric: Metric, lines: ObservedLine[]): Problem | undefined {
  const name = `The metric "${metric.name}" (${metric.regex})`;
  const error = expressionError(metric.regex);
  if (error !== undefined) {
    return {
      message: `${name} cannot be evaluated as a regular expression: ${error}`,
      fix: 'Correct the expression. Syntax that only some languages have, such as inline comments, cannot be checked.',
    };
  }
  const expression = metricExpression(metric.regex);
  const values = lines.map(({ text }) => ({ text, captured: capturedValue(text, metric.name, expression) }));
  const cut = values.filter(({ captured }) => captured?.isCut === true);
  if (cut.length > 0) {
    const [{ text, captured }] = cut;
    return {
      severity: 'warning',
      message: `${name} captures only a part of the number: ${captured?.value} in "${text}".`,
      fix: 'Let the group capture the whole number, with its sign and exponent: ([-+0-9.eE]+).',
      evidence: lastLines(cut),
    };
  }
  if (values.some(({ captured }) => captured !== undefined)) return undefined;
  const matching = lines.filter(({ text }) => expression.test(text));
  if (matching.length === 0) {
    return {
      message: `${name} does not match any line of the log. CloudWatch and tuning jobs will not receive it.`,
      fix: 'Print the metric, or correct the expression so that it matches the log.',
      evidence: lastLines(lines),
    };
  }
  return {
    message: `${name} matches, but its first group does not capture a number.`,
    fix: 'Put only the number into the first group: loss=([0-9.eE+-]+).',
    evidence: lastLines(matching),
  };
}
