import { PATHS } from '../../../contract';
import type { Check } from '../../core/check';
import { tail } from '../../probe/training-probe';
import { crashIn } from './corrupt-input';

export const modelWritten: Check = {
  id: 'model-written',
  group: 'training',
  severity: 'error',
  fact: 'A52',
  title: 'Training leaves a model in /opt/ml/model',
  run: async (lab) => {
    const base = await lab.training.completed();
    if ((await lab.training.hasModel(base)) || (await crashIn(lab.training, base)) !== undefined) return [];
    return [
      {
        message: `Training ended with code 0 and left nothing in ${PATHS.model}: model.tar.gz is empty.`,
        fix: `Save the model to ${PATHS.model}; only what is there, and in ${PATHS.outputData}, is kept.`,
        evidence: tail(base.lines),
      },
    ];
  },
};
