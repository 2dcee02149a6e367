import type { Check } from '../check';

const GIB = 1024 ** 3;

export const sharedMemory: Check = {
  id: 'shared-memory',
  group: 'training',
  severity: 'error',
  fact: 'A74',
  title: 'Training runs with 64 MB of shared memory',
  trainingVariation: { change: (request) => ({ ...request, sharedMemoryBytes: GIB }) },
  run: async ({ training }) => {
    const evidence = await training.evidenceFor('shared-memory');
    if (evidence === undefined) return [];
    return [
      {
        message:
          'The training run failed with 64 MB of shared memory (/dev/shm), but completed with 1 GB. The SageMaker API has no setting for it.',
        fix: 'Use fewer worker processes that share memory, or exchange data through files in /tmp. In PyTorch: num_workers=0, or the file_system sharing strategy.',
        evidence,
      },
    ];
  },
};
