import { LABELS } from '../../../contract';
import { Inconclusive } from '../../core/inconclusive';
import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';

const OTHER_PORT = 18_080;

export const bindToPort: Check = {
  id: 'bind-to-port',
  group: 'serving',
  severity: 'error',
  fact: 'B10, B12',
  title: 'A container with the label accept-bind-to-port listens on the port in SAGEMAKER_BIND_TO_PORT',
  run: async ({ serving, image }) => {
    await serving.healthy();
    const { image: name, isPipeline } = serving.specification;
    const { labels } = await image.info(name);
    if (isPipeline !== true && labels[LABELS.acceptBindToPort] !== 'true') return [];
    return serving.vary(
      ({ environment, ...request }) => ({
        ...request,
        port: OTHER_PORT,
        environment: { ...environment, SAGEMAKER_BIND_TO_PORT: String(OTHER_PORT) },
      }),
      ({ server, error, lines, listeners }) => {
        if (server !== undefined) return Promise.resolve([]);
        if (error === undefined) throw new Inconclusive('the container was not started');
        if (listeners?.length === 0) throw new Inconclusive('the container did not listen on any port in time');
        return Promise.resolve([
          {
            message: `With SAGEMAKER_BIND_TO_PORT=${OTHER_PORT} the container does not respond on that port. In a model with several containers it would not become healthy.`,
            fix: 'Listen on the port in SAGEMAKER_BIND_TO_PORT if the variable is set, and on 8080 otherwise.',
            evidence: lastLines(lines),
          },
        ]);
      },
    );
  },
};
