import { readdirSync } from 'node:fs';
import type { Check, Problem } from '../../core/check';
import type { Lab } from '../../probe/check-context';

/** Some servers want a directory for each model; one that is served is none too many. */
async function isServed(lab: Lab): Promise<boolean> {
  if (!lab.has('serving') || lab.serving.specification.requests.length === 0) return false;
  return lab.serving.answering().then(
    () => true,
    () => false,
  );
}

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
    const isWrapped = entries.length === 1 && entries[0].isDirectory() && entries[0].name === 'model';
    if (isWrapped && !(await isServed(lab))) {
      problems.push({
        message:
          'The model is wrapped into one more directory named "model": when it is served, it lies in /opt/ml/model/model.',
        fix: 'Save the files to /opt/ml/model itself.',
      });
    }
    return problems;
  },
};
