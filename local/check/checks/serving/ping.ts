import { isErrorLine } from '../../../container';
import { SECONDS, SERVING } from '../../../contract';
import { type HttpResponse, NoResponse } from '../../../http';
import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';
import { type Unhealthy, failsOnModel, fixFor, passIfHealthy, unexplainedFailure } from './health';
import { redirectFix } from './redirect';

const REPETITIONS = 3;
const FIX =
  'Respond to /ping from memory, without loading or invoking the model, in a thread that invocations do not block.';
const STATUS_FIX = 'Respond to GET /ping with status 200 once the model is loaded.';

export const ping: Check = {
  id: 'ping',
  group: 'serving',
  severity: 'error',
  fact: 'B13',
  title: `GET /ping responds with status 200 within ${SECONDS.pingTimeout} seconds, each time`,
  run: async (context) => {
    const failure = await unexplainedFailure(context);
    if (failure !== undefined) {
      const { failure: cause, reason } = failure.error;
      // Other checks report a server that does not respond at all, or not without its model.
      if (!['status', 'redirect', 'late'].includes(cause) || failsOnModel(context, failure))
        return passIfHealthy(context);
      return [
        {
          message: `The container did not become healthy: ${reason}`,
          fix:
            cause === 'redirect'
              ? await redirectFix(context, SERVING.ping, locationIn(reason))
              : fixFor(context, failure, cause === 'status' ? statusFix(failure) : FIX),
          evidence: lastLines(failure.lines),
        },
      ];
    }
    const { serving } = context;
    const failed = await serving.exclusively(async (url) => {
      const responses: (HttpResponse | NoResponse)[] = [];
      for (let count = 0; count < REPETITIONS; count++) {
        responses.push(await serving.patientResponse(() => serving.ping(url)));
      }
      return responses.find((response) => response instanceof NoResponse || response.status !== 200);
    });
    if (failed === undefined) return [];
    const actual = failed instanceof NoResponse ? failed.message : `status ${failed.status}`;
    return [{ message: `GET /ping succeeded at first, but failed later: ${actual}.`, fix: FIX }];
  },
};

const statusFix = ({ lines }: Unhealthy): string =>
  lines.some(({ text }) => isErrorLine(text)) ? `Fix the error in the log. ${STATUS_FIX}` : STATUS_FIX;

const locationIn = (reason: string): string | undefined => /redirects to (\S+)/.exec(reason)?.[1];
