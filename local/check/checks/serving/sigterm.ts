import type { Check } from '../../core/check';
import { farewell } from './websocket-close';

const KILLED = 137;

export const servingSigterm: Check = {
  id: 'serving-sigterm',
  group: 'serving',
  severity: 'warning',
  fact: 'B3',
  title: 'A server that is stopped ends by itself',
  run: async (lab) => {
    const { exitCode, evidence } = await farewell(lab);
    if (exitCode !== KILLED) return [];
    return [
      {
        message:
          'SIGTERM has no effect on the server: it is killed 30 seconds later, with whatever it is answering then.',
        fix: 'Handle SIGTERM: take no more connections, answer what is under way, and end. In shell scripts, `exec` the server.',
        evidence,
      },
    ];
  },
};
