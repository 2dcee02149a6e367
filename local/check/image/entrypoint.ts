import type { Check } from '../check';

const SHELLS = ['/bin/sh', '/bin/bash', 'sh', 'bash'];

export const entrypoint: Check = {
  id: 'entrypoint',
  group: 'image',
  severity: 'error',
  fact: 'A3',
  title: 'The ENTRYPOINT is in exec form: the program gets its argument, and signals',
  run: async (lab) =>
    (await lab.image.all())
      .filter(({ info }) => SHELLS.includes(info.entrypoint[0]) && info.entrypoint[1] === '-c')
      .map(({ image, info }) => ({
        message:
          `The ENTRYPOINT of ${image} is in shell form. The shell drops the argument "train" or "serve", and keeps ` +
          'SIGTERM from the program, which is killed without a chance to save its model.',
        fix: 'Write it as a list: ENTRYPOINT ["python3", "/opt/program/entry.py"].',
        evidence: [`ENTRYPOINT ${JSON.stringify(info.entrypoint)}`],
      })),
};
