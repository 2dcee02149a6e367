import { parse } from 'csv-parse/sync';
import { type JsonValue, query } from 'jsonpath-rfc9535';

export interface Body {
  readonly contentType?: string;
  readonly body: Uint8Array;
}

/** How the bodies of two responses are compared: by `byoa compare`, and by shadow tests. */
export interface BodyRules {
  /** The largest difference of two numbers that are the same. */
  readonly tolerance: number;

  /** The JSONPath of the values to compare: by default the whole body. */
  readonly jsonPath?: string;
}

/** A value that differs, and where. */
export interface Difference {
  readonly at: string;
  readonly a: string;
  readonly b: string;
}

const EXCERPT_LENGTH = 80;

/** The value of a member that only the other body has. */
const NONE = Symbol('none');

/**
 * The first difference of two bodies. JSON and CSV are compared by their values, so that spaces and the order of members do not matter;
 * everything else is compared byte by byte.
 */
export function differenceOf(a: Body, b: Body, rules: BodyRules): Difference | undefined {
  if (rules.jsonPath !== undefined) return differenceAt(rules.jsonPath, [a, b].map(textOf), rules.tolerance);
  const [valueA, valueB] = [a, b].map(valueOf);
  if (valueA === undefined || valueB === undefined) {
    const isEqual = Buffer.compare(a.body, b.body) === 0;
    return isEqual ? undefined : { at: 'body', a: excerpt(textOf(a)), b: excerpt(textOf(b)) };
  }
  return deepDifference('$', valueA, valueB, rules.tolerance);
}

function differenceAt(jsonPath: string, texts: string[], tolerance: number): Difference | undefined {
  const [a, b] = texts.map((text) => valuesAt(jsonPath, text));
  if (a !== undefined && b !== undefined) return deepDifference(jsonPath, a, b, tolerance);
  const [textA, textB] = [a, b].map((values, index) =>
    values === undefined ? `not valid JSON: ${excerpt(texts[index])}` : excerpt(JSON.stringify(values)),
  );
  return { at: jsonPath, a: textA, b: textB };
}

/** Whether a body is valid JSON in which a path selects a value. */
export function selectsValue(body: Body, jsonPath: string): boolean {
  return (valuesAt(jsonPath, textOf(body)) ?? []).length > 0;
}

/** Whether a path selects a value in a body, or cannot, since the body is not valid JSON. */
export function hasValue(body: Body, jsonPath: string): boolean {
  return valuesAt(jsonPath, textOf(body))?.length !== 0;
}

function valuesAt(jsonPath: string, text: string): JsonValue[] | undefined {
  const document = parsedJson(text);
  return document === undefined ? undefined : query(document, jsonPath);
}

function textOf({ body }: Body): string {
  return Buffer.from(body).toString();
}

/** The value of a body; undefined if it is neither JSON nor CSV, or not valid. */
function valueOf(body: Body): JsonValue | undefined {
  const type = (body.contentType ?? '').split(';')[0].trim().toLowerCase();
  if (type === 'application/json' || type.endsWith('+json')) return parsedJson(textOf(body));
  if (type !== 'text/csv') return undefined;
  try {
    const rows: string[][] = parse(textOf(body), { relax_column_count: true, skip_empty_lines: true, trim: true });
    return rows.map((fields) => fields.map((field) => (isNumber(field) ? Number(field) : field)));
  } catch {
    return undefined;
  }
}

function isNumber(field: string): boolean {
  return field !== '' && (!Number.isNaN(Number(field)) || field.toLowerCase() === 'nan');
}

function parsedJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

type Value = JsonValue | typeof NONE;

function deepDifference(at: string, a: Value, b: Value, tolerance: number): Difference | undefined {
  if (typeof a === 'number' && typeof b === 'number') {
    // NaN is the same prediction as NaN.
    const isSame = Object.is(a, b) || Math.abs(a - b) <= tolerance;
    return isSame ? undefined : { at, a: String(a), b: String(b) };
  }
  const [membersA, membersB] = [membersOf(a), membersOf(b)];
  if (membersA === undefined || membersB === undefined || Array.isArray(a) !== Array.isArray(b)) {
    return a === b ? undefined : { at, a: shown(a), b: shown(b) };
  }
  for (const name of new Set([...Object.keys(membersA), ...Object.keys(membersB)])) {
    const inner = Array.isArray(a) ? `${at}[${name}]` : `${at}.${name}`;
    const found = deepDifference(inner, memberOf(membersA, name), memberOf(membersB, name), tolerance);
    if (found !== undefined) return found;
  }
  return undefined;
}

function membersOf(value: Value): Record<string, JsonValue> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, JsonValue>) : undefined;
}

function memberOf(members: Record<string, JsonValue>, name: string): Value {
  return Object.hasOwn(members, name) ? members[name] : NONE;
}

function shown(value: Value): string {
  return value === NONE ? 'no value' : excerpt(JSON.stringify(value));
}

function excerpt(text: string): string {
  return text.length <= EXCERPT_LENGTH ? text : `${text.slice(0, EXCERPT_LENGTH)}…`;
}
