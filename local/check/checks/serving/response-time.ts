import { NoResponse } from '../../../http';
import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';
import { causeOf } from './cause';
import { skipWithoutSample } from './response';

export const responseTime: Check = {
  id: 'response-time',
  group: 'serving',
  severity: 'error',
  fact: 'B19',
  title: 'The response to the sample request takes at most 60 seconds (streaming: 8 minutes, asynchronous: 15 minutes)',
  skipReason: skipWithoutSample,
  run: async (context) => {
    const { serving } = context;
    const response = await serving.sampleResponse();
    if (!(response instanceof NoResponse) || !response.isLate) return [];
    if (context.isSelected(await causeOf(context))) return [];
    return [
      {
        message: `The sample request gets no response within ${serving.invocation().timeoutSeconds} s, the time limit of the endpoint.`,
        fix: 'Load the model before /ping responds with status 200. For longer requests, use asynchronous inference or batch transform.',
        evidence: lastLines((await serving.baseline()).lines),
      },
    ];
  },
};
