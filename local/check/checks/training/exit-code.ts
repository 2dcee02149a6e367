import type { Check } from '../check';
import { crashEvidence, trainOnCorruptInput } from './corrupt-input';

export const exitCode: Check = {
  id: 'exit-code',
  group: 'training',
  severity: 'error',
  fact: 'A58',
  title: 'A failed training run exits with a nonzero code',
  run: async ({ training }) => {
    const baseline = await training.completed();
    for (const run of [baseline, await trainOnCorruptInput(training)]) {
      const evidence = run === undefined ? undefined : await crashEvidence(training, run);
      if (evidence === undefined) continue;
      return [
        {
          message:
            'The program crashed and exited with code 0. SageMaker considers the training job completed, with an empty model.',
          fix: 'Exit with a nonzero code on failure. In shell scripts, exec the program and use set -euo pipefail.',
          evidence,
        },
      ];
    }
    return [];
  },
};
