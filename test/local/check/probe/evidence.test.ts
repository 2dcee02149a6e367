import { lastLines } from '../../../../local/check/probe/evidence';

const lines = (...texts: string[]): { text: string }[] => texts.map((text) => ({ text }));
const frames = Array.from({ length: 9 }, (_, index) => `    at load (node:internal/loader:${index})`);

describe('The evidence in a log', () => {
  test.each([
    "SyntaxError: Unexpected token '='",
    'Exception in thread "main" java.lang.IllegalStateException: no model',
    'panic: runtime error: index out of range',
    "thread 'main' panicked at src/main.rs:3:5:",
  ])('begins with the error if more places in the code follow it than lines are shown: %s', (error) => {
    expect(lastLines(lines('start', error, ...frames))).toEqual([error, ...frames.slice(-7)]);
  });

  test.each([
    ['without an error', ['epoch=1', ...frames]],
    ['in which other lines follow an error', ['ValueError: retrying', ...frames.slice(0, 2), 'epoch=1', ...frames]],
    ['that ends with an error', ['OldError: recovered', ...frames, 'ValueError: no rows']],
  ])('is its end in a log %s', (_, texts) => {
    expect(lastLines(lines(...texts))).toEqual(texts.slice(-8));
  });
});
