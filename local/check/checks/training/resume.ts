import { linkSync, lstatSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { PATHS } from '../../../contract';
import { Inconclusive } from '../../core/inconclusive';
import { lastLines } from '../../probe/evidence';
import type { Check } from '../check';

export const resume: Check = {
  id: 'resume',
  group: 'training',
  severity: 'error',
  fact: 'A59, A65',
  title: 'A restarted training run resumes from its checkpoints',
  skipReason: ({ specification: { training } }) =>
    training?.hasCheckpoints === true ? undefined : 'the training job has no checkpoints (--checkpointing)',
  run: async ({ training }) => {
    const { checkpoints = '', lines } = await training.completed();
    const files = filesIn(checkpoints);
    if (files.length === 0) {
      return [
        {
          message: `The training run wrote no checkpoint to ${PATHS.checkpoints}. After an interruption it starts from the beginning.`,
          fix: `Save a checkpoint to ${PATHS.checkpoints} after each epoch, each with its own file name, and load the latest one at start.`,
          evidence: lastLines(lines),
        },
      ];
    }
    if (!recordsAccess(training.checkpoints())) throw new Inconclusive('this file system does not record access times');
    const watched = watch(files, training.checkpoints());
    const restarted = await training.vary('restarted', (request) => ({ ...request, checkpoints }));
    if (restarted.result?.status !== 'Completed') {
      return [
        {
          message: `The training run failed when it was restarted with its checkpoints: ${restarted.result?.failureReason ?? restarted.error?.message}`,
          fix: `Handle the files of an earlier run in ${PATHS.checkpoints}, also those of a run that was complete.`,
          evidence: lastLines(restarted.lines),
        },
      ];
    }
    if (watched.some(wasRead)) return [];
    return [
      {
        message: `The restarted training run did not read any of its checkpoints (${files.map((file) => path.basename(file)).join(', ')}).`,
        fix: `Look for checkpoints in ${PATHS.checkpoints} at start, and resume from the latest one.`,
        evidence: lastLines(restarted.lines),
      },
    ];
  },
};

const LONG_AGO = new Date(0);

/** All files below a directory. Links are not followed: their targets are paths of the container. */
function filesIn(directory: string): string[] {
  return (readdirSync(directory, { recursive: true }) as string[])
    .map((name) => path.join(directory, name))
    .filter((file) => lstatSync(file).isFile());
}

const wasRead = (file: string): boolean => lstatSync(file).atimeMs > LONG_AGO.getTime();

/** Creates hard links with an old access time, which remain when the program replaces or removes its files. */
function watch(files: string[], directory: string): string[] {
  return files.map((file, index) => {
    const link = path.join(directory, String(index));
    try {
      linkSync(file, link);
      utimesSync(link, LONG_AGO, new Date());
    } catch (error) {
      throw new Inconclusive(`the access times of the checkpoints cannot be read: ${(error as Error).message}`);
    }
    return link;
  });
}

/** Whether the file system of a directory records when files are read. */
function recordsAccess(directory: string): boolean {
  const file = path.join(directory, '.probe');
  writeFileSync(file, 'probe');
  utimesSync(file, LONG_AGO, new Date());
  readFileSync(file);
  return wasRead(file);
}
