import type { Check } from '../../core/check';
import { tail } from '../../probe/training-probe';
import { NoResponse } from '../../../http';
import { hasSample } from './invocations';

export const responseTime: Check = {
  id: 'response-time',
  group: 'serving',
  severity: 'error',
  fact: 'B19',
  title: 'A sample is answered in time: 60 seconds, 8 minutes when streamed, 15 when asynchronous',
  unless: hasSample,
  run: async (lab) => {
    const answer = await lab.serving.baseAnswer();
    if (!(answer instanceof NoResponse) || !answer.isLate || lab.isAsked(await lab.serving.cause())) return [];
    return [
      {
        message: `The sample is not answered within ${lab.serving.invocation().timeoutSeconds} s, after which the endpoint gives up.`,
        fix: 'Load the model before /ping answers 200; for work that takes longer, use an asynchronous endpoint or batch transform.',
        evidence: tail((await lab.serving.base()).lines),
      },
    ];
  },
};
