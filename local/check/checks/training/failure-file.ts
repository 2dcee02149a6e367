import { PATHS } from '../../../contract';
import type { Check } from '../../core/check';
import { tail } from '../../probe/training-probe';
import { spoiled } from './corrupt-input';

export const failureFile: Check = {
  id: 'failure-file',
  group: 'training',
  severity: 'warning',
  fact: 'A57',
  title: 'A training run that fails says why in /opt/ml/output/failure',
  run: async (lab) => {
    await lab.training.completed();
    const [run] = (await spoiled(lab.training)) ?? [];
    if (run?.result?.status !== 'Failed' || run.result.hasFailureFile === true) return [];
    return [
      {
        message: `The training run failed and wrote nothing to ${PATHS.failure}: the job's FailureReason will only say that the algorithm failed.`,
        fix: `Write the error's text there before the program ends: its first 1024 characters become the FailureReason.`,
        evidence: tail(run.lines),
      },
    ];
  },
};
