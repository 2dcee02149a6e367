import { Inconclusive } from '../../core/inconclusive';
import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';

export const processingCompletes: Check = {
  id: 'processing-completes',
  group: 'processing',
  severity: 'error',
  fact: 'H2',
  title: 'Processing the sample data exits with code 0',
  run: async (context) => {
    const { result, lines } = await context.processing.baseline();
    if (result?.status === 'Completed') return [];
    if (result === undefined) throw new Inconclusive('the processing run could not be started');
    const cause = await context.processing.cause();
    if (context.isSelected(cause)) throw new Inconclusive(`the check "${cause}" reports why the processing run failed`);
    const evidence = lastLines(lines);
    if (result.status === 'Stopped') {
      return [
        {
          message: 'The processing run did not end within the time limit of the check.',
          fix: 'Pass a smaller sample of the data with --input, or raise the limit with --time processing=SECONDS.',
          evidence,
        },
      ];
    }
    return [
      {
        message: `The processing run failed: ${result.exitMessage ?? result.failureReason ?? result.status}`,
        fix:
          cause === undefined
            ? 'Run `byoa process` with the same options to see the whole log.'
            : `Also run the check "${cause}", which reports the cause.`,
        evidence,
      },
    ];
  },
};
