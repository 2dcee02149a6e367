import { LIMITS, PATHS } from '../../../contract';
import { Inconclusive } from '../../core/inconclusive';
import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';
import { trainOnCorruptInput } from './corrupt-input';

export const failureFile: Check = {
  id: 'failure-file',
  group: 'training',
  severity: 'warning',
  fact: 'A57',
  title: 'A failed training run writes the reason to /opt/ml/output/failure',
  run: async ({ training }) => {
    await training.completed();
    const run = await trainOnCorruptInput(training);
    if (run.result?.status !== 'Failed') throw new Inconclusive('no run failed, also not on corrupt input');
    if (run.result.hasFailureFile === true) return [];
    return [
      {
        message: `The training run failed without writing to ${PATHS.failure}. The FailureReason of the job will only state that the algorithm failed.`,
        fix: `Write the error message to ${PATHS.failure} before exiting; its first ${LIMITS.failureReason} characters become the FailureReason.`,
        evidence: lastLines(run.lines),
      },
    ];
  },
};
