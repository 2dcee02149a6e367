import { SERVING } from '../../../../lib/private/contract';
import type { Check } from '../../core/check';
import { NoAnswer, ask } from '../../../container/http';

export const pingVerbs: Check = {
  id: 'ping-verbs',
  group: 'serving',
  severity: 'note',
  fact: 'B15',
  title: 'POST /ping is answered as GET /ping is',
  run: async (lab) => {
    const answer = await lab.serving.alone((url) =>
      ask(`${url}${SERVING.ping}`, {
        method: 'POST',
        body: new Uint8Array(),
        timeoutSeconds: lab.serving.times.pingTimeout,
      }),
    );
    const what = answer instanceof NoAnswer ? answer.message : `status ${answer.status}`;
    if (what === 'status 200') return [];
    return [
      {
        message: `POST /ping is not answered with 200: ${what}. Health checks use GET today; the guide asks for both.`,
        fix: 'Answer /ping whatever the method is.',
      },
    ];
  },
};
