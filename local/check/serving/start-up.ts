import type { Check } from '../check';
import { tail } from '../training-lab';
import { speaksOfModel, unhealthy } from './unhealthy';

export const startUp: Check = {
  id: 'start-up',
  group: 'serving',
  severity: 'error',
  fact: 'B14',
  title: 'The container becomes healthy in time',
  run: async (lab) => {
    const seen = await unhealthy(lab);
    if (seen === undefined || speaksOfModel(seen)) return [];
    const { fault, reason } = seen.fault;
    const isNowhere = fault === 'silent' && (seen.listeners === undefined || seen.listeners.length === 0);
    if (fault !== 'ended' && !isNowhere) return [];
    return [
      {
        message: isNowhere
          ? `Nothing listens on port 8080 before the time to start is over (${(await lab.serving.request()).startUpSeconds} s).`
          : `The container does not serve: ${reason}`,
        fix: isNowhere
          ? 'Listen on 0.0.0.0:8080 first and load the model then, answering /ping with 503 until it is loaded; or raise the start-up time of the variant.'
          : 'Run `byoa serve` with the same options to see its whole log.',
        evidence: tail(seen.lines),
      },
    ];
  },
};
