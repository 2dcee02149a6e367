import { SERVING } from '../../../contract';
import type { Check } from '../../core/check';
import { NoResponse, sendRequest } from '../../../http';
import { said } from './invocations';

/** What is wrong with a document; undefined when nothing is. */
function faultOf(text: string): string | undefined {
  try {
    const { MaxConcurrentTransforms, BatchStrategy, MaxPayloadInMB } = JSON.parse(text) as Record<string, unknown>;
    if (!Number.isInteger(MaxConcurrentTransforms)) return 'MaxConcurrentTransforms is no whole number';
    if (!['SINGLE_RECORD', 'MULTI_RECORD'].includes(String(BatchStrategy)))
      return 'BatchStrategy is neither SINGLE_RECORD nor MULTI_RECORD';
    if (!Number.isInteger(MaxPayloadInMB)) return 'MaxPayloadInMB is no whole number';
    const product = Number(MaxConcurrentTransforms) * Number(MaxPayloadInMB);
    return product > 100 ? `MaxConcurrentTransforms times MaxPayloadInMB is ${product}, more than 100` : undefined;
  } catch {
    return 'it is no JSON';
  }
}

export const executionParameters: Check = {
  id: 'execution-parameters',
  group: 'serving',
  severity: 'warning',
  fact: 'B46, B47',
  title: 'GET /execution-parameters is either not there, or right',
  run: async (lab) => {
    const { pingTimeout } = lab.serving.times;
    const answer = await lab.serving.alone((url) =>
      sendRequest(`${url}${SERVING.executionParameters}`, { timeoutSeconds: pingTimeout }),
    );
    const fix =
      'HttpResponse 404, or {"MaxConcurrentTransforms": 8, "BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": 6} with numbers that fit.';
    if (answer instanceof NoResponse || answer.status >= 500) {
      return [
        { message: `GET /execution-parameters, which batch transform asks for first, fails: ${said(answer)}`, fix },
      ];
    }
    const fault = answer.status === 200 ? faultOf(answer.body.toString()) : undefined;
    if (fault === undefined) return [];
    return [
      {
        message: `GET /execution-parameters is answered, and ${fault}.`,
        fix,
        evidence: [answer.body.toString().slice(0, 200)],
      },
    ];
  },
};
