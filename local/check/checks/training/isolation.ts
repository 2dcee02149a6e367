import type { Check } from '../check';

export const trainingIsolation: Check = {
  id: 'training-isolation',
  group: 'training',
  severity: 'error',
  fact: 'A75',
  title: 'Training with network isolation does not use the network',
  skipReason: ({ specification: { training } }) =>
    training?.networkIsolation === true ? undefined : 'the training job has no network isolation (--network-isolation)',
  trainingVariation: {
    applies: ({ networkIsolation }) => networkIsolation === true,
    change: (request) => ({ ...request, networkIsolation: false }),
  },
  run: async ({ training }) => {
    const evidence = await training.evidenceFor('training-isolation');
    if (evidence === undefined) return [];
    return [
      {
        message: 'The training run failed with network isolation, but completed with a network.',
        fix: 'Add what the program downloads to the image or to a channel, or disable network isolation for this job.',
        evidence,
      },
    ];
  },
};
