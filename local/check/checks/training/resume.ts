import { linkSync, lstatSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { PATHS } from '../../../contract';
import { type Check, Untold } from '../../core/check';
import { tail } from '../../probe/training-probe';

const LONG_AGO = new Date(0);

/** Files below a directory; links are not followed, which lead to places of the container. */
function filesIn(directory: string): string[] {
  return (readdirSync(directory, { recursive: true }) as string[])
    .map((name) => path.join(directory, name))
    .filter((file) => lstatSync(file).isFile());
}

const wasRead = (file: string): boolean => lstatSync(file).atimeMs > LONG_AGO.getTime();

/** Other names of the same files, which are there also when a program has replaced or removed them. */
function heldIn(directory: string, files: string[]): string[] {
  return files.map((file, index) => {
    const held = path.join(directory, String(index));
    try {
      linkSync(file, held);
      utimesSync(held, LONG_AGO, new Date());
    } catch (error) {
      throw new Untold(`what the container has written cannot be watched: ${(error as Error).message}`);
    }
    return held;
  });
}

/** Whether this machine writes down when files are read. */
function canTell(directory: string): boolean {
  const file = path.join(directory, '.probe');
  writeFileSync(file, 'probe');
  utimesSync(file, LONG_AGO, new Date());
  readFileSync(file);
  return wasRead(file);
}

export const resume: Check = {
  id: 'resume',
  group: 'training',
  severity: 'error',
  fact: 'A59, A65',
  title: 'A run that is started again goes on with its checkpoints',
  unless: (lab) =>
    lab.specification.training?.hasCheckpoints === true ? undefined : 'the job has no checkpoints (--checkpoints)',
  run: async (lab) => {
    const { checkpoints = '', lines } = await lab.training.completed();
    const files = filesIn(checkpoints);
    if (files.length === 0) {
      return [
        {
          message: `The run wrote nothing to ${PATHS.checkpoints}: after an interruption, everything is computed again.`,
          fix: `Save the state there after each epoch, under a name of its own, and look for the last one at start.`,
          evidence: tail(lines),
        },
      ];
    }
    if (!canTell(lab.training.checkpoints())) throw new Untold('this file system does not tell when files are read');
    const held = heldIn(lab.training.checkpoints(), files);
    const again = await lab.training.varied('resumed', (request) => ({ ...request, checkpoints }));
    if (again.result?.status !== 'Completed') {
      return [
        {
          message: `The run that was started again with its checkpoints failed: ${again.result?.failureReason ?? again.fault?.message}`,
          fix: `Read what an earlier run has written to ${PATHS.checkpoints}, also when that run was complete.`,
          evidence: tail(again.lines),
        },
      ];
    }
    if (held.some(wasRead)) return [];
    return [
      {
        message: `The run that was started again did not read any of its checkpoints (${files.map((file) => path.basename(file)).join(', ')}).`,
        fix: `Look into ${PATHS.checkpoints} at start, and go on with the last state there.`,
        evidence: tail(again.lines),
      },
    ];
  },
};
