import { SERVING } from '../../../contract';
import type { Check } from '../../core/check';
import { tail } from '../../probe/training-probe';
import { isLoopback } from './listen-address';
import { failsForModel, mending, unhealthy } from './unhealthy';

export const startUp: Check = {
  id: 'start-up',
  group: 'serving',
  severity: 'error',
  fact: 'B14',
  title: 'The container becomes healthy in time',
  run: async (lab) => {
    const seen = await unhealthy(lab);
    if (seen === undefined || failsForModel(lab, seen)) return [];
    const { fault, listeners = [], lines } = seen;
    const evidence = tail(lines);
    if (fault.failure === 'ended') {
      return [
        {
          message: `The container does not serve: ${fault.reason}`,
          fix: mending(lab, seen, 'Run `byoa serve` with the same options to see its whole log.'),
          evidence,
        },
      ];
    }
    // What answers and says something else is what /ping is asked for.
    if (fault.failure !== 'silent') return [];
    if (listeners.length === 0) {
      return [
        {
          message: `Nothing listens on port ${SERVING.port} before the time to start is over (${(await lab.serving.request()).startUpSeconds} s).`,
          fix: `Listen on 0.0.0.0:${SERVING.port} first and load the model then, answering /ping with 503 until it is loaded; or raise the start-up time of the variant.`,
          evidence,
        },
      ];
    }
    if (!listeners.some(({ port, address }) => port === SERVING.port && !isLoopback(address))) return [];
    return [
      {
        message: `Something listens on port ${SERVING.port}, and does not answer GET ${SERVING.ping} as an HTTP server does.`,
        fix: 'Answer plain HTTP/1.1 there: no TLS, no gRPC.',
        evidence,
      },
    ];
  },
};
