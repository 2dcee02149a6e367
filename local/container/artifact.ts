import { accessSync, constants, mkdirSync, openSync, readSync, closeSync, readdirSync, renameSync } from 'node:fs';
import * as path from 'node:path';
import * as tar from 'tar';

/** A model artifact that cannot be extracted. The message names the archive, the reason and the fix. */
export class ArtifactError extends Error {
  public override readonly name = 'ArtifactError';

  constructor(
    archive: string,
    reason: string,
    public readonly fix: string,

    /** The entries that are the reason. */
    public readonly entries: string[] = [],
  ) {
    const problem = `The model artifact ${archive} cannot be extracted: ${reason}.`;
    super([`${problem} ${fix}`, ...entries].join('\n  '));
    this.problem = problem;
  }

  /** The message without the fix and the entries. */
  public readonly problem: string;
}

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

/** Extracts a model artifact. @throws ArtifactError */
export async function unpack(archive: string, directory: string): Promise<void> {
  await validateArtifact(archive);
  await tar.extract({ file: archive, cwd: directory, strict: true });
}

/**
 * Validates a model artifact: a gzipped tar archive. Paths outside of the directory, links and devices are errors: the service advises
 * against them, and a model may come from an untrusted source.
 *
 * @throws ArtifactError
 */
export async function validateArtifact(archive: string): Promise<void> {
  const format = formatOf(archive);
  if (format !== 'gzip') {
    throw new ArtifactError(archive, `it is ${format}, but must be a gzipped tar archive`, CREATE);
  }
  const errors: string[] = [];
  let count = 0;
  const onReadEntry = ({ path: name, type, linkpath }: tar.ReadEntry): void => {
    count++;
    if (path.isAbsolute(name) || name.split('/').includes('..'))
      errors.push(`"${name}" is outside of the model directory`);
    else if (!['File', 'OldFile', 'ContiguousFile', 'Directory'].includes(type))
      errors.push(`"${name}" is a ${KINDS[type] ?? type}${linkpath ? ` to "${linkpath}"` : ''}`);
  };
  await tar.list({ file: archive, strict: true, onReadEntry }).catch(({ message }: Error) => {
    throw new ArtifactError(
      archive,
      count === 0 && message.startsWith('TAR_')
        ? 'it is gzipped, but contains no tar archive'
        : `it is truncated or damaged (${message})`,
      count === 0 && message.startsWith('TAR_') ? CREATE : 'Create or download it again.',
    );
  });
  if (errors.length > 0) {
    throw new ArtifactError(
      archive,
      'a model may contain files and directories only',
      'Save copies of the files that links point to.',
      errors,
    );
  }
}

const CREATE = 'Create it with: tar -czf model.tar.gz -C DIRECTORY .';

const KINDS: Record<string, string> = {
  SymbolicLink: 'symbolic link',
  Link: 'hard link',
  FIFO: 'FIFO',
  CharacterDevice: 'device',
  BlockDevice: 'device',
};

/** The first bytes of the formats that are taken for a model artifact. */
const FORMATS: [string, RegExp][] = [
  ['gzip', /^\x1f\x8b/],
  ['a ZIP archive', /^PK/],
  ['compressed with bzip2', /^BZh/],
  ['compressed with xz', /^\xfd7zXZ/],
  ['compressed with Zstandard', /^\x28\xb5\x2f\xfd/],
  ['a tar archive that is not gzipped', /^[^]{257}ustar/],
  ['empty', /^$/],
];
const MAGIC_BYTES = 512;

function formatOf(archive: string): string {
  const bytes = Buffer.alloc(MAGIC_BYTES);
  const file = openSync(archive, 'r');
  const length = readSync(file, bytes);
  closeSync(file);
  const start = bytes.subarray(0, length).toString('latin1');
  return FORMATS.find(([, pattern]) => pattern.test(start))?.[0] ?? 'of an unknown format';
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
