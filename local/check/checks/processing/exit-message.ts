import { LIMITS, PATHS } from '../../../contract';
import { Inconclusive } from '../../core/inconclusive';
import type { Check } from '../check';

export const exitMessage: Check = {
  id: 'exit-message',
  group: 'processing',
  severity: 'error',
  fact: 'H7',
  title: 'The exit message is UTF-8 text of at most 1 KB',
  run: async ({ processing }) => {
    const { result } = await processing.baseline();
    if (result === undefined) throw new Inconclusive('the processing run could not be started');
    if (result.hasInvalidMessage === true) {
      return [
        {
          message: `The run wrote a text to ${PATHS.exitMessage} that is not valid UTF-8, with which SageMaker fails the job.`,
          fix: 'Write the message in UTF-8.',
        },
      ];
    }
    if (Buffer.byteLength(result.exitMessage ?? '') < LIMITS.exitMessageBytes) return [];
    return [
      {
        severity: 'note' as const,
        message: `The text in ${PATHS.exitMessage} may have more than 1 KB, of which SageMaker keeps the first 1 KB.`,
        fix: 'Write the reason of a failure first.',
      },
    ];
  },
};
