import type { Check } from '../../core/check';
import { crashIn, spoiled } from './corrupt-input';

export const exitCode: Check = {
  id: 'exit-code',
  group: 'training',
  severity: 'error',
  fact: 'A58',
  title: 'A training run that has failed does not end with code 0',
  run: async (lab) => {
    const base = await lab.training.completed();
    const runs = [base, ...((await spoiled(lab.training)) ?? [])];
    for (const run of runs) {
      const evidence = await crashIn(lab.training, run);
      if (evidence === undefined) continue;
      return [
        {
          message:
            'The training run crashed and ended with code 0: SageMaker takes that for success, and keeps an empty model.',
          fix: 'End the program with another code when it fails: exec the program in shell scripts, and set -euo pipefail.',
          evidence,
        },
      ];
    }
    return [];
  },
};
