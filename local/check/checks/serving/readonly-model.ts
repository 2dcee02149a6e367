import type { Check } from '../check';

export const readonlyModel: Check = {
  id: 'readonly-model',
  group: 'serving',
  severity: 'error',
  fact: 'B32',
  title: 'Serving does not write to /opt/ml/model',
  servingVariation: {
    applies: ({ isMultiModel, isServerless }) => isMultiModel !== true && isServerless !== true,
    change: (request) => ({ ...request, isModelWritable: true }),
  },
  run: async ({ serving }) => {
    const evidence = await serving.evidenceFor('readonly-model');
    if (evidence === undefined) return [];
    return [
      {
        message:
          'The container writes to /opt/ml/model, which is read-only. It failed with a read-only model, but served with a writable one.',
        fix: 'Write to /tmp.',
        evidence,
      },
    ];
  },
};
