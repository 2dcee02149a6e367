import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';
import { failureWith } from './changed-hyperparameters';

export const unknownHyperparameters: Check = {
  id: 'unknown-hyperparameters',
  group: 'training',
  severity: 'error',
  fact: 'A23',
  title: 'The hyperparameter that tuning jobs add is accepted',
  run: async ({ training }) => {
    await training.completed();
    const run = await failureWith(training, 'unknown hyperparameter');
    if (run === undefined) return [];
    return [
      {
        message:
          'The training run fails with the hyperparameter "_tuning_objective_metric", which every tuning job adds.',
        fix: 'Ignore hyperparameters whose names begin with an underscore.',
        evidence: lastLines(run.lines),
      },
    ];
  },
};
