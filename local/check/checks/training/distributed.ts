import type { Check } from '../check';

const SHOWN = 5;

export const isDistributed = ({ instanceCount = 1 }): boolean => instanceCount > 1;

export const distributed: Check = {
  id: 'distributed',
  group: 'training',
  severity: 'error',
  fact: 'A29, A33, A55',
  title: 'Several hosts train together, and do not overwrite the output of each other',
  skipReason: ({ specification: { training } }) =>
    isDistributed(training ?? {}) ? undefined : 'the training job has one instance (--instance-count)',
  trainingVariation: { applies: isDistributed, change: (request) => ({ ...request, instanceCount: 1 }) },
  run: async ({ training }) => {
    const evidence = await training.evidenceFor('distributed');
    if (evidence !== undefined) {
      return [
        {
          message: `The training run failed with ${training.specification.instanceCount} hosts, but completed with one host.`,
          fix: 'Read hosts and current_host from resourceconfig.json, retry until the names of the other hosts resolve, and wait for them to finish.',
          evidence,
        },
      ];
    }
    const { result } = await training.completed();
    if (result.conflicts.length === 0) return [];
    return [
      {
        message:
          'Several hosts wrote files with the same name. SageMaker merges their output and keeps an arbitrary one of each.',
        fix: 'Save the model on the first host only (hosts[0]), or include current_host in the file names.',
        evidence: result.conflicts.slice(0, SHOWN),
      },
    ];
  },
};
