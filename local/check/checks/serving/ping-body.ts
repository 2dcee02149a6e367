import { SERVING } from '../../../contract';
import { type Check, Untold } from '../../core/check';
import { NoResponse, sendRequest } from '../../../http';

export const pingBody: Check = {
  id: 'ping-body',
  group: 'serving',
  severity: 'note',
  fact: 'B13, B46',
  title: 'The answer to /ping has no body, as batch transform expects',
  run: async (lab) => {
    const answer = await lab.serving.alone((url) =>
      sendRequest(`${url}${SERVING.ping}`, { timeoutSeconds: lab.serving.times.pingTimeout }),
    );
    if (answer instanceof NoResponse) throw new Untold(`/ping was not answered: ${answer.message}`);
    const { body } = answer;
    if (body.length === 0) return [];
    return [
      {
        message: `The answer to GET /ping has a body of ${body.length} bytes; the contract asks for an empty one.`,
        fix: 'HttpResponse with status 200 and nothing else.',
        evidence: [body.toString().slice(0, 200)],
      },
    ];
  },
};
