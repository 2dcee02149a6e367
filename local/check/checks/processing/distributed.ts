import type { Check } from '../check';

export const processingDistributed: Check = {
  id: 'processing-distributed',
  group: 'processing',
  severity: 'error',
  fact: 'H6',
  title: 'The hosts of a processing job write different files',
  skipReason: ({ processing }) =>
    (processing.specification.instanceCount ?? 1) > 1 ? undefined : 'the job has one instance (--instance-count)',
  run: async ({ processing }) => {
    const { result } = await processing.completed();
    if (result.conflicts.length === 0) return [];
    return [
      {
        message: 'Several hosts wrote the same files, of which Amazon S3 keeps that of the last upload.',
        fix: 'Make `current_host` in /opt/ml/config/resourceconfig.json a part of the file names.',
        evidence: result.conflicts,
      },
    ];
  },
};
