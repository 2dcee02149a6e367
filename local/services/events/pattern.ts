type Json = Readonly<Record<string, unknown>>;

/** The operators of a value in an event pattern: whether a value of the event matches their operand. */
const OPERATORS: Record<string, (value: unknown, operand: unknown) => boolean> = {
  prefix: (value, operand) => isText(value) && affix(value, operand, (text, part) => text.startsWith(part)),
  suffix: (value, operand) => isText(value) && affix(value, operand, (text, part) => text.endsWith(part)),
  'equals-ignore-case': (value, operand) => isText(value) && value.toLowerCase() === String(operand).toLowerCase(),
  wildcard: (value, operand) => isText(value) && wildcard(String(operand)).test(value),
  numeric: (value, operand) => typeof value === 'number' && isInRange(value, operand as unknown[]),
  'anything-but': (value, operand) => {
    const excluded = Array.isArray(operand) ? operand : [operand];
    return value !== undefined && !excluded.some((one) => matchesValue(one, value));
  },
  exists: (value, operand) => (value !== undefined) === operand,
};

/** Whether an event matches the event pattern of a rule. */
export function matches(pattern: Json, event: unknown): boolean {
  return Object.entries(pattern).every(([key, expected]) => {
    if (key === '$or') return (expected as Json[]).some((one) => matches(one, event));
    const value = isObject(event) ? event[key] : undefined;
    if (!Array.isArray(expected)) return matches(expected as Json, value);
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return expected.some((one) => values.some((item) => matchesValue(one, item)));
  });
}

/** The operators in an event pattern that are not supported. */
export function unsupportedOperators(pattern: unknown): string[] {
  if (!isObject(pattern)) return [];
  return Object.values(pattern).flatMap((expected) => {
    if (!Array.isArray(expected)) return unsupportedOperators(expected);
    return expected.filter(isObject).flatMap((one) => {
      const isPattern = Object.values(one).every((value) => Array.isArray(value) || isObject(value));
      const isNested = isPattern && !Object.keys(one).some((key) => key in OPERATORS);
      return isNested ? unsupportedOperators(one) : Object.keys(one).filter((key) => !(key in OPERATORS));
    });
  });
}

function matchesValue(expected: unknown, value: unknown): boolean {
  if (!isObject(expected)) return value === expected;
  return Object.entries(expected).every(([operator, operand]) => OPERATORS[operator]?.(value, operand) === true);
}

function affix(text: string, operand: unknown, has: (text: string, part: string) => boolean): boolean {
  if (!isObject(operand)) return has(text, String(operand));
  return has(text.toLowerCase(), String(operand['equals-ignore-case']).toLowerCase());
}

/** Each asterisk matches any text, unless it is escaped. */
function wildcard(operand: string): RegExp {
  const parts = operand.match(/\\.|\*|[^\\*]+/g) ?? [];
  const source = parts.map((part) => (part === '*' ? '.*' : escaped(part.replace(/^\\(.)$/, '$1'))));
  return new RegExp(`^${source.join('')}$`, 's');
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
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

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
