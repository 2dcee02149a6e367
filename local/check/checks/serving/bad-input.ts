import { NoResponse, isSuccess } from '../../../http';
import type { Check } from '../check';
import { sendInvalidRequests } from './invalid-requests';
import { describeResponse, skipWithoutSample } from './response';

export const badInput: Check = {
  id: 'bad-input',
  group: 'serving',
  severity: 'warning',
  fact: 'B20',
  title: 'Invalid input is rejected with a 4xx status, and the server stays healthy',
  skipReason: skipWithoutSample,
  run: async (context) => {
    const { responses, ping, evidence } = await sendInvalidRequests(context);
    if (ping instanceof NoResponse || ping.status !== 200) {
      return [
        {
          message: `After invalid input, the container is no longer healthy: ${describeResponse(ping)}`,
          fix: 'Catch errors in the handler of each request, so that they do not end the server.',
          evidence,
        },
      ];
    }
    const wrong = responses.find(
      ({ response, mustFail }) =>
        response instanceof NoResponse || response.status >= 500 || (mustFail && isSuccess(response)),
    );
    if (wrong === undefined) return [];
    return [
      {
        message: `The container does not respond to ${wrong.input} with a 4xx status: ${describeResponse(wrong.response)}`,
        fix:
          !(wrong.response instanceof NoResponse) && isSuccess(wrong.response)
            ? 'Respond with 400, or with 415 for an unsupported content type. InvokeEndpoint returns a response with status 200 as a prediction.'
            : 'Respond with 400, or with 415 for an unsupported content type, and a message. The caller receives it, and alarms on 5xx errors stay silent.',
        evidence,
      },
    ];
  },
};
