import Big from 'big.js';
import { validationError } from '../../aws-model/service-error';

/** A value in the JSON form of the API: an object whose only member is named after the type. */
export type AttributeValue = Readonly<Record<string, unknown>>;

/** An item of a table, or its key: attributes by their names. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** The part of an item that a document path leads to: names of attributes, and positions in lists. */
export type DocumentPath = readonly (string | number)[];

const INVALID = 'One or more parameter values were invalid:';
const MAX_DIGITS = 38;
const [MIN_EXPONENT, MAX_EXPONENT] = [-130, 125];

/** Whether the JSON form of a value fits to each of the types. */
const TYPES: Record<string, (value: unknown) => boolean> = {
  S: isText,
  N: isText,
  B: isText,
  BOOL: (value) => typeof value === 'boolean',
  NULL: (value) => typeof value === 'boolean',
  SS: isTextList,
  NS: isTextList,
  BS: isTextList,
  L: Array.isArray,
  M: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** Validates a value of a request. Returns it with its numbers in the form in which DynamoDB returns them. */
export function normalized(value: AttributeValue): AttributeValue {
  const types = Object.keys(value).filter((type) => value[type] !== undefined && value[type] !== null);
  if (types.length === 0) {
    throw validationError('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  }
  if (types.length > 1) {
    throw validationError(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  const [type] = types;
  const content = value[type];
  if (TYPES[type]?.(content) !== true) {
    throw validationError(`${INVALID} The value does not have the type ${type}, got: ${JSON.stringify(value)}`);
  }
  return { [type]: normalizedContent(type, content) };
}

function normalizedContent(type: string, content: unknown): unknown {
  switch (type) {
    case 'N':
      return normalizedNumber(String(content));
    case 'NULL':
      if (content !== true) throw validationError(`${INVALID} Null attribute value types must have the value of true`);
      return content;
    case 'SS':
    case 'BS':
      return checkedSet(type, content as string[]);
    case 'NS':
      return checkedSet(type, (content as string[]).map(normalizedNumber));
    case 'L':
      return (content as AttributeValue[]).map(normalized);
    case 'M':
      return normalizedItem(content as Item);
    default:
      return content;
  }
}

export function normalizedItem(item: Item): Item {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, normalized(value)]));
}

function normalizedNumber(text: string): string {
  const number = numberOf(text);
  if (number.e > MAX_EXPONENT) {
    throw validationError('Number overflow. Attempting to store a number with magnitude larger than supported range');
  }
  if (number.e < MIN_EXPONENT) {
    throw validationError('Number underflow. Attempting to store a number with magnitude smaller than supported range');
  }
  if (number.c.length > MAX_DIGITS) {
    throw validationError(`Attempting to store more than ${MAX_DIGITS} significant digits in a Number`);
  }
  return number.toFixed();
}

function numberOf(text: string): Big {
  try {
    return new Big(text);
  } catch {
    throw validationError(`The parameter cannot be converted to a numeric value: ${text}`);
  }
}

function checkedSet(type: string, items: string[]): string[] {
  if (items.length === 0) throw validationError(`${INVALID} A set of type ${type} may not be empty`);
  if (new Set(items).size < items.length) {
    throw validationError(`${INVALID} Input collection [${items.join(', ')}] contains duplicates.`);
  }
  return items;
}

export function typeOf(value: AttributeValue): string {
  return Object.keys(value)[0];
}

/** Whether two values are equal. The order of a set and of the keys of a map has no meaning. */
export function areEqual(a: AttributeValue, b: AttributeValue): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: AttributeValue): string {
  const [[type, content]] = Object.entries(value);
  if (['SS', 'NS', 'BS'].includes(type)) return JSON.stringify([type, [...(content as string[])].sort()]);
  if (type === 'L') return JSON.stringify([type, (content as AttributeValue[]).map(canonical)]);
  if (type !== 'M') return JSON.stringify([type, content]);
  const entries = Object.entries(content as Item).map(([name, part]) => [name, canonical(part)]);
  return JSON.stringify([type, entries.sort(([one], [other]) => (one < other ? -1 : 1))]);
}

/** The order of two values: negative, zero or positive. Undefined if they have no order: values of other types, or of two types. */
export function compare(a: AttributeValue, b: AttributeValue): number | undefined {
  const type = typeOf(a);
  if (type !== typeOf(b)) return undefined;
  if (type === 'N') return numberOf(String(a.N)).cmp(String(b.N));
  if (type !== 'S' && type !== 'B') return undefined;
  return Buffer.compare(bytesOf(a), bytesOf(b));
}

/** The bytes of a text or of a binary value. Texts have the order of their bytes in UTF-8. */
export function bytesOf(value: AttributeValue): Buffer {
  return typeOf(value) === 'B' ? Buffer.from(String(value.B), 'base64') : Buffer.from(String(value.S));
}

/** The value that a document path leads to; undefined if the item does not have it. */
export function valueAt(path: DocumentPath, item: Item): AttributeValue | undefined {
  let found: AttributeValue | undefined = { M: item };
  for (const step of path) {
    const content: unknown = typeof step === 'number' ? found.L : found.M;
    found = (content as Record<string | number, AttributeValue> | undefined)?.[step];
    if (found === undefined) return undefined;
  }
  return found;
}

/** The parts of an item that document paths lead to, in the structure of the item; without what it does not have. */
export function project(paths: readonly DocumentPath[], item: Item): Item {
  const projected = paths.reduce<AttributeValue | undefined>((all, path) => merged(all, path, { M: item }), { M: {} });
  return compacted(projected ?? { M: {} }).M as Item;
}

function merged(
  into: AttributeValue | undefined,
  path: DocumentPath,
  source: AttributeValue,
): AttributeValue | undefined {
  if (path.length === 0) return source;
  const [step, ...rest] = path;
  const type = typeof step === 'number' ? 'L' : 'M';
  const part = (source[type] as Record<string | number, AttributeValue> | undefined)?.[step];
  if (part === undefined) return into;
  const before = (into?.[type] ?? (type === 'L' ? [] : {})) as Record<string | number, AttributeValue>;
  const content = Object.assign(Array.isArray(before) ? [...(before as unknown[])] : { ...before }, {
    [step]: merged(before[step], rest, part),
  });
  return { [type]: content };
}

/** Removes the gaps of lists of which only some positions were selected. */
function compacted(value: AttributeValue): AttributeValue {
  const [[type, content]] = Object.entries(value);
  if (type === 'L')
    return { L: (content as (AttributeValue | undefined)[]).filter((one) => one !== undefined).map(compacted) };
  if (type !== 'M') return value;
  return { M: Object.fromEntries(Object.entries(content as Item).map(([name, part]) => [name, compacted(part)])) };
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}
