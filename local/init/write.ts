import { chmod, lstat, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import type { Files } from './files';

/** Writes a new directory, completely or not at all: a signal or an error removes what was written. */
export async function writeDirectory(directory: string, files: Files, signal: AbortSignal): Promise<void> {
  const staging = await mkdtemp(path.join(path.dirname(directory), `.${path.basename(directory)}-`));
  try {
    await writeFiles(staging, files, signal);
    // mkdtemp permits access by the user only.
    await chmod(staging, 0o777 & ~process.umask());
    await rename(staging, directory);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
}

/** The changes of a directory. */
export interface Addition {
  readonly added: string[];

  /** Files that exist with other content. */
  readonly replaced: string[];

  /** Directories that have the name of a file, and files that have the name of a directory. They are never replaced. */
  readonly obstacles: string[];
}

/** Compares files with those of a directory. */
export async function additionOf(directory: string, files: Files): Promise<Addition> {
  const [added, replaced]: string[][] = [[], []];
  const obstacles = new Set<string>();
  for (const [file, content] of files) {
    const obstacle = await obstacleOf(directory, file);
    if (obstacle !== undefined) obstacles.add(obstacle);
    else if (!(await exists(path.join(directory, file)))) added.push(file);
    else if (!(await hasContent(path.join(directory, file), content))) replaced.push(file);
  }
  return { added: added.sort(), replaced: replaced.sort(), obstacles: [...obstacles].sort() };
}

/** The path that must be a directory and is none, or the reverse. */
async function obstacleOf(directory: string, file: string): Promise<string | undefined> {
  const names = file.split('/');
  for (let depth = 1; depth <= names.length; depth++) {
    const name = names.slice(0, depth).join('/');
    const target = path.join(directory, name);
    const isDirectory = await stat(target).then(
      (found) => found.isDirectory(),
      () => undefined,
    );
    if (depth === names.length ? isDirectory === true : isDirectory !== true && (await exists(target))) return name;
  }
  return undefined;
}

/** A link exists, also if its target is missing: writing the file would replace it. */
const exists = (file: string): Promise<boolean> =>
  lstat(file).then(
    () => true,
    () => false,
  );

const hasContent = (file: string, content: Buffer): Promise<boolean> =>
  readFile(file).then(
    (before) => before.equals(content),
    () => false,
  );

/** Adds files to a directory, all or none: a signal or an error restores the previous files. */
export async function addFiles(directory: string, files: Files, signal: AbortSignal): Promise<void> {
  const staging = await mkdtemp(path.join(directory, '.byoa-init-'));
  const undo: (() => Promise<unknown>)[] = [];
  try {
    await writeFiles(path.join(staging, 'new'), files, signal);
    for (const file of files.keys()) {
      signal.throwIfAborted();
      await place(file, { directory, staging, undo });
    }
  } catch (error) {
    // If a step fails, the replaced files remain in the folder that its error names.
    for (const step of undo.reverse()) await step();
    await rm(staging, { recursive: true, force: true });
    throw error;
  }
  await rm(staging, { recursive: true, force: true });
}

interface Placement {
  readonly directory: string;
  readonly staging: string;

  /** Receives what restores the previous state. */
  readonly undo: (() => Promise<unknown>)[];
}

/** Moves a written file to where it belongs, and keeps the one that it replaces until all exist. */
async function place(file: string, { directory, staging, undo }: Placement): Promise<void> {
  const target = path.join(directory, file);
  const created = await mkdir(path.dirname(target), { recursive: true });
  if (created !== undefined) undo.push(() => rm(created, { recursive: true, force: true }));
  // Moving a file to the path of a directory fails: a directory of the user is never replaced.
  if ((await lstat(target).catch(() => undefined))?.isDirectory() === false) {
    const backup = path.join(staging, 'old', file);
    await mkdir(path.dirname(backup), { recursive: true });
    await rename(target, backup);
    undo.push(() => rename(backup, target));
  }
  await rename(path.join(staging, 'new', file), target);
  undo.push(() => rm(target, { force: true }));
}

async function writeFiles(directory: string, files: Files, signal: AbortSignal): Promise<void> {
  for (const [file, content] of files) {
    signal.throwIfAborted();
    const target = path.join(directory, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, content);
    // npm and git may change modes. A program starts with its interpreter.
    if (content.subarray(0, 2).toString() === '#!') await chmod(target, 0o777 & ~process.umask());
  }
}
