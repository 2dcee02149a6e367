import { mkdtempSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { type Files, addFiles, additionOf, writeDirectory } from '../../../local/init';
import { write } from './projects';

const newDirectory = (): string => mkdtempSync(path.join(tmpdir(), 'write-'));
const never = new AbortController().signal;
const FILES: Files = new Map([
  ['README.md', Buffer.from('new')],
  ['app/train', Buffer.from('#!/bin/sh\n')],
  ['app/stack.ts', Buffer.from('new')],
]);

/** Files and a signal that is aborted when the last file but one is written. */
function interrupted(): { files: Files; signal: AbortSignal } {
  const controller = new AbortController();
  class Interrupting extends Map<string, Buffer> {
    public override *[Symbol.iterator](): MapIterator<[string, Buffer]> {
      for (const [index, entry] of [...super[Symbol.iterator]()].entries()) {
        if (index === this.size - 1) controller.abort();
        yield entry;
      }
    }
  }
  return { files: new Interrupting(FILES), signal: controller.signal };
}

/** All files of a directory with their content. */
function contentOf(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => statSync(path.join(directory, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(path.join(directory, name), 'utf8')]));
}

describe('A new directory', () => {
  test('has all files, and its programs are executable', async () => {
    const parent = newDirectory();
    await writeDirectory(path.join(parent, 'churn'), FILES, never);
    expect(readdirSync(parent)).toEqual(['churn']);
    expect(Object.keys(contentOf(path.join(parent, 'churn'))).sort()).toEqual([
      'README.md',
      'app/stack.ts',
      'app/train',
    ]);
    const mode = (file: string): string => (statSync(path.join(parent, 'churn', file)).mode & 0o111).toString(8);
    expect([mode('app/train'), mode('README.md')]).toEqual([(0o111 & ~process.umask()).toString(8), '0']);
    expect(statSync(path.join(parent, 'churn')).mode & 0o777).toBe(0o777 & ~process.umask());
  });

  test('does not exist after an interruption', async () => {
    const parent = newDirectory();
    const { files, signal } = interrupted();
    await expect(writeDirectory(path.join(parent, 'churn'), files, signal)).rejects.toThrow('aborted');
    expect(readdirSync(parent)).toEqual([]);
  });

  test('does not replace one that has got files in the meantime', async () => {
    const parent = newDirectory();
    write(path.join(parent, 'churn'), { 'mine.txt': 'mine' });
    await expect(writeDirectory(path.join(parent, 'churn'), FILES, never)).rejects.toThrow('ENOTEMPTY');
    expect(contentOf(parent)).toEqual({ 'churn/mine.txt': 'mine' });
  });
});

describe('Files that are added to a directory', () => {
  test('are compared with those that exist', async () => {
    const directory = write(newDirectory(), { 'README.md': 'mine', 'app/stack.ts': 'new' });
    expect(await additionOf(directory, FILES)).toEqual({
      added: ['app/train'],
      replaced: ['README.md'],
      obstacles: [],
    });
  });

  test('replace a link, also if its target is missing, which the comparison shows', async () => {
    const directory = newDirectory();
    symlinkSync('missing', path.join(directory, 'README.md'));
    expect((await additionOf(directory, FILES)).replaced).toEqual(['README.md']);
  });

  test('cannot replace a directory with the name of a file, or a file with the name of a directory', async () => {
    const inTheWay = write(newDirectory(), { 'README.md/data.csv': 'mine', app: 'mine' });
    expect(await additionOf(inTheWay, FILES)).toEqual({ added: [], replaced: [], obstacles: ['README.md', 'app'] });
    const directory = write(newDirectory(), { 'app/train/rows.csv': 'mine' });
    await expect(addFiles(directory, FILES, never)).rejects.toThrow('EISDIR');
    expect(contentOf(directory)).toEqual({ 'app/train/rows.csv': 'mine' });
  });

  test('replace those that exist, and leave the others', async () => {
    const directory = write(newDirectory(), { 'README.md': 'mine', 'model.py': 'mine' });
    await addFiles(directory, FILES, never);
    expect(contentOf(directory)).toEqual({
      'README.md': 'new',
      'app/stack.ts': 'new',
      'app/train': '#!/bin/sh\n',
      'model.py': 'mine',
    });
  });

  test('do not exist after an interruption, which changes nothing', async () => {
    const directory = write(newDirectory(), { 'README.md': 'mine' });
    const { files, signal } = interrupted();
    await expect(addFiles(directory, files, signal)).rejects.toThrow('aborted');
    expect(contentOf(directory)).toEqual({ 'README.md': 'mine' });
  });

  test('do not exist if one of them cannot be placed, and replaced files are restored', async () => {
    // The folder of the second file is a file of the user.
    const directory = write(newDirectory(), { 'README.md': 'mine', app: 'mine' });
    await expect(addFiles(directory, FILES, never)).rejects.toThrow('EEXIST');
    expect(contentOf(directory)).toEqual({ 'README.md': 'mine', app: 'mine' });
  });
});
