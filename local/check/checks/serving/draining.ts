import { KILLED_EXIT_CODE, SECONDS } from '../../../contract';
import type { Check } from '../check';
import { describeResponse, skipWithoutSample } from './response';
import { type Shutdown, observeShutdown } from './shutdown';

export const draining: Check = {
  id: 'draining',
  group: 'serving',
  severity: 'warning',
  fact: 'B3',
  title: 'A request in flight is completed when the server is stopped',
  skipReason: skipWithoutSample,
  run: async (context) => {
    const reference = await context.serving.reference();
    const isDrained = ({ inFlight, exitCode }: Shutdown): boolean =>
      // The check of SIGTERM reports a server that is killed.
      exitCode === KILLED_EXIT_CODE || inFlight === undefined || reference.isLike(inFlight);
    if (isDrained(await observeShutdown(context))) return [];
    const { inFlight, exitCode, evidence } = await observeShutdown(context, true);
    if (inFlight === undefined || isDrained({ inFlight, exitCode, evidence })) return [];
    return [
      {
        message: `A request in flight failed when the server received SIGTERM (${describeResponse(inFlight)}). Each update and scale-in would fail some requests.`,
        fix: `On SIGTERM, stop accepting connections, complete the requests in flight, and exit within ${SECONDS.servingStopGrace} seconds.`,
        evidence,
      },
    ];
  },
};
