import type { Check } from '../../core/check';
import { farewell, isAnswered } from './websocket-close';
import { hasSample, said } from './invocations';

const KILLED = 137;

export const draining: Check = {
  id: 'draining',
  group: 'serving',
  severity: 'warning',
  fact: 'B3',
  title: 'A request that is under way when the server is stopped is answered',
  unless: hasSample,
  run: async (lab) => {
    const { underWay, exitCode, evidence } = await farewell(lab);
    // One that is killed is another check's.
    if (exitCode === KILLED || underWay === undefined || isAnswered(underWay)) return [];
    return [
      {
        message: `A request that was under way when SIGTERM came was not answered (${said(underWay)}): each update and scale-in loses some.`,
        fix: 'Stop listening on SIGTERM, finish the requests that have begun, and end then: there are 30 seconds for that.',
        evidence,
      },
    ];
  },
};
