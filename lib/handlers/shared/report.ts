/** Texts, and numbers that Python writes although JSON does not have them. */
const TEXT_OR_NOT_IN_JSON = /"(?:[^"\\]|\\.)*"|NaN|-?Infinity/g;

/** Parses a report in JSON. Numbers that JSON does not have become text: NaN becomes "NaN". */
export function parseReport(text: string): unknown {
  return JSON.parse(text.replace(/^\uFEFF/, '').replace(TEXT_OR_NOT_IN_JSON, quoted));
}

function quoted(textOrNumber: string): string {
  return textOrNumber.startsWith('"') ? textOrNumber : `"${textOrNumber}"`;
}
