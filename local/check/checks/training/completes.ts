import type { Check } from '../../core/check';
import { tail } from '../../probe/training-probe';
import { hasCarriageReturn } from './command';

export const trainingCompletes: Check = {
  id: 'training-completes',
  group: 'training',
  severity: 'error',
  fact: 'A58',
  title: 'Training on the sample data ends with code 0',
  run: async (lab) => {
    const { result, lines } = await lab.training.base();
    if (result === undefined || result.status === 'Completed') return [];
    const cause = await lab.training.cause();
    if (lab.isAsked(cause)) return [];
    if (await hasCarriageReturn(lab.image, lab.training.specification, 'train')) return [];
    const isLong = result.failureReason === 'The maximum run time was exceeded.';
    return [
      isLong
        ? {
            message: 'The training run did not end in the time that a check gives it.',
            fix: 'Give a small sample of the data with --channel, or more time with --time training=SECONDS.',
            evidence: tail(lines),
          }
        : {
            message: `The training run failed: ${result.failureReason ?? result.status}`,
            fix:
              cause === undefined
                ? 'Run `byoa train` with the same options to see its whole log.'
                : `The check "${cause}" tells why: ask for it too.`,
            evidence: tail(lines),
          },
    ];
  },
};
