import type { Check } from '../../core/check';

export const trainingIsolation: Check = {
  id: 'training-isolation',
  group: 'training',
  severity: 'error',
  fact: 'A75',
  title: 'Training needs no network',
  unless: (lab) =>
    lab.specification.training?.networkIsolation === true ? undefined : 'the job is not isolated (--network-isolation)',
  training: {
    applies: ({ networkIsolation }) => networkIsolation === true,
    change: (request) => ({ ...request, networkIsolation: false }),
  },
  run: async (lab) => {
    const evidence = await lab.training.failedFor('training-isolation');
    if (evidence === undefined) return [];
    return [
      {
        message: 'The run failed in isolation, and completed with a network.',
        fix: 'Put what the program downloads into the image or a channel; or leave isolation off for this job.',
        evidence,
      },
    ];
  },
};
