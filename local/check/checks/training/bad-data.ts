import type { Check } from '../../core/check';
import { tail } from '../../probe/training-probe';
import { crashIn, spoiled } from './corrupt-input';

export const badData: Check = {
  id: 'bad-data',
  group: 'training',
  severity: 'warning',
  fact: 'A57, A58',
  title: 'Training on data that cannot be read fails',
  run: async (lab) => {
    await lab.training.completed();
    const [run] = (await spoiled(lab.training)) ?? [];
    if (run === undefined || run.result?.status !== 'Completed') return [];
    if ((await crashIn(lab.training, run)) !== undefined) return [];
    return [
      {
        message: 'All data was replaced by bytes that mean nothing, and the training run ended with code 0.',
        fix: 'Check what is read, and end with another code than 0 when it is no data of yours: a model of nothing would be deployed.',
        evidence: tail(run.lines),
      },
    ];
  },
};
