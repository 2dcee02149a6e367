import { type Check, Untold } from '../check';
import { tail } from '../training-lab';
import { isEmpty } from './spoiled';

const KILLED = 137;

export const trainingSigterm: Check = {
  id: 'training-sigterm',
  group: 'training',
  severity: 'error',
  fact: 'A62, A63',
  title: 'A training run that is stopped saves its model and ends by itself',
  run: async (lab) => {
    await lab.training.completed();
    const stop = new AbortController();
    const run = await lab.training.varied(
      'stopped',
      (request) => request,
      () => ({ stop: stop.signal, onLog: () => stop.abort() }),
    );
    if (run.result?.status !== 'Stopped') throw new Untold('the run ended before it could be stopped');
    const codes = Object.values(run.result.exitCodes);
    const evidence = tail(run.lines);
    if (codes.includes(KILLED)) {
      return [
        {
          message: 'SIGTERM has no effect: the run was killed at the end of its 120 seconds, and its model is lost.',
          fix:
            'Handle SIGTERM: save the model and end with code 0. The first process of a container ignores it otherwise; in ' +
            'shell scripts, `exec` the program.',
          evidence,
        },
      ];
    }
    if (codes.some((code) => code !== 0)) {
      return [
        {
          message: `The stopped run ended with code ${codes.find((code) => code !== 0)}: it did not finish its work.`,
          fix: 'Handle SIGTERM: save the model and end with code 0.',
          evidence,
        },
      ];
    }
    if (!isEmpty(await lab.training.modelOf(run))) return [];
    return [
      {
        message:
          'The stopped run ended and saved no model. What is in /opt/ml/model after SIGTERM would have been kept.',
        fix: 'Save the model so far when SIGTERM comes.',
        evidence,
      },
    ];
  },
};
