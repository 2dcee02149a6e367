import type { Check } from '../check';

/** The number or boolean that a string stands for; other values unchanged. */
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
  title: 'Hyperparameters are read as strings',
  trainingVariation: {
    applies: ({ hyperparameters }) => Object.values(hyperparameters).some((value) => typed(value) !== value),
    change: (request) => ({
      ...request,
      hyperparameters: Object.fromEntries(
        Object.entries(request.hyperparameters ?? {}).map(([name, value]) => [name, typed(value)]),
      ),
    }),
  },
  run: async ({ training }) => {
    const evidence = await training.evidenceFor('hyperparameter-strings');
    if (evidence === undefined) return [];
    return [
      {
        message:
          'The program expects numbers or booleans as hyperparameters, but all values in hyperparameters.json are strings, ' +
          'such as {"epochs": "10"}. The training run failed with strings, but completed with numbers.',
        fix: 'Convert each value: int(hyperparameters["epochs"]).',
        evidence,
      },
    ];
  },
};
