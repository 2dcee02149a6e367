import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/**
 * Appends a record to a file of JSON lines. The line break comes first, so that a line that was cut off by a crash does not
 * spoil the one after it.
 */
export function appendLine(file: string, record: object): void {
  appendLines(file, [record]);
}

export function appendLines(file: string, records: readonly object[]): void {
  if (records.length > 0) appendFileSync(file, textOf(records));
}

/** Writes all records under a temporary name and then renames the file: a crash leaves either the old file or the new one. */
export function writeLines(file: string, records: readonly object[]): void {
  writeFileSync(`${file}.new`, textOf(records));
  renameSync(`${file}.new`, file);
}

function textOf(records: readonly object[]): string {
  return records.map((record) => `\n${JSON.stringify(record)}`).join('');
}

/** The records of a file of JSON lines, without a line that was cut off by a crash; none if the file does not exist. */
export function readLines<T>(file: string): T[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap(parsed<T>);
}

function parsed<T>(line: string): T[] {
  if (line === '') return [];
  try {
    return [JSON.parse(line) as T];
  } catch {
    return [];
  }
}
