import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

const PREFIX = 'cdk-sagemaker-algorithm-tests-';

/** A file system in memory, which Linux has. */
const MEMORY = '/dev/shm';
const MIN_BYTES = 4 * 1024 ** 3;

/**
 * Gives a run of the tests a directory for its temporary files, which is deleted at the end: also the CDK leaves the output directory
 * of each app in it. The unit tests write many small files, which takes a disk as long as the rest of some tests.
 */
export default function createDirectory(): void {
  const { SUITE = 'unit', TMPDIR } = process.env;
  const inMemory = SUITE === 'unit' && TMPDIR === undefined ? createInMemory() : undefined;
  process.env.TMPDIR = inMemory ?? mkdtempSync(path.join(tmpdir(), PREFIX));
}

/** Undefined if there is too little memory, or if the file system must not contain programs, which some tests write. */
function createInMemory(): string | undefined {
  let directory: string | undefined;
  try {
    deleteInterrupted();
    const { bavail, bsize } = statfsSync(MEMORY);
    directory = mkdtempSync(path.join(MEMORY, `${PREFIX}${process.pid}-`));
    const program = path.join(directory, 'program');
    writeFileSync(program, '', { mode: 0o755 });
    accessSync(program, constants.X_OK);
    if (bavail * bsize >= MIN_BYTES) return directory;
  } catch {
    // Other systems have no such directory.
  }
  if (directory !== undefined) rmSync(directory, { recursive: true });
  return undefined;
}

/** Deletes the directories of runs that were interrupted, which would keep their memory until the next start of the machine. */
function deleteInterrupted(): void {
  for (const name of readdirSync(MEMORY)) {
    const [, pid] = new RegExp(`^${PREFIX}(\\d+)-`).exec(name) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(path.join(MEMORY, name), { recursive: true });
  }
}

export function deleteDirectory(): void {
  const { TMPDIR } = process.env;
  if (TMPDIR !== undefined) rmSync(TMPDIR, { recursive: true, force: true });
}
