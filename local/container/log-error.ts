/** The line with which Python begins the report of an error. */
const TRACEBACK = /^\s*(\+ Exception Group )?Traceback \(most recent call last\):/;

/** The line of an error in Node.js, Java, Go, Rust and Python. In all of them but Python, the places in the code that led to it follow. */
const ERROR = /^(\[?[\w.$]*(Error|Exception)\b.*:|Exception in thread |panic: |fatal error: |thread '.*' panicked)/;

/** A line with a place in the code, or another one that belongs to the line of an error before it. */
const DETAIL = /^\s|^$|^goroutine |^[\w./*()]+\(.*\)$|^(stack backtrace|note|caused by|exit status)\b/i;

/** Whether a line begins the report of an error by the runtime of a programming language. */
export const isErrorLine = (line: string): boolean => TRACEBACK.test(line) || ERROR.test(line);

/** Whether a line belongs to the report of an error that begins before it. */
export const isDetailLine = (line: string): boolean => DETAIL.test(line);

/** The index of the line of an error that all lines up to an index belong to; -1 if these end with no such error. */
export function errorBefore(lines: readonly string[], end: number): number {
  for (let index = end - 1; index >= 0; index--) {
    if (ERROR.test(lines[index])) return index;
    if (!DETAIL.test(lines[index])) return -1;
  }
  return -1;
}

/** The lines from the beginning of the last report of an error to the end of a log; its last lines if there is none. */
export function fromLastError(lines: readonly string[], count: number): string[] {
  const last = lastIndex(lines, TRACEBACK);
  const start = last < 0 ? lastIndex(lines, ERROR) : firstOfChain(lines, last);
  return lines.slice(start < 0 ? -count : Math.min(start, Math.max(lines.length - count, 0)));
}

/** The words between the reports of errors of which each led to the next one. */
const CHAINED = /^(During handling of the above exception|The above exception was the direct cause)/;

/** The first of the tracebacks that led to another one. */
function firstOfChain(lines: readonly string[], index: number): number {
  const before = lastIndex(lines.slice(0, index), TRACEBACK);
  const isChained = before >= 0 && lines.slice(before, index).some((line) => CHAINED.test(line));
  return isChained ? firstOfChain(lines, before) : index;
}

const lastIndex = (lines: readonly string[], pattern: RegExp): number =>
  lines.map((line) => pattern.test(line)).lastIndexOf(true);
