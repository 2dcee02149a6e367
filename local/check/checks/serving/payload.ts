import { type HttpResponse, NoResponse } from '../../../http';
import { Inconclusive } from '../../core/inconclusive';
import type { Check } from '../check';
import { fixIn } from '../language';
import { sendInvalidRequests } from './invalid-requests';
import { describeResponse, skipWithoutSample } from './response';

const MIB = 1024 ** 2;
const PAYLOAD_TOO_LARGE = 413;

export const payload: Check = {
  id: 'payload',
  group: 'serving',
  severity: 'error',
  fact: 'B25',
  title: 'Request bodies up to the size limit of the endpoint are accepted',
  skipReason: skipWithoutSample,
  run: async (context) => {
    const { payloads } = await sendInvalidRequests(context);
    if (payloads.length === 0) throw new Inconclusive('the container did not survive invalid input');
    const rejected = payloads.find(({ response }) => isRejected(response));
    if (rejected === undefined) return [];
    return [
      {
        message: `A request body of ${rejected.bytes / MIB} MB, which callers may send, is rejected: ${describeResponse(rejected.response)}`,
        fix: await fixIn(
          context,
          'serve',
          'Raise the limit of the server, and of a proxy before it: client_max_body_size 0 in nginx.',
          {
            python: 'The setting of Flask is MAX_CONTENT_LENGTH.',
            node: 'The options are limit of express.json() and bodyLimit of Fastify.',
          },
        ),
      },
    ];
  },
};

function isRejected(response: HttpResponse | NoResponse): boolean {
  return response instanceof NoResponse ? !response.isLate : response.status === PAYLOAD_TOO_LARGE;
}
