const LAST_LINES = 8;

/** So many lines before the last ones may name the error that these explain. */
const MAX_DISTANCE = 50;

/** The line of an error in Node.js, Java, Go and Rust, which the places in the code that led to it follow. */
const ERROR = /^(\[?[\w.$]*(Error|Exception)\b.*:|Exception in thread |panic: |fatal error: |thread '.*' panicked)/;

/** The last lines of a log. If only an earlier line names the error, it takes the place of the first of them. */
export function lastLines(lines: readonly { text: string }[], count = LAST_LINES): string[] {
  const texts = lines.map(({ text }) => text);
  const last = texts.slice(-count);
  const before = texts.slice(0, -count).slice(-MAX_DISTANCE).reverse();
  const error = last.some((text) => ERROR.test(text)) ? undefined : before.find((text) => ERROR.test(text));
  return error === undefined ? last : [error, ...last.slice(1)];
}
