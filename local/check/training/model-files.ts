import { readdirSync } from 'node:fs';
import type { Check, Problem } from '../check';

export const modelFiles: Check = {
  id: 'model-files',
  group: 'training',
  severity: 'error',
  fact: 'B34',
  title: 'The model has files and directories only, and begins at its root',
  run: async (lab) => {
    const base = await lab.training.completed();
    const problems: Problem[] = [];
    const model = await lab.training.modelOf(base).catch((error: Error) => {
      problems.push({
        message: 'The model has links or other things that are no files, which hosting does not unpack.',
        fix: 'Save copies of the files that links point to.',
        evidence: error.message.split('\n').slice(1),
      });
    });
    if (model === undefined) return problems;
    const entries = readdirSync(model, { withFileTypes: true });
    if (entries.length === 1 && entries[0].isDirectory() && entries[0].name === 'model') {
      problems.push({
        message:
          'The model is wrapped into one more directory named "model": when it is served, it lies in /opt/ml/model/model.',
        fix: 'Save the files to /opt/ml/model itself.',
      });
    }
    return problems;
  },
};
