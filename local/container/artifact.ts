import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import * as path from 'node:path';
import * as tar from 'tar';

/** Packs what is in a directory as SageMaker does: paths relative to it, in a stable order, whole or not at all. */
export async function pack(directory: string, archive: string): Promise<void> {
  mkdirSync(path.dirname(archive), { recursive: true });
  const partial = `${archive}.partial`;
  const entries = readdirSync(directory).sort();
  // An archive without entries is what an empty directory becomes; `tar` makes one only of an explicit ".".
  await tar.create(
    { gzip: true, portable: true, cwd: directory, file: partial },
    entries.length > 0 ? entries.map(literal) : ['.'],
  );
  renameSync(partial, archive);
}

/** A name that starts with "@" would be read as an archive to include. */
function literal(name: string): string {
  return name.startsWith('@') ? `./${name}` : name;
}

/**
 * Unpacks a model. Entries that would leave the directory, links and devices are refused: the service advises against
 * them, and a model may come from anywhere.
 */
export async function unpack(archive: string, directory: string): Promise<void> {
  const faults: string[] = [];
  await tar.list({
    file: archive,
    strict: true,
    onReadEntry: ({ path: name, type }) => {
      if (path.isAbsolute(name) || name.split('/').includes('..'))
        faults.push(`"${name}" leads out of the model directory`);
      else if (!['File', 'OldFile', 'Directory'].includes(type)) faults.push(`"${name}" is a ${type}`);
    },
  });
  if (faults.length > 0) {
    throw new Error(`${archive} cannot be served; a model has files and directories only:\n  ${faults.join('\n  ')}`);
  }
  await tar.extract({ file: archive, cwd: directory, strict: true });
}

/** What is in an archive, but for the directory itself. */
export async function namesIn(archive: string): Promise<string[]> {
  const names: string[] = [];
  await tar.list({ file: archive, onReadEntry: ({ path: name }) => names.push(path.posix.normalize(name)) });
  return names.filter((name) => !['.', './'].includes(name));
}

/** Whether this user may read all that is below a directory, where others may have written. */
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

/** Brings the directories of several hosts together, and names the files that more than one of them wrote. */
export async function merge(directories: string[], target: string): Promise<string[]> {
  const clashes = new Set<string>();
  mkdirSync(target, { recursive: true });
  for (const directory of directories) {
    for (const file of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      const name = path.relative(directory, path.join(file.parentPath, file.name));
      if (file.isFile() && existsSync(path.join(target, name))) clashes.add(name);
    }
    await cp(directory, target, { recursive: true });
  }
  return [...clashes];
}
