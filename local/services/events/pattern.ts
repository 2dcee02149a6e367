import { BlockList, isIP } from 'node:net';

type Json = Readonly<Record<string, unknown>>;

/** An operator of a value in an event pattern. */
interface Operator {
  /** Whether a value of the event matches the operand. */
  matches(value: unknown, operand: unknown): boolean;

  /** Why an operand is not valid; undefined if it is. */
  error(operand: unknown): string | undefined;
}

const OPERATORS: Record<string, Operator> = {
  prefix: affixOperator('prefix', (text, part) => text.startsWith(part)),
  suffix: affixOperator('suffix', (text, part) => text.endsWith(part)),
  'equals-ignore-case': {
    matches: (value, operand) => isText(value) && value.toLowerCase() === String(operand).toLowerCase(),
    error: (operand) => (isText(operand) ? undefined : 'equals-ignore-case match pattern must be a string'),
  },
  wildcard: {
    matches: (value, operand) => isText(value) && wildcard(String(operand)).test(value),
    error: wildcardError,
  },
  numeric: {
    matches: (value, operand) => typeof value === 'number' && isInRange(value, operand as unknown[]),
    error: numericError,
  },
  cidr: {
    matches: (value, operand) => isText(value) && isInBlock(value, String(operand)),
    error: (operand) => (blockOf(operand) === undefined ? `Malformed CIDR: ${String(operand)}` : undefined),
  },
  'anything-but': {
    matches: (value, operand) => {
      const excluded = Array.isArray(operand) ? operand : [operand];
      return value !== undefined && !excluded.some((one) => isExcluded(one, value));
    },
    error: anythingButError,
  },
  exists: {
    matches: (value, operand) => (value !== undefined) === operand,
    error: (operand) =>
      typeof operand === 'boolean' ? undefined : 'exists match pattern must be either true or false.',
  },
};

/** The operators whose values can be excluded. */
const EXCLUDED = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'];

/** Whether an event matches the event pattern of a rule. */
export function matches(pattern: Json, event: unknown): boolean {
  return Object.entries(pattern).every(([key, expected]) => {
    if (key === '$or' && isAlternatives(expected)) return expected.some((one) => matches(one, event));
    const value = isObject(event) ? event[key] : undefined;
    const values: unknown[] =
      Array.isArray(value) && value.length > 0 ? value : [Array.isArray(value) ? undefined : value];
    if (!Array.isArray(expected)) return values.some((item) => matches(expected as Json, item));
    return expected.some((one) => values.some((item) => matchesValue(one, item)));
  });
}

/** Why an event pattern is not valid, in the words of Amazon EventBridge; undefined if it is. */
export function patternError(pattern: unknown): string | undefined {
  if (!isObject(pattern)) return 'Filter is not an object';
  if (Object.keys(pattern).length === 0) return 'Empty objects are not allowed';
  return first(Object.entries(pattern), ([key, expected]) => {
    if (key === '$or' && isAlternatives(expected)) return first(expected, patternError);
    if (isObject(expected)) return patternError(expected);
    if (!Array.isArray(expected)) return `"${key}" must be an object or an array`;
    if (expected.length === 0) return 'Empty arrays are not allowed';
    return first(expected, valueError);
  });
}

function first<T>(items: readonly T[], errorOf: (item: T) => string | undefined): string | undefined {
  return items.map(errorOf).find((error) => error !== undefined);
}

/** Several patterns, of which one has to match. Otherwise, `$or` is the name of a member. */
function isAlternatives(expected: unknown): expected is Json[] {
  const isPattern = (one: unknown): boolean =>
    isObject(one) && !Object.keys(one).some((key) => Object.hasOwn(OPERATORS, key));
  return Array.isArray(expected) && expected.length > 1 && expected.every(isPattern);
}

function valueError(expected: unknown): string | undefined {
  if (Array.isArray(expected)) return 'Match value must be String, number, true, false, or null';
  if (!isObject(expected)) return undefined;
  const entries = Object.entries(expected);
  if (entries.length !== 1) return 'Only one key allowed in match expression';
  const [[operator, operand]] = entries;
  return Object.hasOwn(OPERATORS, operator)
    ? OPERATORS[operator].error(operand)
    : `Unrecognized match type ${operator}`;
}

function matchesValue(expected: unknown, value: unknown): boolean {
  if (!isObject(expected)) return value === expected;
  return Object.entries(expected).every(([operator, operand]) => OPERATORS[operator]?.matches(value, operand) === true);
}

