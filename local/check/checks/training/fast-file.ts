import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';
import { inMode, supports, uses } from './input-modes';

export const fastFile: Check = {
  id: 'fast-file',
  group: 'training',
  severity: 'error',
  fact: 'A43',
  title: 'Channels in FastFile mode are not written to',
  skipReason: ({ specification: { training } }) =>
    training?.channels.some((channel) => supports(channel, 'FastFile')) === true
      ? undefined
      : 'no channel uses FastFile mode',
  trainingVariation: {
    applies: ({ channels }) => channels.some((channel) => uses(channel, 'FastFile')),
    change: inMode('FastFile', 'File'),
  },
  run: async ({ training }) => {
    const fix = 'Write to /tmp or /opt/ml/output/data: a channel in FastFile mode is mounted read-only.';
    const evidence = await training.evidenceFor('fast-file');
    if (evidence !== undefined) {
      return [{ message: 'The training run failed with FastFile mode, but completed with File mode.', fix, evidence }];
    }
    if (training.specification.channels.some((channel) => uses(channel, 'FastFile'))) return [];
    const run = await training.vary('in FastFile mode', inMode('File', 'FastFile'));
    if (run.result?.status === 'Completed') return [];
    return [
      {
        message: 'The algorithm declares FastFile mode for a channel, but a training run in this mode fails.',
        fix,
        evidence: lastLines(run.lines),
      },
    ];
  },
};
