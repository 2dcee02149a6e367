import jsep, { type CoreExpression, type Expression } from 'jsep';
import { ServiceError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';

/** The values of a time series, by their times in milliseconds since 1970. */
export type TimeSeries = ReadonlyMap<number, number>;
type Value = number | TimeSeries | TimeSeries[];

/** The time series that an expression can use. */
export interface Scope {
  /** The time series of a metric or of another expression, by its ID. */
  seriesOf(id: string): TimeSeries | undefined;

  /** The IDs of all metrics. */
  readonly metricIds: readonly string[];

  /** The times of all periods. */
  readonly times: readonly number[];
  readonly periodSeconds: number;
}

jsep.addBinaryOp('^', 11);
jsep.addBinaryOp('AND', 2);
jsep.addBinaryOp('OR', 1);

const toNumber = (isTrue: boolean): number => (isTrue ? 1 : 0);

const OPERATORS: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  '<': (a, b) => toNumber(a < b),
  '>': (a, b) => toNumber(a > b),
  '<=': (a, b) => toNumber(a <= b),
  '>=': (a, b) => toNumber(a >= b),
  '==': (a, b) => toNumber(a === b),
  '!=': (a, b) => toNumber(a !== b),
  '&&': (a, b) => toNumber(a !== 0 && b !== 0),
  '||': (a, b) => toNumber(a !== 0 || b !== 0),
};
OPERATORS.AND = OPERATORS['&&'];
OPERATORS.OR = OPERATORS['||'];

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

