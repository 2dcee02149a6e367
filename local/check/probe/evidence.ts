import { errorBefore, isErrorLine } from '../../container';

const LAST_LINES = 8;

/** The last lines of a log. If all of them belong to the line of an error before them, it takes the place of the first one. */
export function lastLines(lines: readonly { text: string }[], count = LAST_LINES): string[] {
  const texts = lines.map(({ text }) => text);
  const last = texts.slice(-count);
  if (last.some(isErrorLine)) return last;
  const error = errorBefore(texts, texts.length - last.length);
  return error < 0 ? last : [texts[error], ...last.slice(1)];
}
