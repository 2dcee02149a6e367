const LAST_LINES = 8;

export function lastLines(lines: readonly { text: string }[], count = LAST_LINES): string[] {
  return lines.slice(-count).map(({ text }) => text);
}
