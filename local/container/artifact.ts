import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import * as path from 'node:path';
import * as tar from 'tar';

/** Packs the content of a directory as SageMaker does: relative paths in a stable order. The archive is never partial. */
export async function pack(directory: string, archive: string): Promise<void> {
  mkdirSync(path.dirname(archive), { recursive: true });
  const partial = `${archive}.partial`;
  const entries = readdirSync(directory).sort();
  // An empty directory becomes an archive without files, which `tar` creates from an explicit "." only.
  await tar.create(
    { gzip: true, portable: true, cwd: directory, file: partial },
    entries.length > 0 ? entries.map(literal) : ['.'],
  );
  renameSync(partial, archive);
}

/** `tar` reads a name that starts with "@" as an archive to include. */
function literal(name: string): string {
  return name.startsWith('@') ? `./${name}` : name;
}

/**
 * Unpacks a model. Paths outside of the directory, links and devices are errors: the service advises against them, and a
 * model may come from an untrusted source.
 */
export async function unpack(archive: string, directory: string): Promise<void> {
  const errors: string[] = [];
  await tar.list({
    file: archive,
    strict: true,
    onReadEntry: ({ path: name, type }) => {
      if (path.isAbsolute(name) || name.split('/').includes('..'))
        errors.push(`"${name}" is outside of the model directory`);
      else if (!['File', 'OldFile', 'Directory'].includes(type)) errors.push(`"${name}" is a ${type}`);
    },
  });
  if (errors.length > 0) {
    throw new Error(
      `${archive} cannot be served. A model may contain files and directories only:\n  ${errors.join('\n  ')}`,
    );
  }
  await tar.extract({ file: archive, cwd: directory, strict: true });
}

/** The names of the entries of an archive, without the directory itself. */
export async function entryNames(archive: string): Promise<string[]> {
  const names: string[] = [];
  await tar.list({ file: archive, onReadEntry: ({ path: name }) => names.push(path.posix.normalize(name)) });
  return names.filter((name) => !['.', './'].includes(name));
}

/** Whether this user may read all files below a directory. */
export function isReadable(directory: string): boolean {
  try {
    return readdirSync(directory, { withFileTypes: true }).every((entry) => {
      const file = path.join(directory, entry.name);
      if (entry.isDirectory()) return isReadable(file);
      if (entry.isFile()) accessSync(file, constants.R_OK);
      return true;
    });
  } catch {
    return false;
  }
}

/** Merges the directories of several hosts, and returns the files that more than one of them wrote. */
export async function merge(directories: string[], target: string): Promise<string[]> {
  const conflicts = new Set<string>();
  mkdirSync(target, { recursive: true });
  for (const directory of directories) {
    for (const file of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      const name = path.relative(directory, path.join(file.parentPath, file.name));
      if (file.isFile() && existsSync(path.join(target, name))) conflicts.add(name);
    }
    await cp(directory, target, { recursive: true });
  }
  return [...conflicts];
}
