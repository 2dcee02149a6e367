import { LABELS } from '../../../contract';
import { type Check, Untold } from '../../core/check';
import { tail } from '../../probe/training-probe';

const OTHER_PORT = 18_080;

export const bindToPort: Check = {
  id: 'bind-to-port',
  group: 'serving',
  severity: 'error',
  fact: 'B10, B12',
  title: 'A container that says it can moves to the port that SAGEMAKER_BIND_TO_PORT names',
  run: async (lab) => {
    await lab.serving.healthy();
    const { image, isPipeline } = lab.serving.specification;
    const { labels } = await lab.image.info(image);
    if (isPipeline !== true && labels[LABELS.acceptBindToPort] !== 'true') return [];
    const change = { port: OTHER_PORT, environment: { SAGEMAKER_BIND_TO_PORT: String(OTHER_PORT) } };
    return lab.serving.varied(
      (request) => ({ ...request, ...change, environment: { ...request.environment, ...change.environment } }),
      ({ server, fault, lines }) => {
        if (server !== undefined) return Promise.resolve([]);
        if (fault === undefined) throw new Untold('the container was not started');
        return Promise.resolve([
          {
            message: `With SAGEMAKER_BIND_TO_PORT=${OTHER_PORT} the container does not answer on that port, as its label promises: beside other containers it would not start.`,
            fix: 'Listen on the port of that variable where it is set, and on 8080 otherwise.',
            evidence: tail(lines),
          },
        ]);
      },
    );
  },
};
