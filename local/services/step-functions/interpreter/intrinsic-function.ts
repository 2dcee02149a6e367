import { createHash, randomInt, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { StateError } from './error';

type Arguments = readonly unknown[];
type Kind = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | 'any';

interface IntrinsicFunction {
  /** The kinds of the arguments. The last one is that of all further arguments if there can be more. */
  readonly kinds: readonly Kind[];

  /** The number of arguments, or the smallest and the largest number. */
  readonly count: number | readonly [min: number, max: number];
  readonly call: (args: Arguments) => unknown;
}

const MAX_TEXT_LENGTH = 10_000;
const MAX_RANGE_LENGTH = 1000;
const HASHES: Record<string, string> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** Escaped braces in a text, which are not placeholders. */
const [OPENING, CLOSING] = ['\uE000', '\uE001'];
const restored = (text: string): string => text.replaceAll(OPENING, '{').replaceAll(CLOSING, '}');

/** The intrinsic functions of the Amazon States Language. */
const FUNCTIONS: Record<string, IntrinsicFunction> = {
  'States.Format': { kinds: ['string', 'any'], count: [1, Infinity], call: format },
  'States.StringToJson': { kinds: ['string'], count: 1, call: ([text]) => parsed(text as string) },
  'States.JsonToString': { kinds: ['any'], count: 1, call: ([value]) => JSON.stringify(value) },
  'States.Array': { kinds: ['any'], count: [0, Infinity], call: (values) => [...values] },
  'States.ArrayPartition': { kinds: ['array', 'integer'], count: 2, call: partition },
  'States.ArrayContains': {
    kinds: ['array', 'any'],
    count: 2,
    call: ([items, value]) => (items as unknown[]).some((item) => isDeepStrictEqual(item, value)),
  },
  'States.ArrayRange': { kinds: ['integer'], count: 3, call: range },
  'States.ArrayGetItem': { kinds: ['array', 'integer'], count: 2, call: itemAt },
  'States.ArrayLength': { kinds: ['array'], count: 1, call: ([items]) => (items as unknown[]).length },
  'States.ArrayUnique': {
    kinds: ['array'],
    count: 1,
    call: ([items]) =>
      (items as unknown[]).filter(
        (item, index, all) => all.findIndex((other) => isDeepStrictEqual(item, other)) === index,
      ),
  },
  'States.Base64Encode': {
    kinds: ['string'],
    count: 1,
    call: ([text]) => Buffer.from(limited(text as string)).toString('base64'),
  },
  'States.Base64Decode': {
    kinds: ['string'],
    count: 1,
    call: ([text]) => Buffer.from(limited(text as string), 'base64').toString(),
  },
  'States.Hash': { kinds: ['any', 'string'], count: 2, call: hash },
  'States.JsonMerge': { kinds: ['object', 'object', 'boolean'], count: 3, call: merge },
  'States.MathRandom': {
    kinds: ['integer'],
    count: [2, 3],
    call: ([from, to]) => randomInt(from as number, to as number),
  },
  'States.MathAdd': { kinds: ['integer'], count: 2, call: ([a, b]) => (a as number) + (b as number) },
  'States.StringSplit': {
    kinds: ['string'],
    count: 2,
    call: ([text, separators]) =>
      (text as string).split(new RegExp(`[${(separators as string).replace(/[\]\\^-]/g, '\\$&')}]`)),
  },
  'States.UUID': { kinds: [], count: 0, call: () => randomUUID() },
};

/** The name of an intrinsic function in an expression that does not exist; undefined if all exist. */
export function unknownIntrinsic(expression: string): string | undefined {
  const withoutTexts = expression.replace(/'(?:\\.|[^'\\])*'/g, "''");
  const names = [...withoutTexts.matchAll(/([\w.]+)\(/g)].map(([, name]) => name);
  if (names.length === 0) return expression;
  return names.find((name) => !Object.hasOwn(FUNCTIONS, name));
}

/** Evaluates a call of an intrinsic function, whose arguments can be calls too. */
export function evaluateIntrinsic(expression: string, valueAt: (path: string) => unknown): unknown {
  const parser = new Parser(expression, valueAt);
  const value = parser.argument();
  parser.end();
  return typeof value === 'string' ? restored(value) : value;
}

/** A call, read from left to right. */
class Parser {
  private position = 0;

  constructor(
    private readonly text: string,
    private readonly valueAt: (path: string) => unknown,
  ) {}

  public argument(): unknown {
    const literal = this.take(/'((?:\\.|[^'\\])*)'/y);
    if (literal !== undefined) return unescaped(literal);
    const name = this.take(/(States\.\w+)\s*\(/y);
    if (name !== undefined) return this.call(name);
    const path = this.take(/(\$(?:\[[^\]]*\]|[^,()[\]])*)/y);
    if (path !== undefined) return this.valueAt(path.trim());
    const constant = this.take(/(-?[\d.eE+-]+|true|false|null)/y);
    if (constant !== undefined) return parsed(constant);
    throw failure(`Invalid intrinsic function: ${this.text}`);
  }

  public end(): void {
    if (this.take(/\s*(.+)/y) !== undefined) throw failure(`Invalid intrinsic function: ${this.text}`);
  }

  private call(name: string): unknown {
    const args: unknown[] = [];
    while (this.take(/(\))/y) === undefined) {
      args.push(this.argument());
      if (this.take(/(,)/y) === undefined && this.text[this.position] !== ')') {
        throw failure(`Invalid intrinsic function: ${this.text}`);
      }
    }
    return applied(name, args);
  }

  /** The first group of an expression that matches at the current position; the position moves behind the match. */
  private take(expression: RegExp): string | undefined {
    const spaces = /\s*/y;
    spaces.lastIndex = this.position;
    expression.lastIndex = this.position + (spaces.exec(this.text)?.[0].length ?? 0);
    const match = expression.exec(this.text);
    if (match === null) return undefined;
    this.position = expression.lastIndex;
    const rest = /\s*/y;
    rest.lastIndex = this.position;
    this.position += rest.exec(this.text)?.[0].length ?? 0;
    return match[1];
  }
}

