import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';
import { crashEvidence, trainOnCorruptInput } from './corrupt-input';

export const badData: Check = {
  id: 'bad-data',
  group: 'training',
  severity: 'warning',
  fact: 'A57, A58',
  title: 'Training on corrupt data fails',
  run: async (context) => {
    await context.training.completed();
    const run = await trainOnCorruptInput(context.training);
    if (run.result?.status !== 'Completed') return [];
    if ((await crashEvidence(context.training, run)) !== undefined) return [];
    return [
      {
        message: 'All input data was replaced by random bytes, and the training run still exited with code 0.',
        fix: 'Validate the input and exit with a nonzero code if it is invalid. Otherwise a useless model is deployed.',
        evidence: lastLines(run.lines),
      },
    ];
  },
};
