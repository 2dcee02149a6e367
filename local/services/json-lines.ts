import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/**
 * Appends a record to a file of JSON lines. The line break comes first, so that a line that was cut off by a crash does not
 * spoil the one after it.
 */
export function appendLine(file: string, record: object): void {
  appendFileSync(file, `\n${JSON.stringify(record)}`);
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
