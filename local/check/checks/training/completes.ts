import { Inconclusive } from '../../core/inconclusive';
import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';
import { causeOf } from './cause';

export const trainingCompletes: Check = {
  id: 'training-completes',
  group: 'training',
  severity: 'error',
  fact: 'A58',
  title: 'Training on the sample data exits with code 0',
  run: async (context) => {
    const { result, lines } = await context.training.baseline();
    if (result?.status === 'Completed') return [];
    const cause = await causeOf(context);
    if (context.isSelected(cause)) throw new Inconclusive(`the check "${cause}" reports why the training run failed`);
    if (result === undefined) throw new Inconclusive('the training run could not be started');
    const evidence = lastLines(lines);
    if (result.status === 'Stopped') {
      return [
        {
          message: 'The training run did not end within the time limit of the check.',
          fix: 'Pass a smaller sample of the data with --channel, or raise the limit with --time training=SECONDS.',
          evidence,
        },
      ];
    }
    return [
      {
        message: `The training run failed: ${result.failureReason ?? result.status}`,
        fix:
          cause === undefined
            ? 'Run `byoa train` with the same image, channels and hyperparameters to see the whole log.'
            : `Also run the check "${cause}", which reports the cause.`,
        evidence,
      },
    ];
  },
};
