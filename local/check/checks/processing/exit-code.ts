import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';
import { CRASH } from '../crash';

export const processingExitCode: Check = {
  id: 'processing-exit-code',
  group: 'processing',
  severity: 'error',
  fact: 'H2',
  title: 'A failed processing run exits with a nonzero code',
  run: async ({ processing }) => {
    const { lines } = await processing.completed();
    if (!lines.some(({ text }) => CRASH.test(text))) return [];
    return [
      {
        message: 'The program crashed and exited with code 0. SageMaker considers the processing job completed.',
        fix: 'Exit with a nonzero code on failure. In shell scripts, exec the program and use set -euo pipefail.',
        evidence: lastLines(lines),
      },
    ];
  },
};
