import { isLoopback } from '../../../container';
import { SERVING } from '../../../contract';
import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';
import { failsOnModel, fixFor, passIfHealthy, unexplainedFailure } from './health';

export const startUp: Check = {
  id: 'start-up',
  group: 'serving',
  severity: 'error',
  fact: 'B14',
  title: 'The container becomes healthy within the start-up time limit',
  run: async (context) => {
    const failure = await unexplainedFailure(context);
    if (failure === undefined || failsOnModel(context, failure)) return passIfHealthy(context);
    const { error, listeners = [], lines } = failure;
    const evidence = lastLines(lines);
    if (error.failure === 'ended') {
      return [
        {
          message: `The container does not serve: ${error.reason}`,
          fix: fixFor(
            context,
            failure,
            'Run `byoa serve` with this image, and its model as --model, to see the whole log.',
          ),
          evidence,
        },
      ];
    }
    // The check of /ping reports a server that responds with another status or too late.
    if (error.failure !== 'silent') return passIfHealthy(context);
    if (listeners.length === 0 && error.isStandstill) {
      return [
        {
          message: `The container does not serve: ${error.reason}`,
          fix: fixFor(context, failure, 'Fix the error in the log, and exit if the server cannot start.'),
          evidence,
        },
      ];
    }
    if (listeners.length === 0) {
      const { startUpSeconds } = await context.serving.request();
      return [
        {
          message: `Nothing listens on port ${SERVING.port} within the start-up time limit (${startUpSeconds} s).`,
          fix: `Listen on 0.0.0.0:${SERVING.port} before loading the model, and respond to /ping with status 503 until it is loaded, or raise the start-up time limit of the production variant.`,
          evidence,
        },
      ];
    }
    if (!listeners.some((listener) => listener.port === SERVING.port && !isLoopback(listener))) {
      return passIfHealthy(context);
    }
    return [
      {
        message: `A program listens on port ${SERVING.port}, but does not respond to GET ${SERVING.ping} over HTTP.`,
        fix: 'Respond over plain HTTP/1.1, without TLS or gRPC.',
        evidence,
      },
    ];
  },
};
