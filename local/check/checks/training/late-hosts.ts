import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';
import { isDistributed } from './distributed';

export const lateHosts: Check = {
  id: 'late-hosts',
  group: 'training',
  severity: 'warning',
  fact: 'A33',
  title: 'Hosts wait until the names of the other hosts resolve',
  skipReason: ({ specification: { training } }) =>
    isDistributed(training ?? {}) ? undefined : 'the training job has one instance (--instance-count)',
  run: async ({ training }) => {
    await training.completed();
    const delay = training.times.firstHostDelay;
    const run = await training.vary('late-hosts', (request) => ({ ...request, firstHostDelaySeconds: delay }));
    if (run.result?.status === 'Completed') return [];
    return [
      {
        message: `The training run fails if the first host starts up to ${delay} seconds after the other ones, but completes if all start together.`,
        fix: 'Retry for some minutes until the names of the other hosts resolve and their ports accept connections.',
        evidence: lastLines(run.lines),
      },
    ];
  },
};
