import type { Check } from '../../core/check';
import { tail } from '../../probe/training-probe';
import { failsForModel, unhealthy } from './unhealthy';

export const roundTrip: Check = {
  id: 'round-trip',
  group: 'serving',
  severity: 'error',
  fact: 'B31, B38',
  title: 'The container serves the model that training has left',
  unless: ({ specification: { training, serving } }) => {
    if (serving?.model !== undefined) return undefined;
    return training === undefined ? 'there is no model (--model)' : undefined;
  },
  run: async (lab) => {
    const seen = await unhealthy(lab);
    if (seen === undefined || !failsForModel(lab, seen)) return [];
    return [
      {
        message: `The container does not serve the model that it is given in /opt/ml/model: ${seen.fault.reason}`,
        fix: 'Load what training saves: the same names, the same place, the same versions of the libraries that write and read it.',
        evidence: tail(seen.lines),
      },
    ];
  },
};
