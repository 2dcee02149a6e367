import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { appendLine, readLines } from '../../../local/services/json-lines';

let file: string;

beforeEach(() => {
  file = path.join(mkdtempSync(path.join(tmpdir(), 'lines-')), 'events.jsonl');
});

describe('A file of JSON lines', () => {
  test('returns its records in order, and none if it does not exist', () => {
    expect(readLines(file)).toEqual([]);
    [1, 2].forEach((number) => appendLine(file, { number }));
    expect(readLines(file)).toEqual([{ number: 1 }, { number: 2 }]);
  });

  test('is not rewritten when a record is appended', () => {
    appendLine(file, { number: 1 });
    const before = readFileSync(file, 'utf8');
    appendLine(file, { number: 2 });
    expect(readFileSync(file, 'utf8')).toBe(`${before}\n{"number":2}`);
  });

  test('loses only the record that a crash has truncated, even if records are appended afterwards', () => {
    appendLine(file, { number: 1 });
    appendFileSync(file, '\n{"numb');
    expect(readLines(file)).toEqual([{ number: 1 }]);
    appendLine(file, { number: 3 });
    expect(readLines(file)).toEqual([{ number: 1 }, { number: 3 }]);
  });
});
