import { SERVING } from '../../../contract';
import { NoResponse, sendRequest } from '../../../http';
import type { Check } from '../check';

export const pingVerbs: Check = {
  id: 'ping-verbs',
  group: 'serving',
  severity: 'note',
  fact: 'B15',
  title: 'POST /ping responds like GET /ping',
  run: async ({ serving }) => {
    const response = await serving.exclusively((url) =>
      serving.patientResponse(() =>
        sendRequest(`${url}${SERVING.ping}`, {
          method: 'POST',
          body: new Uint8Array(),
          timeoutSeconds: serving.times.pingTimeout,
        }),
      ),
    );
    if (!(response instanceof NoResponse) && response.status === 200) return [];
    const actual = response instanceof NoResponse ? response.message : `status ${response.status}`;
    return [
      {
        message: `POST /ping does not respond with status 200: ${actual}. Health checks use GET today, but the developer guide requires both.`,
        fix: 'Respond to /ping for every HTTP method.',
      },
    ];
  },
};
