import { PATHS } from '../../../lib/private/contract';
import type { Check } from '../check';
import { tail } from '../training-lab';
import { crashIn, isEmpty } from './spoiled';

export const modelWritten: Check = {
  id: 'model-written',
  group: 'training',
  severity: 'error',
  fact: 'A52',
  title: 'Training leaves a model in /opt/ml/model',
  run: async (lab) => {
    const base = await lab.training.completed();
    const model = await lab.training.modelOf(base).catch(() => undefined);
    // What cannot be unpacked is another check's.
    if (model === undefined || !isEmpty(model) || (await crashIn(base, model)) !== undefined) return [];
    return [
      {
        message: `Training ended with code 0 and left nothing in ${PATHS.model}: model.tar.gz is empty.`,
        fix: `Save the model to ${PATHS.model}; only what is there, and in ${PATHS.outputData}, is kept.`,
        evidence: tail(base.lines),
      },
    ];
  },
};
