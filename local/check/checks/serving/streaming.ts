import { isSuccessful } from '../../probe/serving-probe';
import type { Check } from '../check';
import { skipWithoutSample } from './response';

/** How often all chunks must arrive at once: a busy machine may read several of them together. */
const ATTEMPTS = 3;

/** The resolution of the times in milliseconds. */
const RESOLUTION = 1;

export const streaming: Check = {
  id: 'streaming',
  group: 'serving',
  severity: 'warning',
  fact: 'B28',
  title: 'A streamed response is sent in parts, the first before the last is ready',
  skipReason: (context) =>
    context.specification.serving?.isStreaming === true
      ? skipWithoutSample(context)
      : 'responses are not streamed (--streaming)',
  run: async ({ serving }) => {
    await serving.requireSuccess();
    const evidence: string[] = [];
    let isChunked = true;
    while (isChunked && evidence.length < ATTEMPTS) {
      const response = await serving.exclusively((url) => serving.invoke(url, serving.invocation()));
      if (!isSuccessful(response)) return [];
      const { partsAt, headers } = response;
      isChunked = headers['transfer-encoding'] === 'chunked';
      if (isChunked && partsAt[partsAt.length - 1] - partsAt[0] > RESOLUTION) return [];
      evidence.push(`parts received after ${partsAt.map((at) => `${at} ms`).join(', ')}`);
    }
    return [
      {
        message: isChunked
          ? 'The response is chunked, but all chunks arrive at once: it is buffered before it is sent.'
          : 'The response is sent as a whole with a Content-Length, not in chunks.',
        fix: 'Send each part when it is ready, with Transfer-Encoding: chunked, and disable buffering in proxies (proxy_buffering off in nginx).',
        evidence,
      },
    ];
  },
};
