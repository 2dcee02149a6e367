import { type Check, Untold } from '../check';
import { tail } from '../training-lab';

const KILLED = 137;

/** What a run must have left to do when it is stopped, in milliseconds: the signal needs some of it to arrive. */
const MIN_LEFT = 500;

export const trainingSigterm: Check = {
  id: 'training-sigterm',
  group: 'training',
  severity: 'error',
  fact: 'A62, A63',
  title: 'A training run that is stopped saves its model and ends by itself',
  run: async (lab) => {
    const base = await lab.training.completed();
    if (base.duration - (base.lines[0]?.at ?? base.duration) < MIN_LEFT) {
      throw new Untold('the run ends too soon after its first line to be stopped before (give it more data)');
    }
    const stop = new AbortController();
    const run = await lab.training.varied(
      'stopped',
      (request) => request,
      () => ({ stop: stop.signal, onLog: () => stop.abort() }),
    );
    if (run.result?.status !== 'Stopped') throw new Untold('the run ended before it could be stopped');
    const codes = Object.values(run.result.exitCodes);
    const evidence = tail(run.lines);
    const hasGoneOn = run.lines.length >= base.lines.length;
    if (codes.includes(KILLED) || hasGoneOn) {
      const what = hasGoneOn ? 'went on to its end' : 'was killed when its 120 seconds were over';
      return [
        {
          message: `SIGTERM has no effect: the run ${what}. One that takes longer is killed, and its model is lost.`,
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
    if (!(await lab.training.hasModel(base)) || (await lab.training.hasModel(run))) return [];
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
