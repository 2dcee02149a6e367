import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { JSONPath } from 'jsonpath-plus';

export interface DataProcessing {
  /** JSONPath of what of a record the model gets; everything by default. */
  readonly inputFilter?: string;

  /** JSONPath of what of a result is kept. */
  readonly outputFilter?: string;

  /** Whether a result is the record with the answer. */
  readonly isJoined?: boolean;
}

const ALL = '$';

/** Whether records and answers are passed on as they are. */
export function isPlain({ inputFilter = ALL, outputFilter = ALL, isJoined = false }: DataProcessing): boolean {
  return inputFilter === ALL && outputFilter === ALL && !isJoined;
}

/** What the model gets of a record. */
export function inputOf(record: string, { inputFilter = ALL }: DataProcessing, contentType = ''): string {
  if (inputFilter === ALL) return record;
  return written(filtered(read(record, contentType), inputFilter), contentType);
}

/** What is kept of a record and the answer to it. */
export function resultOf(
  record: string,
  answer: string,
  { outputFilter = ALL, isJoined = false }: DataProcessing,
  contentType = '',
): string {
  const joined = isJoined ? join(read(record, contentType), read(answer, contentType)) : read(answer, contentType);
  return written(filtered(joined, outputFilter), contentType);
}

function join(record: unknown, answer: unknown): unknown {
  if (Array.isArray(record) && Array.isArray(answer)) return [...(record as unknown[]), ...(answer as unknown[])];
  const isObject = typeof record === 'object' && record !== null && !Array.isArray(record);
  return isObject ? { ...record, SageMakerOutput: answer } : { SageMakerInput: record, SageMakerOutput: answer };
}

function filtered(value: unknown, filter: string): unknown {
  if (filter === ALL) return value;
  const names = namesIn(filter);
  if (names !== undefined && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.fromEntries(names.map((name) => [name, (value as Record<string, unknown>)[name]]));
  }
  const path = Array.isArray(value) ? withoutNegatives(filter, value.length) : filter;
  const found: unknown = JSONPath({ path, json: value as object, wrap: false });
  if (found === undefined) throw new Error(`The filter ${filter} finds nothing in ${JSON.stringify(value)}.`);
  return found;
}

/** The members that an expression such as `$['a','b']` names. */
function namesIn(filter: string): string[] | undefined {
  const list = /^\$\[((?:'[^']*')(?:\s*,\s*'[^']*')+)\]$/.exec(filter)?.[1];
  return list === undefined ? undefined : [...list.matchAll(/'([^']*)'/g)].map(([, name]) => name);
}

/** `$[0,-1]` counts from the end, which the expressions of the library do in slices alone. */
function withoutNegatives(filter: string, length: number): string {
  if (!/^\$\[\s*-?\d+(\s*,\s*-?\d+)*\s*\]$/.test(filter)) return filter;
  return filter.replace(/-\d+/g, (number) => String(length + Number(number)));
}

function read(text: string, contentType: string): unknown {
  if (isCsv(contentType)) return parse(text)[0] ?? [];
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error(`Filters and joins need CSV or JSON; this is neither: ${text.slice(0, 100)}`);
  }
}

function written(value: unknown, contentType: string): string {
  if (!isCsv(contentType)) return JSON.stringify(value);
  const row = (Array.isArray(value) ? value : [value]) as unknown[];
  return stringify([row], { record_delimiter: '' });
}

function isCsv(contentType: string): boolean {
  return contentType.split(';')[0].trim() === 'text/csv';
}
