import type { Check } from '../../core/check';
import { tail } from '../../probe/training-probe';
import { inMode, supports, uses } from './input-modes';

export const pipeMode: Check = {
  id: 'pipe-mode',
  group: 'training',
  severity: 'error',
  fact: 'A44',
  title: 'Channels in Pipe mode are read as they come',
  unless: (lab) =>
    lab.specification.training?.channels.some((channel) => supports(channel, 'Pipe')) === true
      ? undefined
      : 'no channel is in Pipe mode',
  training: {
    applies: ({ channels }) => channels.some((channel) => uses(channel, 'Pipe')),
    change: inMode('Pipe', 'File'),
  },
  run: async (lab) => {
    const fix =
      'Read /opt/ml/input/data/<channel>_0 to its end, then _1 and so on; wait for the next one, which may not be there yet.';
    const evidence = await lab.training.failedFor('pipe-mode');
    if (evidence !== undefined) {
      return [{ message: 'The run failed with its channels in Pipe mode, and completed in File mode.', fix, evidence }];
    }
    if (lab.training.specification.channels.some((channel) => uses(channel, 'Pipe'))) return [];
    const run = await lab.training.varied('as pipe', inMode('File', 'Pipe'));
    if (run.result?.status === 'Completed') return [];
    return [
      { message: 'The algorithm says that it reads Pipe mode, and a run in it fails.', fix, evidence: tail(run.lines) },
    ];
  },
};
