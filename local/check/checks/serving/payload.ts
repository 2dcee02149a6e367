import { type Check, Untold } from '../../core/check';
import { type HttpResponse, NoResponse } from '../../../http';
import { hasSample, said } from './invocations';
import { roughHandling } from './client-disconnect';

const MIB = 1024 ** 2;
const PAYLOAD_TOO_LARGE = 413;

const isRefused = (answer: HttpResponse | NoResponse): boolean =>
  answer instanceof NoResponse ? !answer.isLate : answer.status === PAYLOAD_TOO_LARGE;

export const payload: Check = {
  id: 'payload',
  group: 'serving',
  severity: 'error',
  fact: 'B25',
  title: 'Bodies up to the limit of the endpoint are taken',
  unless: hasSample,
  run: async (lab) => {
    const { payloads } = await roughHandling(lab);
    if (payloads.length === 0) throw new Untold('the container did not survive input that is no good');
    const refused = payloads.find(({ answer }) => isRefused(answer));
    if (refused === undefined) return [];
    return [
      {
        message: `A body of ${refused.bytes / MIB} MB is refused (${said(refused.answer)}), and callers may send it.`,
        fix: 'Raise the limit of the server: client_max_body_size 0 in nginx, MAX_CONTENT_LENGTH in Flask, bodyLimit in Fastify.',
      },
    ];
  },
};
