import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Writes a file of JSON under a temporary name and then renames it: a crash leaves either the old file or the new one. */
export function writeJson(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(value));
  renameSync(`${file}.new`, file);
}

/**
 * Reads a file of JSON; undefined if it does not exist. A file that the machine did not write completely before it crashed is set aside,
 * so that it does not prevent every later start.
 */
export function readJson<T>(file: string): T | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const aside = `${file}.damaged`;
    renameSync(file, aside);
    process.stderr.write(`${file} is not complete, and is ignored from now on. Its content is kept in ${aside}.\n`);
    return undefined;
  }
}
