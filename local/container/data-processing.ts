import { parse as parseCsv } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { JSONPath } from 'jsonpath-plus';

/** The data processing of a transform job, with the defaults of the service. */
export interface DataProcessing {
  /** The JSONPath of the part of a record that is sent to the model: the whole record by default. */
  readonly inputFilter?: string;

  /** The JSONPath of the part of a result that is kept: the whole result by default. */
  readonly outputFilter?: string;

  /** Whether a result is the record joined with its prediction. */
  readonly isJoined?: boolean;
}

const ALL = '$';

/** Whether records and predictions are passed on unchanged. */
export function isPlain({ inputFilter = ALL, outputFilter = ALL, isJoined = false }: DataProcessing): boolean {
  return inputFilter === ALL && outputFilter === ALL && !isJoined;
}

/** The part of a record that is sent to the model. */
export function inputOf(record: string, { inputFilter = ALL }: DataProcessing, contentType = ''): string {
  if (inputFilter === ALL) return record;
  return format(filter(parse(record, contentType), inputFilter), contentType);
}

/** The result of a record and its prediction. */
export function resultOf(
  record: string,
  prediction: string,
  { outputFilter = ALL, isJoined = false }: DataProcessing,
  contentType = '',
): string {
  const output = parse(prediction, contentType);
  return format(filter(isJoined ? join(parse(record, contentType), output) : output, outputFilter), contentType);
}

function join(record: unknown, output: unknown): unknown {
  if (Array.isArray(record) && Array.isArray(output)) return [...(record as unknown[]), ...(output as unknown[])];
  const isObject = typeof record === 'object' && record !== null && !Array.isArray(record);
  return isObject ? { ...record, SageMakerOutput: output } : { SageMakerInput: record, SageMakerOutput: output };
}

function filter(value: unknown, expression: string): unknown {
  if (expression === ALL) return value;
  const names = memberNames(expression);
  if (names !== undefined && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.fromEntries(names.map((name) => [name, (value as Record<string, unknown>)[name]]));
  }
  const path = Array.isArray(value) ? withoutNegatives(expression, value.length) : expression;
  const found: unknown = JSONPath({ path, json: value as object, wrap: false });
  if (found === undefined) throw new Error(`The filter ${expression} matches nothing in ${JSON.stringify(value)}.`);
  return found;
}

/** The members that an expression such as `$['a','b']` names. */
function memberNames(expression: string): string[] | undefined {
  const list = /^\$\[((?:'[^']*')(?:\s*,\s*'[^']*')+)\]$/.exec(expression)?.[1];
  return list === undefined ? undefined : [...list.matchAll(/'([^']*)'/g)].map(([, name]) => name);
}

/** Replaces negative indices such as that of `$[0,-1]`, which the JSONPath library supports in slices only. */
function withoutNegatives(expression: string, length: number): string {
  if (!/^\$\[\s*-?\d+(\s*,\s*-?\d+)*\s*\]$/.test(expression)) return expression;
  return expression.replace(/-\d+/g, (number) => String(length + Number(number)));
}

function parse(text: string, contentType: string): unknown {
  if (isCsv(contentType)) return parseCsv(text)[0] ?? [];
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error(`Filters and joins need a record in CSV or JSON, got: ${text.slice(0, 100)}`);
  }
}

function format(value: unknown, contentType: string): string {
  if (!isCsv(contentType)) return JSON.stringify(value);
  const row = (Array.isArray(value) ? value : [value]) as unknown[];
  return stringify([row], { record_delimiter: '' });
}

function isCsv(contentType: string): boolean {
  return contentType.split(';')[0].trim() === 'text/csv';
}
