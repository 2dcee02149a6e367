import type { Check } from '../../core/check';

export const sharedMemory: Check = {
  id: 'shared-memory',
  group: 'training',
  severity: 'warning',
  fact: 'A74',
  title: 'Training gets along with 64 MB of shared memory',
  training: { change: (request) => ({ ...request, sharedMemoryBytes: 1024 ** 3 }) },
  run: async (lab) => {
    const evidence = await lab.training.failedFor('shared-memory');
    if (evidence === undefined) return [];
    return [
      {
        message:
          'The run failed with 64 MB of shared memory (/dev/shm), and completed with 1 GB. Nothing in SageMaker’s API sets it.',
        fix: 'Use fewer workers that share memory, or exchange data by files in /tmp. In PyTorch: num_workers=0, or the file_system sharing strategy.',
        evidence,
      },
    ];
  },
};
