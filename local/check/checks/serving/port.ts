import { SERVING } from '../../../contract';
import type { Check } from '../check';
import { passIfHealthy, unexplainedFailure } from './health';

export const port: Check = {
  id: 'port',
  group: 'serving',
  severity: 'error',
  fact: 'B10',
  title: `The server listens on port ${SERVING.port}`,
  run: async (context) => {
    const { listeners = [] } = (await unexplainedFailure(context)) ?? {};
    if (listeners.length === 0) return passIfHealthy(context);
    if (listeners.some((listener) => listener.port === SERVING.port)) return [];
    const addresses = listeners.map((listener) => `${listener.address}:${listener.port}`);
    return [
      {
        message: `The server listens on ${addresses.join(', ')}, but SageMaker sends requests to port ${SERVING.port}.`,
        fix: `Listen on 0.0.0.0:${SERVING.port}, or on the port in SAGEMAKER_BIND_TO_PORT if the variable is set.`,
        evidence: addresses.map((address) => `listening: ${address}`),
      },
    ];
  },
};
