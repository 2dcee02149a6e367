import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';
import { inMode, supports, uses } from './input-modes';

export const pipeMode: Check = {
  id: 'pipe-mode',
  group: 'training',
  severity: 'error',
  fact: 'A44',
  title: 'Channels in Pipe mode are read from named pipes',
  skipReason: ({ specification: { training } }) =>
    training?.channels.some((channel) => supports(channel, 'Pipe')) === true ? undefined : 'no channel uses Pipe mode',
  trainingVariation: {
    applies: ({ channels }) => channels.some((channel) => uses(channel, 'Pipe')),
    change: inMode('Pipe', 'File'),
  },
  run: async ({ training }) => {
    const fix =
      'Read /opt/ml/input/data/<channel>_0 until its end, then _1, and so on. Wait if the next pipe does not exist yet.';
    const evidence = await training.evidenceFor('pipe-mode');
    if (evidence !== undefined) {
      return [{ message: 'The training run failed with Pipe mode, but completed with File mode.', fix, evidence }];
    }
    if (training.specification.channels.some((channel) => uses(channel, 'Pipe'))) return [];
    const run = await training.vary('in Pipe mode', inMode('File', 'Pipe'));
    if (run.result?.status === 'Completed') return [];
    return [
      {
        message: 'The algorithm declares Pipe mode for a channel, but a training run in this mode fails.',
        fix,
        evidence: lastLines(run.lines),
      },
    ];
  },
};
