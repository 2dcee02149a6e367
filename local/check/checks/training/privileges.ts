import type { Check } from '../../core/check';

export const privileges: Check = {
  id: 'privileges',
  group: 'training',
  severity: 'error',
  fact: 'A12',
  title: 'Training needs no privileges',
  training: { says: /Operation not permitted|no new privileges|EPERM\b|must be run (as root|with --privileged)/i },
  run: async (lab) => {
    const evidence = await lab.training.failedFor('privileges');
    if (evidence === undefined) return [];
    return [
      {
        message: 'The run failed at something that only a privileged container may do, which none is on SageMaker.',
        fix: 'Do it without mounts, sudo and settings of the kernel, or while the image is built.',
        evidence,
      },
    ];
  },
};
