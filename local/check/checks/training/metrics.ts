import { MetricReader, type Metric, expressionOf, expressionError } from '../../../container';
import type { Check, Problem } from '../../core/check';
import { type ObservedLine, tail } from '../../probe/training-probe';

export const metrics: Check = {
  id: 'metrics',
  group: 'training',
  severity: 'error',
  fact: 'A81',
  title: 'Each metric is found in the log, with a number',
  unless: (lab) =>
    lab.has('training') && lab.training.specification.metrics.length > 0 ? undefined : 'there are no metrics',
  run: async (lab) => {
    const { lines } = await lab.training.completed();
    return lab.training.specification.metrics.flatMap((metric) => problemOf(metric, lines));
  },
};

function problemOf(metric: Metric, lines: ObservedLine[]): Problem[] {
  const shown = `The metric "${metric.name}" (${metric.regex})`;
  const fault = expressionError(metric.regex);
  if (fault !== undefined) {
    return [
      {
        message: `${shown} is no regular expression that can be tried: ${fault}`,
        fix: 'Write it without what only some languages know.',
      },
    ];
  }
  const reader = new MetricReader([metric]);
  lines.forEach(({ text }) => reader.read(text));
  if (reader.values.length > 0) return [];
  const expression = expressionOf(metric.regex);
  const matching = lines.filter(({ text }) => expression.test(text));
  if (matching.length === 0) {
    return [
      {
        message: `${shown} matches no line of the log: neither a chart nor a tuning job will see it.`,
        fix: 'Print it, or make the expression match what is printed.',
        evidence: tail(lines),
      },
    ];
  }
  return [
    {
      message: `${shown} matches, and its first group captures no number.`,
      fix: 'Put the number, and nothing else, into the first group: loss=([0-9.eE+-]+).',
      evidence: tail(matching),
    },
  ];
}
