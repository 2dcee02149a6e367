import type { Check } from '../check';
import { describeResponse, skipWithoutSample } from './response';

const HEADERS = {
  'X-Amzn-SageMaker-Custom-Attributes': 'trace=1',
  'X-Amzn-SageMaker-Inference-Id': 'an-id',
  'X-Amzn-Future-Header': 'any value',
};

export const extraHeaders: Check = {
  id: 'extra-headers',
  group: 'serving',
  severity: 'error',
  fact: 'B17, B21',
  title: 'Unknown request headers are ignored',
  skipReason: skipWithoutSample,
  run: async ({ serving }) => {
    const reference = await serving.reference();
    const response = await serving.exclusively((url) => serving.invoke(url, serving.invocation(undefined, HEADERS)));
    if (reference.isLike(response)) return [];
    return [
      {
        message: `The sample request fails with headers such as X-Amzn-SageMaker-Custom-Attributes: ${describeResponse(response)}`,
        fix: 'Ignore unknown headers: SageMaker may add headers at any time.',
      },
    ];
  },
};
