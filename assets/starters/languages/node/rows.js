// The rows of requests and of training data: 30 measurements each, as numbers.

export const FEATURES = 30;

/** An error of the data, whose message is for the caller. */
export class InvalidRow extends Error {}

/** The rows of a CSV text without a header; blank lines are skipped. */
export function parseCsv(text, columns, name) {
  return text
    .split(/\r?\n/)
    .map((line, index) => [line, `${name}, line ${index + 1}`])
    .filter(([line]) => line.trim() !== '')
    .map(([line, where]) => parseRow(line.split(','), columns, where));
}

/** The rows of `{"instances": [[…], …]}`. */
export function parseJson(text) {
  const instances = parseDocument(text)?.instances;
  if (!Array.isArray(instances) || !instances.every(Array.isArray)) {
    throw new InvalidRow('body: {"instances": [[...], ...]} expected');
  }
  return instances.map((cells, index) => parseRow(cells, FEATURES, `instances[${index}]`));
}

function parseDocument(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidRow(`body: ${error.message}`);
  }
}

function parseRow(cells, columns, where) {
  if (cells.length !== columns) throw new InvalidRow(`${where}: ${columns} columns expected, got ${cells.length}`);
  return cells.map((cell, index) => parseNumber(String(cell), `${where}, column ${index + 1}`));
}

function parseNumber(text, where) {
  // Number('') is 0.
  const number = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(number)) throw new InvalidRow(`${where}: not a number: ${JSON.stringify(text.slice(0, 40))}`);
  return number;
}
