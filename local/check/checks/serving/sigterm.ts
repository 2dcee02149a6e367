import { KILLED_EXIT_CODE, SECONDS } from '../../../contract';
import type { Check } from '../check';
import { observeShutdown } from './shutdown';

export const servingSigterm: Check = {
  id: 'serving-sigterm',
  group: 'serving',
  severity: 'warning',
  fact: 'B3',
  title: 'A server that is stopped exits',
  run: async (context) => {
    const { exitCode, isHandled, evidence } = await observeShutdown(context);
    if (isHandled !== false && exitCode !== KILLED_EXIT_CODE) return [];
    return [
      {
        message: `The server ignores SIGTERM${isHandled === false ? ': its first process has no handler for it (SigCgt in /proc/1/status)' : ''}. SageMaker kills it after ${SECONDS.servingStopGrace} seconds, and the requests in flight fail.`,
        fix: 'Handle SIGTERM: stop accepting connections, complete the requests in flight, and exit. In shell scripts, exec the server.',
        evidence,
      },
    ];
  },
};
