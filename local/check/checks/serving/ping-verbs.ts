import { SERVING } from '../../../contract';
import type { Check } from '../../core/check';
import { NoResponse, sendRequest } from '../../../http';

export const pingVerbs: Check = {
  id: 'ping-verbs',
  group: 'serving',
  severity: 'note',
  fact: 'B15',
  title: 'POST /ping is answered as GET /ping is',
  run: async (lab) => {
    const answer = await lab.serving.alone((url) =>
      sendRequest(`${url}${SERVING.ping}`, {
        method: 'POST',
        body: new Uint8Array(),
        timeoutSeconds: lab.serving.times.pingTimeout,
      }),
    );
    const what = answer instanceof NoResponse ? answer.message : `status ${answer.status}`;
    if (what === 'status 200') return [];
    return [
      {
        message: `POST /ping is not answered with 200: ${what}. Health checks use GET today; the guide asks for both.`,
        fix: 'HttpResponse /ping whatever the method is.',
      },
    ];
  },
};
