import type { Check } from '../check';
import { evidenceFor } from './evidence';

export const processingIsolation: Check = {
  id: 'processing-isolation',
  group: 'processing',
  severity: 'error',
  fact: 'H8',
  title: 'Processing works without a network, if the job has network isolation',
  skipReason: ({ processing }) =>
    processing.specification.networkIsolation === true
      ? undefined
      : 'the job has no network isolation (--network-isolation)',
  processingVariation: {
    applies: ({ networkIsolation }) => networkIsolation === true,
    change: (request) => ({ ...request, networkIsolation: false }),
  },
  run: async ({ processing }) => {
    const evidence = await evidenceFor(processing, 'processing-isolation');
    if (evidence === undefined) return [];
    return [
      {
        message: 'The processing run requires a network, which the job with network isolation does not have.',
        fix: 'Pass everything that the program downloads as an input, or run the job without network isolation.',
        evidence,
      },
    ];
  },
};
