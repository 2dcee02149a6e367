import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';
import { failsOnModel, passIfHealthy, unexplainedFailure } from './health';

export const roundTrip: Check = {
  id: 'round-trip',
  group: 'serving',
  severity: 'error',
  fact: 'B31, B38',
  title: 'The container serves the model that training saved',
  skipReason: ({ specification: { training, serving } }) => {
    if (serving?.model !== undefined) return undefined;
    return training === undefined ? 'there is no model (--model)' : undefined;
  },
  run: async (context) => {
    const failure = await unexplainedFailure(context);
    if (failure === undefined || !failsOnModel(context, failure)) return passIfHealthy(context);
    return [
      {
        message: `The container does not serve the model in /opt/ml/model: ${failure.error.reason}`,
        fix: 'Load the files that training saves: use the same file names and directories, and the same library versions in both images.',
        evidence: lastLines(failure.lines),
      },
    ];
  },
};
