import * as fc from 'fast-check';
import { listingOf } from '../../../../local/services/s3/listing';

const KEYS = ['a/1', 'a/2', 'b/1', 'c'];
const ALL = { prefix: '', delimiter: '', after: '', max: 1000 };

describe('A listing of objects', () => {
  test('has all keys, or common prefixes with a delimiter', () => {
    expect(listingOf(KEYS, ALL)).toEqual({ keys: KEYS, folders: [] });
    expect(listingOf(KEYS, { ...ALL, delimiter: '/' })).toEqual({ keys: ['c'], folders: ['a/', 'b/'] });
  });

  test('continues after a common prefix without listing it again', () => {
    expect(listingOf(KEYS, { ...ALL, delimiter: '/', after: 'a/' })).toEqual({ keys: ['c'], folders: ['b/'] });
  });

  test('has every key and every common prefix exactly once over all pages', () => {
    const key = fc.stringMatching(/^[ab]{1,2}(\/[ab]{1,2}){0,2}$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(key),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom('', '/'),
        (keys, max, delimiter) => {
          const sorted = [...keys].sort();
          const pages: ReturnType<typeof listingOf>[] = [];
          for (let after: string | undefined = ''; after !== undefined; after = pages.at(-1)?.last) {
            pages.push(listingOf(sorted, { prefix: '', delimiter, after, max }));
            expect(pages.length).toBeLessThanOrEqual(sorted.length + 1);
          }
          const whole = listingOf(sorted, { ...ALL, delimiter });
          expect(pages.flatMap((page) => page.keys)).toEqual(whole.keys);
          expect(pages.flatMap((page) => page.folders)).toEqual(whole.folders);
        },
      ),
    );
  });
});
