import type { TrainingRequest } from '../../../container';
import type { Check } from '../../core/check';
import { tail } from '../../probe/training-probe';

const encoded = (request: TrainingRequest): TrainingRequest => ({
  ...request,
  hyperparameters: Object.fromEntries(
    Object.entries(request.hyperparameters ?? {}).map(([name, value]) => [name, JSON.stringify(value)]),
  ),
});

export const hyperparameterEncoding: Check = {
  id: 'hyperparameter-encoding',
  group: 'training',
  severity: 'note',
  fact: 'A22',
  title: 'Hyperparameters that the Python SDK has quoted are read too',
  unless: (lab) =>
    Object.keys(lab.specification.training?.hyperparameters ?? {}).length > 0
      ? undefined
      : 'there are no hyperparameters',
  run: async (lab) => {
    await lab.training.completed();
    const run = await lab.training.varied('encoded', encoded);
    if (run.result?.status === 'Completed') return [];
    return [
      {
        message: 'The run fails when values are quoted once more ("\\"10\\""), as the Python SDK sends them.',
        fix: 'Try to parse each value as JSON, and take it as it is when that fails.',
        evidence: tail(run.lines),
      },
    ];
  },
};
