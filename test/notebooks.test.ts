import { readFileSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { APPS } from './notebooks';

const DIRECTORY = path.join(__dirname, '..', 'examples', 'notebooks');
const FILES = readdirSync(DIRECTORY);
const named = (extension: string): string[] =>
  FILES.filter((file) => file.endsWith(extension)).map((file) => path.basename(file, extension));

/** A path or an address of the machine that ran a notebook, or an error message of a cell. */
const MACHINE = /\/(root|home|tmp|Users)\/|127\.0\.0\.1|localhost|"output_type": "error"/;

test('Every source of a notebook is saved with its outputs, run by a test, and listed in the documentation', () => {
  const run = APPS.flatMap(({ notebooks }) => notebooks).sort();
  const documentation = readFileSync(path.join(__dirname, '..', 'docs', 'notebooks.md'), 'utf8');
  expect(named('.py')).toEqual(run);
  expect(named('.ipynb')).toEqual(run);
  expect(run.filter((name) => !documentation.includes(`(../examples/notebooks/${name}.ipynb)`))).toEqual([]);
});

test.each(named('.ipynb'))('The notebook %s shows no error, and nothing of the machine that ran it', (name) => {
  const text = readFileSync(path.join(DIRECTORY, `${name}.ipynb`), 'utf8');
  expect(MACHINE.exec(text)).toBeNull();
});
