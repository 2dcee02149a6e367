import { LIMITS } from '../../../lib/private/contract';
import type { Check, Problem } from '../check';
import type { Lab } from '../lab';
import { type Answer, NoAnswer } from './http';
import { hasSample, said } from './invocations';

const MIB = 1024 ** 2;
const SURE_BYTES = 6 * MIB;
const PAYLOAD_TOO_LARGE = 413;

/** Bodies that callers of this container may send, from the smallest. */
function sizesFor({ specification: { serving } }: Lab): number[] {
  if (serving?.isServerless === true) return [LIMITS.serverlessPayloadBytes];
  const batch = (serving?.transform?.maxPayloadInMB ?? 0) * MIB;
  return [...new Set([SURE_BYTES, LIMITS.realtimePayloadBytes, batch])]
    .filter((size) => size > 0)
    .sort((a, b) => a - b);
}

const isRefused = (answer: Answer | NoAnswer): boolean =>
  answer instanceof NoAnswer ? !answer.isLate : answer.status === PAYLOAD_TOO_LARGE;

export const payload: Check = {
  id: 'payload',
  group: 'serving',
  severity: 'error',
  fact: 'B25',
  title: 'Bodies up to the limit of the endpoint are taken',
  unless: hasSample,
  run: async (lab) => {
    await lab.serving.answering();
    const problems: Problem[] = [];
    for (const size of sizesFor(lab)) {
      // Nothing that could be answered, so that a model need not work on it: it is the size alone that matters.
      const body = Buffer.alloc(size, 'x');
      const answer = await lab.serving.alone((url) => lab.serving.invoke(url, { ...lab.serving.invocation(), body }));
      if (!isRefused(answer)) continue;
      problems.push({
        message: `A body of ${size / MIB} MB is refused (${said(answer)}), and callers may send it.`,
        fix: 'Raise the limit of the server: client_max_body_size 0 in nginx, MAX_CONTENT_LENGTH in Flask, bodyLimit in Fastify, --limit-… in others.',
      });
      break;
    }
    return problems;
  },
};
