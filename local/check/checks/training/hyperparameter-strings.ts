import type { Check } from '../../core/check';

/** What a program that expects numbers and truth values would like to get. */
function typed(value: unknown): unknown {
  try {
    return JSON.parse(String(value)) as unknown;
  } catch {
    return value;
  }
}

export const hyperparameterStrings: Check = {
  id: 'hyperparameter-strings',
  group: 'training',
  severity: 'error',
  fact: 'A20',
  title: 'Hyperparameters are read from text',
  training: {
    applies: ({ hyperparameters }) => Object.values(hyperparameters).some((value) => typed(value) !== value),
    change: (request) => ({
      ...request,
      hyperparameters: Object.fromEntries(
        Object.entries(request.hyperparameters ?? {}).map(([name, value]) => [name, typed(value)]),
      ),
    }),
  },
  run: async (lab) => {
    const evidence = await lab.training.failedFor('hyperparameter-strings');
    if (evidence === undefined) return [];
    return [
      {
        message:
          'The program takes hyperparameters for numbers, and every value in hyperparameters.json is text: {"epochs": "10"}. ' +
          'The run failed with text, and completed with numbers.',
        fix: 'Convert each value: int(hyperparameters["epochs"]).',
        evidence,
      },
    ];
  },
};
