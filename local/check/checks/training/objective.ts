import type { Check } from '../../core/check';

export const objective: Check = {
  id: 'objective',
  group: 'training',
  severity: 'error',
  fact: 'A83',
  title: 'What a tuning job aims at is one of the metrics',
  unless: (lab) =>
    (lab.specification.training?.objectives ?? []).length > 0 ? undefined : 'no tuning job aims at a metric',
  run: (lab) => {
    const { objectives = [], metrics } = lab.training.specification;
    const missing = objectives.filter((name) => !metrics.some((metric) => metric.name === name));
    return Promise.resolve(
      missing.map((name) => ({
        message: `The objective "${name}" is not among the metrics (${metrics.map((metric) => metric.name).join(', ')}): every trial would fail.`,
        fix: 'Define the metric, with the expression that finds it in the log.',
      })),
    );
  },
};
