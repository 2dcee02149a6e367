import { isLoopback } from '../../../container';
import { SERVING } from '../../../contract';
import type { Check } from '../check';
import { passIfHealthy, unexplainedFailure } from './health';

export const listenAddress: Check = {
  id: 'listen-address',
  group: 'serving',
  severity: 'error',
  fact: 'B10',
  title: 'The server listens on all network interfaces of the container',
  run: async (context) => {
    const { listeners = [] } = (await unexplainedFailure(context)) ?? {};
    const own = listeners.filter(({ port }) => port === SERVING.port);
    if (own.length === 0) return passIfHealthy(context);
    if (!own.every(isLoopback)) return [];
    return [
      {
        message: `The server listens on ${own[0].address}:${SERVING.port} only, which cannot be reached from outside the container.`,
        fix: `Listen on 0.0.0.0:${SERVING.port}.`,
        evidence: own.map(({ address, port }) => `listening: ${address}:${port}`),
      },
    ];
  },
};
