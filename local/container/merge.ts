import { type Stats, constants, lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import * as path from 'node:path';

/** The output directories of several hosts in one. */
export interface Merged {
  /** The paths of the files that more than one host wrote. */
  readonly conflicts: string[];

  /** The paths of the files that an artifact cannot contain, and why. */
  readonly excluded: { readonly path: string; readonly reason: string }[];
}

/** The message about a file that an artifact does not contain. */
export function notUploaded({ path: file, reason }: Merged['excluded'][number]): string {
  return `Not uploaded: ${file}, because ${reason}. A model artifact consists of files and directories (see B34 of the contract).`;
}

/** Merges the directories of several hosts, as SageMaker uploads them to one location: the files of the last host are kept. */
export async function merge(directories: string[], target: string): Promise<Merged> {
  const conflicts = new Set<string>();
  const excluded: Merged['excluded'] = [];
  mkdirSync(target, { recursive: true });
  const copy = async (directory: string, below: string): Promise<void> => {
    for (const entry of readdirSync(path.join(directory, below))) {
      const name = path.join(below, entry);
      const [source, copied] = [path.join(directory, name), path.join(target, name)];
      const stats = lstatSync(source, { throwIfNoEntry: false });
      const reason = exclusionReason(stats);
      if (reason !== undefined || stats === undefined) {
        excluded.push({ path: name, reason: reason ?? '' });
        continue;
      }
      const existing = lstatSync(copied, { throwIfNoEntry: false });
      if (existing !== undefined && stats.isFile()) conflicts.add(name);
      // Nothing may be written through a link of another host, which may point to a file of this machine.
      if (existing !== undefined && !(existing.isDirectory() && stats.isDirectory()))
        rmSync(copied, { recursive: true });
      if (stats.isDirectory()) {
        mkdirSync(copied, { recursive: true });
        await copy(directory, name);
      } else if (stats.isSymbolicLink()) symlinkSync(readlinkSync(source), copied);
      else await copyFile(source, copied, constants.COPYFILE_FICLONE);
    }
  };
  for (const directory of directories) await copy(directory, '');
  return { conflicts: [...conflicts], excluded };
}

/** Why an artifact cannot contain a file; undefined if it can. */
function exclusionReason(stats: Stats | undefined): string | undefined {
  // Names are read as UTF-8: one with other bytes is not found again.
  if (stats === undefined) return 'its name is not valid UTF-8';
  if (stats.isFIFO()) return 'it is a FIFO';
  if (stats.isSocket()) return 'it is a socket';
  return stats.isBlockDevice() || stats.isCharacterDevice() ? 'it is a device' : undefined;
}
