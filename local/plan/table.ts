const WIDTH = 80;
const GAP = 2;

/** The narrowest width of a column that is shortened. */
const MIN_WIDTH = 18;

/**
 * The lines of a table that fits into 80 columns: the widest columns are wrapped, at spaces and slashes.
 *
 * @param indent the number of spaces before each line
 */
export function table(rows: string[][], indent: number): string[] {
  if (rows.length === 0) return [];
  const widths = columnWidths(rows, WIDTH - indent);
  return rows.flatMap((row) => {
    const cells = row.map((cell, column) => wrapped(cell, widths[column]));
    const height = Math.max(...cells.map((lines) => lines.length));
    return Array.from({ length: height }, (_, line) =>
      `${' '.repeat(indent)}${cells.map((lines, column) => (lines[line] ?? '').padEnd(widths[column])).join(' '.repeat(GAP))}`.trimEnd(),
    );
  });
}

/** A text in lines that fit into 80 columns. */
export function paragraph(text: string, indent: number): string[] {
  return wrapped(text, WIDTH - indent).map((line) => `${' '.repeat(indent)}${line}`);
}

function columnWidths(rows: string[][], available: number): number[] {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const total = (): number => widths.reduce((sum, width) => sum + width, GAP * (columns - 1));
  while (total() > available && Math.max(...widths) > MIN_WIDTH) {
    widths[widths.indexOf(Math.max(...widths))] -= 1;
  }
  return widths;
}

/** The lines of a text of a maximum width, unless a word is longer than two lines. */
function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(/(?<=[ /])/)) {
    for (const part of word.trimEnd().length <= width ? [word] : (word.match(new RegExp(`.{1,${width}}`, 'g')) ?? [])) {
      const last = lines.length - 1;
      if (lines[last] === '' || (lines[last] + part).trimEnd().length <= width) lines[last] += part;
      else lines.push(part);
    }
  }
  return lines.map((line) => line.trimEnd());
}