function applied(name: string, args: unknown[]): unknown {
  if (!Object.hasOwn(FUNCTIONS, name)) throw failure(`The intrinsic function ${name} does not exist`);
  const { kinds, count, call } = FUNCTIONS[name];
  const [min, max] = typeof count === 'number' ? [count, count] : count;
  if (args.length < min || args.length > max) {
    throw failure(`Invalid number of arguments for ${name}: ${args.length}`);
  }
  // Only a template contains placeholders.
  const values = args.map((one) => (typeof one === 'string' && name !== 'States.Format' ? restored(one) : one));
  values.forEach((value, index) => {
    const kind = kinds[Math.min(index, kinds.length - 1)];
    if (!isOfKind(value, kind)) throw failure(`Argument ${index + 1} of ${name} must be of type ${kind}`);
  });
  return call(values);
}

function isOfKind(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'any':
      return true;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === kind;
  }
}

function unescaped(literal: string): string {
  return literal.replace(/\\(.)/g, (_, char: string) => ({ '{': OPENING, '}': CLOSING })[char] ?? char);
}

function format([template, ...values]: Arguments): string {
  const parts = (template as string).split('{}');
  if (parts.length !== values.length + 1) {
    throw failure('The number of arguments of States.Format must be that of the occurrences of {} in the template');
  }
  return parts.reduce((text, part, index) => `${text}${shown(values[index - 1])}${part}`);
}

/** A value in a text. */
function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function partition([items, size]: Arguments): unknown[][] {
  const [all, length] = [items as unknown[], size as number];
  if (length < 1) throw failure('The size of the parts of States.ArrayPartition must be positive');
  return Array.from({ length: Math.ceil(all.length / length) }, (_, index) =>
    all.slice(index * length, (index + 1) * length),
  );
}

function range([first, last, step]: Arguments): number[] {
  const [from, to, by] = [first as number, last as number, step as number];
  if (by === 0) throw failure('The step of States.ArrayRange must not be zero');
  const length = Math.max(0, Math.floor((to - from) / by) + 1);
  if (length > MAX_RANGE_LENGTH) throw failure('The result of States.ArrayRange has more than 1000 items');
  return Array.from({ length }, (_, index) => from + index * by);
}

function itemAt([items, index]: Arguments): unknown {
  const [all, position] = [items as unknown[], index as number];
  if (position < 0 || position >= all.length) throw failure(`States.ArrayGetItem: no item has the index ${position}`);
  return all[position];
}

function hash([value, algorithm]: Arguments): string {
  const name = HASHES[algorithm as string];
  if (name === undefined) throw failure(`States.Hash does not support the algorithm ${String(algorithm)}`);
  return createHash(name)
    .update(limited(shown(value)))
    .digest('hex');
}

function merge([first, second, isDeep]: Arguments): object {
  if (isDeep === true) throw failure('States.JsonMerge only supports shallow merges: the third argument must be false');
  return { ...(first as object), ...(second as object) };
}

function limited(text: string): string {
  if (text.length > MAX_TEXT_LENGTH)
    throw failure('An intrinsic function has an argument of more than 10000 characters');
  return text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw failure(`Invalid JSON: ${(error as Error).message}`);
  }
}

function failure(message: string): StateError {
  return new StateError('States.IntrinsicFailure', message);
}
