import type { Check } from '../../core/check';
import { tail } from '../../probe/training-probe';
import { inMode, supports, uses } from './input-modes';

export const fastFile: Check = {
  id: 'fast-file',
  group: 'training',
  severity: 'error',
  fact: 'A43',
  title: 'Channels in FastFile mode are only read',
  unless: (lab) =>
    lab.specification.training?.channels.some((channel) => supports(channel, 'FastFile')) === true
      ? undefined
      : 'no channel is in FastFile mode',
  training: {
    applies: ({ channels }) => channels.some((channel) => uses(channel, 'FastFile')),
    change: inMode('FastFile', 'File'),
  },
  run: async (lab) => {
    const fix = 'Write to /tmp or /opt/ml/output: a channel in FastFile mode is a mount that can only be read.';
    const evidence = await lab.training.failedFor('fast-file');
    if (evidence !== undefined) {
      return [
        { message: 'The run failed with its channels in FastFile mode, and completed in File mode.', fix, evidence },
      ];
    }
    if (lab.training.specification.channels.some((channel) => uses(channel, 'FastFile'))) return [];
    const run = await lab.training.varied('as fast file', inMode('File', 'FastFile'));
    if (run.result?.status === 'Completed') return [];
    return [
      {
        message: 'The algorithm says that it reads FastFile mode, and a run in it fails.',
        fix,
        evidence: tail(run.lines),
      },
    ];
  },
};