/** Functions of several values: of one time series, or of several time series at each time. */
const AGGREGATES: Record<string, (values: number[]) => number> = {
  SUM: sum,
  AVG: (values) => sum(values) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

const ROUNDINGS: Record<string, (value: number) => number> = { ABS: Math.abs, CEIL: Math.ceil, FLOOR: Math.floor };

/** Evaluates an expression of metric math. */
export function evaluate(expression: string, scope: Scope): Value {
  let parsed: Expression;
  try {
    parsed = jsep(expression);
  } catch (error) {
    throw invalid(expression, (error as Error).message);
  }
  return valueOf(parsed, scope, expression);
}

function invalid(expression: string, reason: string): ServiceError {
  return new ServiceError('ValidationException', `Error in expression '${expression}': ${reason}`);
}

function valueOf(node: Expression, scope: Scope, expression: string): Value {
  const child = (one: Expression): Value => valueOf(one, scope, expression);
  const core = node as CoreExpression;
  switch (core.type) {
    case 'Literal':
      if (typeof core.value === 'number') return core.value;
      break;
    case 'Identifier':
      return named(core.name, scope, expression);
    case 'ArrayExpression':
      return core.elements.flatMap((element) => (element === null ? [] : [seriesOf(child(element), scope)]));
    case 'UnaryExpression':
      if (core.operator === '-') return combine([child(core.argument)], scope, ([value]) => -value);
      break;
    case 'BinaryExpression': {
      const operator = OPERATORS[core.operator];
      if (operator !== undefined)
        return combine([child(core.left), child(core.right)], scope, ([a, b]) => operator(a, b));
      break;
    }
    case 'CallExpression':
      return call(nameOf(core.callee), core.arguments, scope, expression);
    case 'Compound':
    case 'ConditionalExpression':
    case 'MemberExpression':
    case 'SequenceExpression':
    case 'ThisExpression':
      break;
  }
  throw invalid(expression, notSupported('cloudwatch', 'this syntax of metric math'));
}

function named(id: string, scope: Scope, expression: string): TimeSeries {
  const found = scope.seriesOf(id);
  if (found === undefined) throw invalid(expression, `The id "${id}" does not exist`);
  return found;
}

/** The name of a function, or of a keyword among the arguments of a function. */
function nameOf(node: Expression | undefined): string {
  return node?.type === 'Identifier' ? (node as jsep.Identifier).name : '';
}

function call(name: string, args: Expression[], scope: Scope, expression: string): Value {
  const valueAt = (index: number): Value => {
    if (args[index] === undefined) throw invalid(expression, `${name} requires ${index + 1} arguments`);
    return valueOf(args[index], scope, expression);
  };
  if (name === 'METRICS') {
    const part = args.length === 0 ? '' : String((args[0] as jsep.Literal).value);
    return scope.metricIds.filter((id) => id.includes(part)).map((id) => named(id, scope, expression));
  }
  if (Object.hasOwn(AGGREGATES, name)) return aggregate(valueAt(0), AGGREGATES[name], scope);
  if (Object.hasOwn(ROUNDINGS, name)) return combine([valueAt(0)], scope, ([value]) => ROUNDINGS[name](value));
  switch (name) {
    case 'IF':
      return choose(valueAt(0), valueAt(1), args.length > 2 ? valueAt(2) : new Map(), scope);
    case 'FILL':
      return nameOf(args.at(1)) === 'REPEAT'
        ? repeated(seriesOf(valueAt(0), scope), scope)
        : filled(seriesOf(valueAt(0), scope), valueAt(1), scope);
    case 'PERIOD':
      return scope.periodSeconds;
    case 'DIFF':
      return changes(seriesOf(valueAt(0), scope), () => 1);
    case 'RATE':
      return changes(seriesOf(valueAt(0), scope), (milliseconds) => milliseconds / 1000);
  }
  throw invalid(expression, notSupported('cloudwatch', `the function ${name}`));
}

/** The value of one time; undefined if there is none. */
function at(value: Value, time: number): number | undefined {
  return typeof value === 'number' ? value : (value as TimeSeries).get(time);
}

function series(times: readonly number[], of: (time: number) => number | undefined): TimeSeries {
  const all = times.map((time) => [time, of(time)] as const);
  // CloudWatch has no data point where an expression has no value, for example after a division by zero.
  return new Map(all.filter((entry): entry is readonly [number, number] => Number.isFinite(entry[1])));
}

function seriesOf(value: Value, { times }: Scope): TimeSeries {
  if (Array.isArray(value)) throw invalid('', 'An array of time series is used as a single time series');
  return typeof value === 'number' ? series(times, () => value) : value;
}

/** Applies a function at each time at which all values exist. Without any time series, the result is a scalar. */
function combine(values: Value[], { times }: Scope, of: (values: number[]) => number): Value {
  if (values.every((value) => typeof value === 'number')) return of(values);
  return series(times, (time) => {
    const all = values.map((value) => at(value, time));
    return all.every((value) => value !== undefined) ? of(all) : undefined;
  });
}

function aggregate(value: Value, of: (values: number[]) => number, { times }: Scope): Value {
  if (typeof value === 'number') return value;
  if (!Array.isArray(value)) return of([...value.values()]);
  return series(times, (time) => {
    const present = value.map((one) => one.get(time)).filter((one) => one !== undefined);
    return present.length === 0 ? undefined : of(present);
  });
}

function choose(condition: Value, then: Value, otherwise: Value, { times }: Scope): TimeSeries {
  return series(times, (time) => {
    const isTrue = at(condition, time);
    return isTrue === undefined ? undefined : at(isTrue === 0 ? otherwise : then, time);
  });
}

function filled(values: TimeSeries, filling: Value, { times }: Scope): TimeSeries {
  return series(times, (time) => values.get(time) ?? at(filling, time));
}

function repeated(values: TimeSeries, { times }: Scope): TimeSeries {
  let last: number | undefined;
  return series(times, (time) => (last = values.get(time) ?? last));
}

/** The differences between consecutive values, divided by a function of the time between them. */
function changes(values: TimeSeries, divisor: (milliseconds: number) => number): TimeSeries {
  const entries = [...values];
  return new Map(
    entries.slice(1).map(([time, value], index) => {
      const [timeBefore, before] = entries[index];
      return [time, (value - before) / divisor(time - timeBefore)];
    }),
  );
}
