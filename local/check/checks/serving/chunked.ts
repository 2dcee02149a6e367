import type { Check } from '../../core/check';
import { NoResponse, isSuccess } from '../../../http';
import { hasSample, said } from './invocations';

export const chunkedRequests: Check = {
  id: 'chunked-requests',
  group: 'serving',
  severity: 'error',
  fact: 'B49',
  title: 'Bodies that come in chunks are read',
  unless: (lab) => {
    if (lab.specification.serving?.transform?.maxPayloadInMB !== 0)
      return 'no batch transform sends bodies in chunks (MaxPayloadInMB 0)';
    return hasSample?.(lab);
  },
  run: async (lab) => {
    await lab.serving.answering();
    const answer = await lab.serving.alone((url) =>
      lab.serving.invoke(url, {
        ...lab.serving.invocation(),
        isChunked: true,
        headers: { ...lab.serving.invocation().headers, 'Transfer-Encoding': 'chunked' },
      }),
    );
    if (!(answer instanceof NoResponse) && isSuccess(answer)) return [];
    return [
      {
        message: `The sample is not answered when it comes in chunks, as batch transform sends it with MaxPayloadInMB 0: ${said(answer)}`,
        fix: 'Use a server that reads chunked requests, or give MaxPayloadInMB.',
      },
    ];
  },
};
