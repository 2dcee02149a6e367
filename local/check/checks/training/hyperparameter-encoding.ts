import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';
import { failureWith } from './changed-hyperparameters';

export const hyperparameterEncoding: Check = {
  id: 'hyperparameter-encoding',
  group: 'training',
  severity: 'note',
  fact: 'A22',
  title: 'Hyperparameters that the SageMaker Python SDK has JSON-encoded are accepted',
  skipReason: ({ specification: { training } }) =>
    Object.keys(training?.hyperparameters ?? {}).length > 0 ? undefined : 'there are no hyperparameters',
  run: async ({ training }) => {
    await training.completed();
    const run = await failureWith(training, 'encoded hyperparameters');
    if (run === undefined) return [];
    return [
      {
        message:
          'The training run fails with JSON-encoded values such as "\\"10\\"", which the SageMaker Python SDK sends.',
        fix: 'Parse each value as JSON, and use it unchanged if that fails.',
        evidence: lastLines(run.lines),
      },
    ];
  },
};
