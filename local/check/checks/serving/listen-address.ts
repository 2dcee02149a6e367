import { SERVING } from '../../../contract';
import type { Check } from '../../core/check';
import { unhealthy } from './unhealthy';

export const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

export const listenAddress: Check = {
  id: 'listen-address',
  group: 'serving',
  severity: 'error',
  fact: 'B10',
  title: 'The server listens on all addresses of the container',
  run: async (lab) => {
    const seen = await unhealthy(lab);
    const own = (seen?.listeners ?? []).filter(({ port }) => port === SERVING.port);
    if (own.length === 0 || !own.every(({ address }) => isLoopback(address))) return [];
    return [
      {
        message: `The server listens on ${own[0].address}:${SERVING.port} alone, which nobody outside the container reaches.`,
        fix: `Listen on 0.0.0.0:${SERVING.port}.`,
        evidence: own.map(({ address, port }) => `listening: ${address}:${port}`),
      },
    ];
  },
};
