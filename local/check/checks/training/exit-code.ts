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
    for (const run of [() => Promise.resolve(baseline), () => trainOnCorruptInput(training)]) {
      const evidence = await crashEvidence(training, await run());
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
