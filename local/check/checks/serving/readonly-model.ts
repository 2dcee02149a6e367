import type { Check } from '../../core/check';

export const readonlyModel: Check = {
  id: 'readonly-model',
  group: 'serving',
  severity: 'error',
  fact: 'B32',
  title: 'Serving writes nothing to /opt/ml/model',
  serving: {
    applies: ({ isMultiModel, isServerless }) => isMultiModel !== true && isServerless !== true,
    change: (request) => ({ ...request, isModelWritable: true }),
  },
  run: async (lab) => {
    const evidence = await lab.serving.failedFor('readonly-model');
    if (evidence === undefined) return [];
    return [
      {
        message:
          'The container writes to /opt/ml/model, which it can only read. It served with a model that it may write to.',
        fix: 'Write to /tmp.',
        evidence,
      },
    ];
  },
};
