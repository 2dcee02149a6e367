import { PATHS } from '../../../contract';
import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';
import { crashEvidence } from './corrupt-input';

export const modelWritten: Check = {
  id: 'model-written',
  group: 'training',
  severity: 'error',
  fact: 'A52',
  title: 'Training saves a model to /opt/ml/model',
  run: async ({ training }) => {
    const baseline = await training.completed();
    if ((await training.hasModel(baseline)) || (await crashEvidence(training, baseline)) !== undefined) return [];
    return [
      {
        message: `The training run exited with code 0 without saving anything to ${PATHS.model}: model.tar.gz is empty.`,
        fix: `Save the model to ${PATHS.model}. SageMaker keeps only the files there and in ${PATHS.outputData}.`,
        evidence: lastLines(baseline.lines),
      },
    ];
  },
};
