import type { Check } from '../check';

export const privileges: Check = {
  id: 'privileges',
  group: 'training',
  severity: 'error',
  fact: 'A12',
  title: 'Training runs without privileges',
  trainingVariation: {
    logPattern: /Operation not permitted|no new privileges|EPERM\b|must be run (as root|with --privileged)/i,
  },
  run: async ({ training }) => {
    const evidence = await training.evidenceFor('privileges');
    if (evidence === undefined) return [];
    return [
      {
        message:
          'The training run failed at an operation that requires a privileged container, which SageMaker does not offer.',
        fix: 'Avoid mounts, sudo and kernel settings at run time, or move the operation into the image build.',
        evidence,
      },
    ];
  },
};
