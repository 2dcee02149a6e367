import type { Check } from '../check';
import { describeResponse, skipWithoutSample } from './response';

export const chunkedRequests: Check = {
  id: 'chunked-requests',
  group: 'serving',
  severity: 'error',
  fact: 'B49',
  title: 'Requests with a chunked body are accepted',
  skipReason: (context) =>
    context.specification.serving?.transform?.maxPayloadInMB === 0
      ? skipWithoutSample(context)
      : 'no batch transform job sends chunked bodies (MaxPayloadInMB: 0)',
  run: async ({ serving }) => {
    const reference = await serving.reference();
    const request = serving.invocation(undefined, { 'Transfer-Encoding': 'chunked' });
    const response = await serving.exclusively((url) => serving.invoke(url, { ...request, isChunked: true }));
    if (reference.isLike(response)) return [];
    return [
      {
        message: `The sample request fails with a chunked body, which batch transform sends with MaxPayloadInMB 0: ${describeResponse(response)}`,
        fix: 'Use a server that supports chunked requests, or set MaxPayloadInMB to a limit.',
      },
    ];
  },
};
