import { SERVING } from '../../../contract';
import type { Check } from '../../core/check';
import { unhealthy } from './unhealthy';

export const port: Check = {
  id: 'port',
  group: 'serving',
  severity: 'error',
  fact: 'B10',
  title: 'The server listens on port 8080',
  run: async (lab) => {
    const { listeners = [] } = (await unhealthy(lab)) ?? {};
    if (listeners.length === 0 || listeners.some((listener) => listener.port === SERVING.port)) return [];
    const shown = listeners.map((listener) => `${listener.address}:${listener.port}`);
    return [
      {
        message: `The server listens on ${shown.join(', ')}, and SageMaker asks on port ${SERVING.port}.`,
        fix: `Listen on 0.0.0.0:${SERVING.port}, or on the port that SAGEMAKER_BIND_TO_PORT names where it is set.`,
        evidence: shown.map((one) => `listening: ${one}`),
      },
    ];
  },
};
