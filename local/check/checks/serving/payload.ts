import { type HttpResponse, NoResponse } from '../../../http';
import { Inconclusive } from '../../core/inconclusive';
import type { Check } from '../check';
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
        fix: 'Raise the limit of the server: client_max_body_size 0 in nginx, MAX_CONTENT_LENGTH in Flask, bodyLimit in Fastify.',
      },
    ];
  },
};

function isRejected(response: HttpResponse | NoResponse): boolean {
  return response instanceof NoResponse ? !response.isLate : response.status === PAYLOAD_TOO_LARGE;
}
