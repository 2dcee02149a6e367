import type { Check } from '../../core/check';
import { NoResponse, isSuccess } from '../../../http';
import { hasSample } from './invocations';

export const streaming: Check = {
  id: 'streaming',
  group: 'serving',
  severity: 'warning',
  fact: 'B28',
  title: 'A streamed answer comes in parts, the first before the last is ready',
  unless: (lab) =>
    lab.specification.serving?.isStreaming === true ? hasSample?.(lab) : 'answers are not streamed (--streaming)',
  run: async (lab) => {
    await lab.serving.answering();
    const answer = await lab.serving.alone((url) => lab.serving.invoke(url, lab.serving.invocation()));
    if (answer instanceof NoResponse || !isSuccess(answer)) return [];
    const { partsAt, headers } = answer;
    const isChunked = headers['transfer-encoding'] === 'chunked';
    if (isChunked && partsAt.length > 1 && partsAt[0] < partsAt[partsAt.length - 1]) return [];
    return [
      {
        message: isChunked
          ? 'The answer has chunks, and all of them come at once: it is collected somewhere before it is sent.'
          : 'The answer comes as a whole, with its length, and not in chunks.',
        fix: 'Send each part when it is ready, with Transfer-Encoding: chunked; switch off buffering in servers before (proxy_buffering off).',
        evidence: [`parts after ${partsAt.map((at) => `${at} ms`).join(', ')}`],
      },
    ];
  },
};