/** Whether a value is excluded. The operand of an excluded operator can be a list. */
function isExcluded(excluded: unknown, value: unknown): boolean {
  if (!isObject(excluded)) return value === excluded;
  return Object.entries(excluded).some(([operator, operand]) =>
    (Array.isArray(operand) ? operand : [operand]).some((one) => OPERATORS[operator]?.matches(value, one) === true),
  );
}

function anythingButError(operand: unknown): string | undefined {
  if (!isObject(operand)) {
    const values: unknown[] = Array.isArray(operand) ? operand : [operand];
    const isValid = values.length > 0 && (values.every(isText) || values.every((one) => typeof one === 'number'));
    return isValid
      ? undefined
      : 'Inside anything but list, either all values are number or string, mixed type is not supported';
  }
  const entries = Object.entries(operand);
  if (entries.length !== 1) return 'Only one key allowed in match expression';
  const [[operator, excluded]] = entries;
  if (!EXCLUDED.includes(operator)) return `Unsupported anything-but pattern: ${operator}`;
  const values: unknown[] = Array.isArray(excluded) ? excluded : [excluded];
  if (values.length === 0) return 'Empty arrays are not allowed';
  return first(values, (one) => OPERATORS[operator].error(one));
}

function affixOperator(name: string, has: (text: string, part: string) => boolean): Operator {
  return {
    matches: (value, operand) => {
      if (!isText(value)) return false;
      if (!isObject(operand)) return has(value, String(operand));
      return has(value.toLowerCase(), String(operand['equals-ignore-case']).toLowerCase());
    },
    error: (operand) => {
      const isIgnoringCase = isObject(operand) && Object.keys(operand).join() === 'equals-ignore-case';
      const text = isIgnoringCase ? operand['equals-ignore-case'] : operand;
      return isText(text) ? undefined : `${name} match pattern must be a string`;
    },
  };
}

function wildcardError(operand: unknown): string | undefined {
  if (!isText(operand)) return 'wildcard match pattern must be a string';
  if (/(^|[^\\])(\\\\)*\*\*/.test(operand)) return 'Consecutive wildcard characters are not allowed';
  const isEscapeValid = operand.replace(/\\[\\*]/g, '').includes('\\') === false;
  return isEscapeValid ? undefined : 'Invalid escape character in wildcard match pattern';
}

/** Each asterisk matches any text, unless it is escaped. */
function wildcard(operand: string): RegExp {
  const parts = operand.match(/\\.|\*|[^\\*]+/gs) ?? [];
  const source = parts.map((part) => (part === '*' ? '.*' : escaped(part.replace(/^\\(.)$/s, '$1'))));
  return new RegExp(`^${source.join('')}$`, 's');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

const COMPARISONS = ['=', '<', '<=', '>', '>='];

function numericError(operand: unknown): string | undefined {
  if (!Array.isArray(operand)) return 'Value of numeric must be an array.';
  const [operator = '', limit, second, end, ...rest] = operand as [string?, number?, string?, number?, ...unknown[]];
  if (!COMPARISONS.includes(operator)) return `Unrecognized numeric range operator: ${operator}`;
  if (typeof limit !== 'number') return `Value of ${operator} must be numeric`;
  if (second === undefined) return undefined;
  if (!operator.startsWith('>') || !['<', '<='].includes(second)) return `Bad numeric range operator: ${second}`;
  if (typeof end !== 'number') return `Value of ${second} must be numeric`;
  if (limit >= end) return 'Bottom must be less than top';
  return rest.length > 0 ? 'Too many elements in numeric expression' : undefined;
}

/** Whether a number fulfils comparisons such as `['>', 0, '<=', 5]`. */
function isInRange(value: number, comparisons: unknown[]): boolean {
  const [operator, limit, ...rest] = comparisons as [string, number, ...unknown[]];
  const holds: Record<string, boolean> = {
    '=': value === limit,
    '<': value < limit,
    '<=': value <= limit,
    '>': value > limit,
    '>=': value >= limit,
  };
  return holds[operator] && (rest.length === 0 || isInRange(value, rest));
}

/** A block of addresses such as `10.0.0.0/24`; undefined if it is not valid. */
function blockOf(operand: unknown): BlockList | undefined {
  const [, address, bits] = /^([^/]+)\/(\d{1,3})$/.exec(String(operand)) ?? [];
  const family = isIP(address ?? '');
  if (family === 0 || Number(bits) > (family === 4 ? 32 : 128)) return undefined;
  const block = new BlockList();
  block.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return block;
}

function isInBlock(value: string, operand: string): boolean {
  const family = isIP(value);
  return family !== 0 && blockOf(operand)?.check(value, family === 4 ? 'ipv4' : 'ipv6') === true;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
