import { WaitNotes } from '../../../local/cli/wait-notes';

describe('The lines of a wait', () => {
  function linesFor(waits: { seconds: number; state: string }[]): string[] {
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const notes = new WaitNotes('serving: ');
    waits.forEach((wait) => notes.add({ ...wait, limitSeconds: 480 }));
    const lines = write.mock.calls.map(([line]) => String(line));
    write.mockRestore();
    return lines;
  }

  test('begin after 10 seconds, and become fewer while it lasts', () => {
    const seconds = Array.from({ length: 50 }, (_, index) => index + 0.2);
    expect(linesFor(seconds.map((one) => ({ seconds: one, state: 'nothing listens on port 8080' })))).toEqual(
      [10, 16, 25, 38].map((one) => `serving: waiting for ${one} s, at most 480 s: nothing listens on port 8080\n`),
    );
  });

  test('begin again when another container is waited for', () => {
    const waits = [12, 1, 11].map((seconds) => ({ seconds, state: '\u001b[1mloading\u001b[0m' }));
    expect(linesFor(waits)).toEqual([12, 11].map((one) => `serving: waiting for ${one} s, at most 480 s: loading\n`));
  });
});
