import * as path from 'node:path';
import type { Check } from '../check';

const INITS = ['tini', 'docker-init', 'dumb-init'];

export const initProcess: Check = {
  id: 'init-process',
  group: 'image',
  severity: 'warning',
  fact: 'A4',
  title: 'The ENTRYPOINT is the program, not an init process',
  run: async (context) =>
    // A processing job passes no argument that an init process could interpret.
    (await context.image.all(['training', 'serving']))
      .filter(({ info }) => INITS.includes(path.posix.basename(info.entrypoint[0] ?? '')))
      .map(({ name, info }) => ({
        message: `The ENTRYPOINT of ${name} is ${info.entrypoint[0]}, an init process, which SageMaker does not support: it may interpret "train" and "serve" as its own options.`,
        fix: 'Use the program as ENTRYPOINT and handle SIGTERM in it.',
        evidence: [`ENTRYPOINT ${JSON.stringify(info.entrypoint)}`],
      })),
};
