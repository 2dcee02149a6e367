import type { Check } from '../check';

export const objective: Check = {
  id: 'objective',
  group: 'training',
  severity: 'error',
  fact: 'A83',
  title: 'The objective of each tuning job is one of the metric definitions',
  skipReason: ({ specification: { training } }) =>
    (training?.objectives ?? []).length > 0 ? undefined : 'there is no tuning job',
  run: ({ training }) => {
    const { objectives = [], metrics } = training.specification;
    const names = metrics.map(({ name }) => name);
    return Promise.resolve(
      objectives
        .filter((name) => !names.includes(name))
        .map((name) => ({
          message: `The objective metric "${name}" is not one of the metric definitions (${names.join(', ')}). Every trial would fail.`,
          fix: 'Add a metric definition with a regular expression that finds it in the log.',
        })),
    );
  },
};
