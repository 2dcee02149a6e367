import { runtimeError } from './error';
import { type PathScope, find } from './path';

export type ChoiceRule = Readonly<Record<string, unknown>>;

type Comparison = (value: unknown, operand: unknown) => boolean;

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const isTimestamp = (value: unknown): value is string => isText(value) && TIMESTAMP.test(value);

/** The comparisons of texts, numbers and timestamps. A value of another type never fulfils them. */
const ORDERS: Record<string, (order: number) => boolean> = {
  Equals: (order) => order === 0,
  LessThan: (order) => order < 0,
  LessThanEquals: (order) => order <= 0,
  GreaterThan: (order) => order > 0,
  GreaterThanEquals: (order) => order >= 0,
};

function ordered<T>(is: (value: unknown) => value is T, compare: (a: T, b: T) => number): [string, Comparison][] {
  return Object.entries(ORDERS).map(([name, holds]) => [
    name,
    (value, operand) => is(value) && is(operand) && holds(compare(value, operand)),
  ]);
}

const named = (type: string, comparisons: [string, Comparison][]): [string, Comparison][] =>
  comparisons.map(([name, comparison]) => [`${type}${name}`, comparison]);

const COMPARISONS: Record<string, Comparison> = Object.fromEntries([
  ...named(
    'String',
    ordered(isText, (a, b) => (a < b ? -1 : Number(a > b))),
  ),
  ...named(
    'Numeric',
    ordered(isNumber, (a, b) => a - b),
  ),
  ...named(
    'Timestamp',
    ordered(isTimestamp, (a, b) => Date.parse(a) - Date.parse(b)),
  ),
  ['BooleanEquals', (value, operand) => typeof value === 'boolean' && value === operand],
  ['StringMatches', (value, operand) => isText(value) && isText(operand) && wildcard(operand).test(value)],
]);

/** The tests of a type, whose operand is whether the test has to hold. */
const TESTS: Record<string, (value: unknown) => boolean> = {
  IsPresent: (value) => value !== undefined,
  IsNull: (value) => value === null,
  IsString: isText,
  IsNumeric: isNumber,
  IsBoolean: (value) => typeof value === 'boolean',
  IsTimestamp: isTimestamp,
};

/** The operators of a choice rule. */
export const CHOICE_OPERATORS = [
  ...Object.keys(TESTS),
  ...Object.keys(COMPARISONS),
  ...Object.keys(COMPARISONS)
    .filter((name) => name !== 'StringMatches')
    .map((name) => `${name}Path`),
];

/** Whether a choice rule holds. */
export function holds(rule: ChoiceRule, scope: PathScope): boolean {
  const { And, Or, Not, Variable } = rule as {
    And?: ChoiceRule[];
    Or?: ChoiceRule[];
    Not?: ChoiceRule;
    Variable: string;
  };
  if (And !== undefined) return And.every((one) => holds(one, scope));
  if (Or !== undefined) return Or.some((one) => holds(one, scope));
  if (Not !== undefined) return !holds(Not, scope);
  const operator = Object.keys(rule).find((name) => CHOICE_OPERATORS.includes(name)) ?? '';
  const operand = rule[operator];
  if (operator === 'IsPresent') return TESTS.IsPresent(find(Variable, scope)) === operand;
  const value = reference(Variable, scope);
  if (Object.hasOwn(TESTS, operator)) return TESTS[operator](value) === operand;
  if (Object.hasOwn(COMPARISONS, operator)) return COMPARISONS[operator](value, operand);
  return COMPARISONS[operator.replace(/Path$/, '')](value, reference(String(operand), scope));
}

function reference(path: string, scope: PathScope): unknown {
  const value = find(path, scope);
  if (value !== undefined) return value;
  throw runtimeError(`Invalid path '${path}': The choice state's condition path references an invalid value.`);
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
