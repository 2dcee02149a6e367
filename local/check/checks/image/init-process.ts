import * as path from 'node:path';
import type { Check } from '../../core/check';

const INITS = ['tini', 'docker-init', 'dumb-init'];

export const initProcess: Check = {
  id: 'init-process',
  group: 'image',
  severity: 'warning',
  fact: 'A4',
  title: 'The ENTRYPOINT is the program, not an init process',
  run: async (lab) =>
    (await lab.image.all())
      .filter(({ info }) => INITS.includes(path.posix.basename(info.entrypoint[0] ?? '')))
      .map(({ image, info }) => ({
        message: `The ENTRYPOINT of ${image} is ${info.entrypoint[0]}, which SageMaker does not support: it takes "train" and "serve" for options of its own.`,
        fix: 'Make the program itself the ENTRYPOINT, and let it handle SIGTERM.',
        evidence: [`ENTRYPOINT ${JSON.stringify(info.entrypoint)}`],
      })),
};
