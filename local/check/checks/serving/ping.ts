import { SERVING } from '../../../contract';
import type { Check } from '../../core/check';
import { tail } from '../../probe/training-probe';
import { type HttpResponse, type NoResponse, sendRequest } from '../../../http';
import { failsForModel, mending, unhealthy } from './unhealthy';

const ROUNDS = 3;

export const ping: Check = {
  id: 'ping',
  group: 'serving',
  severity: 'error',
  fact: 'B13',
  title: 'GET /ping is answered with 200 within 2 seconds, each time',
  run: async (lab) => {
    const { pingTimeout } = lab.serving.times;
    const fix =
      'HttpResponse /ping from memory, without loading or asking the model, in a thread that no invocation blocks.';
    const seen = await unhealthy(lab);
    if (seen !== undefined) {
      const { failure: fault, reason } = seen.fault;
      // A server that says why it has no model is another check's.
      if (!['status', 'late'].includes(fault) || failsForModel(lab, seen)) return [];
      return [
        {
          message: `The container never became healthy: ${reason}`,
          fix: mending(lab, seen, fix),
          evidence: tail(seen.lines),
        },
      ];
    }
    const answers = await lab.serving.alone(async (url) => {
      const all: (HttpResponse | NoResponse)[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        all.push(await sendRequest(`${url}${SERVING.ping}`, { timeoutSeconds: pingTimeout }));
      }
      return all;
    });
    const bad = answers.find((answer) => answer instanceof Error || answer.status !== 200);
    if (bad === undefined) return [];
    const what = bad instanceof Error ? bad.message : `status ${bad.status}`;
    return [{ message: `GET /ping was answered at first, and later not: ${what}.`, fix }];
  },
};
