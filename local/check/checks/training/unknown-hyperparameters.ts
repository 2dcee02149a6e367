import type { Check } from '../../core/check';
import { tail } from '../../probe/training-probe';

export const unknownHyperparameters: Check = {
  id: 'unknown-hyperparameters',
  group: 'training',
  severity: 'error',
  fact: 'A23',
  title: 'The hyperparameter that tuning jobs add is tolerated',
  run: async (lab) => {
    await lab.training.completed();
    const run = await lab.training.varied('unknown', (request) => ({
      ...request,
      hyperparameters: { ...request.hyperparameters, _tuning_objective_metric: 'objective' },
    }));
    if (run.result?.status === 'Completed') return [];
    return [
      {
        message:
          'The run fails when it gets "_tuning_objective_metric", which every tuning job adds to the hyperparameters.',
        fix: 'Ignore hyperparameters that begin with an underscore.',
        evidence: tail(run.lines),
      },
    ];
  },
};
