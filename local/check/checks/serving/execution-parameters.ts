import { SERVING } from '../../../contract';
import { NoResponse, sendRequest } from '../../../http';
import type { Check } from '../check';
import { describeResponse, shown } from './response';

const ROUTE = `GET ${SERVING.executionParameters}`;
const MAX_PRODUCT = 100;

export const executionParameters: Check = {
  id: 'execution-parameters',
  group: 'serving',
  severity: 'warning',
  fact: 'B46, B47',
  title: 'GET /execution-parameters is either not implemented or valid',
  run: async ({ serving }) => {
    const response = await serving.exclusively((url) =>
      serving.patientResponse(() =>
        sendRequest(`${url}${SERVING.executionParameters}`, { timeoutSeconds: serving.times.pingTimeout }),
      ),
    );
    const fix =
      'Respond with 404, or with valid numbers: {"MaxConcurrentTransforms": 8, "BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": 6}.';
    if (response instanceof NoResponse || response.status >= 500) {
      return [{ message: `${ROUTE}, the first request of batch transform, fails: ${describeResponse(response)}`, fix }];
    }
    const error = response.status === 200 ? validationErrorOf(response.body.toString()) : undefined;
    if (error === undefined) return [];
    return [{ message: `The response to ${ROUTE} is invalid: ${error}.`, fix, evidence: [shown(response.body)] }];
  },
};

function validationErrorOf(text: string): string | undefined {
  try {
    const { MaxConcurrentTransforms, BatchStrategy, MaxPayloadInMB } = JSON.parse(text) as Record<string, unknown>;
    if (!Number.isInteger(MaxConcurrentTransforms)) return 'MaxConcurrentTransforms must be a whole number';
    if (!['SINGLE_RECORD', 'MULTI_RECORD'].includes(String(BatchStrategy))) {
      return 'BatchStrategy must be SINGLE_RECORD or MULTI_RECORD';
    }
    if (!Number.isInteger(MaxPayloadInMB)) return 'MaxPayloadInMB must be a whole number';
    const product = Number(MaxConcurrentTransforms) * Number(MaxPayloadInMB);
    if (product <= MAX_PRODUCT) return undefined;
    return `MaxConcurrentTransforms times MaxPayloadInMB must be at most ${MAX_PRODUCT}, got: ${product}`;
  } catch {
    return 'it is not valid JSON';
  }
}
