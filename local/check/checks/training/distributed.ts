import type { Check } from '../../core/check';

const isMany = ({ instanceCount = 1 }): boolean => instanceCount > 1;

export const distributed: Check = {
  id: 'distributed',
  group: 'training',
  severity: 'error',
  fact: 'A29, A33, A55',
  title: 'Several hosts train together, and none overwrites what another has written',
  unless: (lab) =>
    isMany(lab.specification.training ?? {}) ? undefined : 'the job has one instance (--instance-count)',
  training: { applies: isMany, change: (request) => ({ ...request, instanceCount: 1 }) },
  run: async (lab) => {
    const evidence = await lab.training.failedFor('distributed');
    if (evidence !== undefined) {
      return [
        {
          message: `The run failed with ${lab.training.specification.instanceCount} hosts, and completed with one.`,
          fix: 'Read hosts and current_host of resourceconfig.json; names may resolve late, so try again; wait for the others to end.',
          evidence,
        },
      ];
    }
    const { result } = await lab.training.completed();
    if (result.conflicts.length === 0) return [];
    return [
      {
        message:
          'Several hosts wrote files of the same name; the outputs are merged, and one of them is kept, whichever.',
        fix: 'Save the model from the first host alone (hosts[0]), or put current_host into the names.',
        evidence: result.conflicts.slice(0, 5),
      },
    ];
  },
};
