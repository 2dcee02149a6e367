import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Store } from '../../../local/services/store';

interface Thing {
  readonly size: number;
  readonly colour?: string;
}

let directory: string;
let store: Store<Thing>;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'store-'));
  store = new Store(directory);
});

describe('A store', () => {
  test('returns its records again when it is opened again', () => {
    store.put('a', { size: 1 });
    store.put('b', { size: 2 });
    store.update('b', { colour: 'red' });
    store.delete('a');
    expect(new Store<Thing>(directory).list()).toEqual([{ size: 2, colour: 'red' }]);
  });

  test('removes a record that was not written completely', () => {
    store.put('a', { size: 1 });
    writeFileSync(path.join(directory, `${readdirSync(directory)[0]}.new`), '{"name":"a","rec');
    expect(new Store<Thing>(directory).get('a')).toEqual({ size: 1 });
    expect(readdirSync(directory)).toHaveLength(1);
  });

  test.each(['', '{"name":"a","rec'])('sets a file aside that contains only "%s", and names it', (content) => {
    store.put('a', { size: 1 });
    store.put('b', { size: 2 });
    const file = path.join(directory, readdirSync(directory)[0]);
    writeFileSync(file, content);
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(new Store<Thing>(directory).list()).toHaveLength(1);
    expect(write.mock.calls.flat().join('')).toContain(`${file} is not complete`);
    write.mockRestore();
    expect(readFileSync(`${file}.damaged`, 'utf8')).toBe(content);
    expect(new Store<Thing>(directory).list()).toHaveLength(1);
  });

  test('does not update a record that does not exist', () => {
    expect(() => store.update('a', { size: 1 })).toThrow('The record "a" does not exist.');
  });

  test('keeps a record within its directory, whatever its name is', () => {
    store.put('../../escaped/a', { size: 1 });
    expect(readdirSync(directory)).toHaveLength(1);
    expect(new Store<Thing>(directory).get('../../escaped/a')).toEqual({ size: 1 });
  });

  test('keeps records whose names are longer than those of files', () => {
    const [long, longer] = ['a'.repeat(1000), 'a'.repeat(1001)];
    store.put(long, { size: 1 });
    store.put(longer, { size: 2 });
    store.delete(long);
    expect(new Store<Thing>(directory).list()).toEqual([{ size: 2 }]);
  });
});
