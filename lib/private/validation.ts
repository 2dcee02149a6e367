import { type Duration, type Size, SizeRoundingBehavior, Token } from 'aws-cdk-lib';
import limits from './limits.json';
import { type Struct, typeErrors } from './property-types';
import { quote } from './quote';
import { RuleError, type RuleSection } from './rules';

export { quote };

/** The API shapes that have limits. */
export type Shape = keyof typeof limits.shapes;

interface Limit {
  /** The type of the shape. Most shapes are strings. */
  readonly type?: string;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly values?: string[];
}

/** A long list of errors usually has a single cause, so the rest is only counted. */
const SHOWN_ERRORS = 20;

const NAME_RULE = 'start and end with a letter or digit, with only letters, digits and hyphens between';

/** Readable rules for the most common patterns. */
const RULES: Record<string, string> = {
  '[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}': NAME_RULE,
  '[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}': NAME_RULE,
  '[a-zA-Z0-9]([\\-a-zA-Z0-9]*[a-zA-Z0-9])?': NAME_RULE,
  '[a-zA-Z0-9](-*[a-zA-Z0-9]){0,255}': NAME_RULE,
  '[A-Za-z0-9\\-_]*': 'consist of letters, digits, hyphens and underscores',
  '[A-Za-z0-9\\.\\-_]+': 'consist of letters, digits, dots, hyphens and underscores',
  '[a-zA-Z_][a-zA-Z0-9_]*': 'be a variable name: letters, digits and underscores, not starting with a digit',
  '[-\\w]+\\/.+': 'be a MIME type such as "text/csv"',
  '.*': 'not contain a line break',
  '.+': 'not contain a line break',
  '.{0,1024}': 'not contain a line break',
  '(https|s3)://([^/]+)/?(.*)': 'be an S3 URI without a line break',
  '(https|s3)://([^/])/?(.*)': 'be an S3 URI without a line break',
  '[\\p{L}\\p{M}\\p{Z}\\p{S}\\p{N}\\p{P}]*': 'not contain line breaks, tabs or other control characters',
  '([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)': 'consist of letters, digits, spaces and the characters _ . : / = + - @',
};

/** The largest values of the types of whole numbers: the service cannot read larger ones. */
const WHOLE_NUMBERS: Record<string, number> = { integer: 2 ** 31 - 1, long: Number.MAX_SAFE_INTEGER };

/**
 * Collects the validation errors of an object, so that all of them are reported at once.
 *
 * Tokens pass every check, since their value is only known at deployment.
 */
export class ValidationErrors {
  private readonly errors: string[] = [];

  /**
   * @param subject the name of the object in the error message
   * @param section the rules to which the error links
   */
  constructor(
    private readonly subject: string,
    private readonly section: RuleSection,
  ) {}

  /** Adds an error, which states the property, the rule, the value and the fix. */
  public add(error: string): void {
    this.errors.push(error);
  }

  /** Checks the value of a property, which the errors of its own properties name. */
  public within<T>(property: string, check: (errors: ValidationErrors) => T): T {
    const inner = new ValidationErrors(this.subject, this.section);
    const result = check(inner);
    inner.errors.forEach((error) => this.add(`\`${property}\`: ${error}`));
    return result;
  }

  /** Adds an error if a condition holds. */
  public when(isError: boolean, error: string): void {
    if (isError) this.add(error);
  }

  /**
   * Checks that all properties have the declared types, which the other checks rely on.
   *
   * @throws an error that lists every property with another type
   */
  public requireTypes(struct: Struct, props: unknown): void {
    typeErrors(struct, props).forEach((error) => this.add(error));
    this.throwIfAny();
  }

  /** Checks a value against the type and the limits of its API shape. */
  public check(property: string, shape: Shape, value: unknown): void {
    const error = errorOf(shape, value);
    if (error !== undefined) this.add(`\`${property}\` ${error}`);
  }

  /** Checks the seconds of a duration against the limits of its API shape. */
  public checkSeconds(property: string, shape: Shape, duration?: Duration): void {
    const isKnownDuration = duration !== undefined && !duration.isUnresolved();
    this.check(`${property} (seconds)`, shape, isKnownDuration ? duration.toSeconds({ integral: false }) : undefined);
  }

  /** Checks the mebibytes or gibibytes of a size against the limits of its API shape. */
  public checkSize(property: string, unit: 'MiB' | 'GiB', shape: Shape, size?: Size): void {
    const mebibytes = mebibytesOf(size);
    this.check(
      `${property} (${unit})`,
      shape,
      unit === 'GiB' && mebibytes !== undefined ? mebibytes / 1024 : mebibytes,
    );
  }

  /** Checks that a number has no fraction. */
  public checkWholeNumber(property: string, value: number | undefined): void {
    this.when(isKnown(value) && !Number.isInteger(value), `\`${property}\` must be a whole number, got ${value}`);
  }

  /** Checks that a number is greater than 0. */
  public checkPositive(property: string, value: number): void {
    this.when(isKnown(value) && !(value > 0), `\`${property}\` must be more than 0, got ${value}`);
  }

  /** Checks that values are not tokens, since the template contains numbers that are calculated from them. */
  public checkKnown(values: { readonly [property: string]: number | Duration }): void {
    for (const [property, value] of Object.entries(values)) {
      const isUnknown = typeof value === 'number' ? Token.isUnresolved(value) : value.isUnresolved();
      this.when(
        isUnknown,
        `\`${property}\` must not be a token, since other values are calculated from it at synthesis`,
      );
    }
  }

  /** Checks every item of a list and its length. */
  public checkEach(property: string, listShape: Shape | undefined, itemShape: Shape, values?: string[]): void {
    if (values === undefined || Token.isUnresolved(values)) return;
    if (listShape !== undefined) this.check(property, listShape, values);
    values.forEach((value, index) => this.check(`${property}[${index}]`, itemShape, value));
  }

  /** Checks every key and value of a map and its size. */
  public checkMap(property: string, shapes: { map: Shape; key: Shape; value?: Shape }, map: object = {}): void {
    this.check(property, shapes.map, map);
    for (const [key, value] of Object.entries(map)) {
      this.check(`${property} key "${key}"`, shapes.key, key);
      if (shapes.value !== undefined) this.check(`${property}["${key}"]`, shapes.value, value);
    }
  }

  /** Checks that names are unique. */
  public checkUnique(property: string, names: string[]): void {
    const duplicates = names.filter((name, index) => !Token.isUnresolved(name) && names.indexOf(name) !== index);
    for (const name of new Set(duplicates)) this.add(`\`${property}\` must be unique, got more than one "${name}"`);
  }

  /** The errors, in the form that construct validations return. */
  public list(): string[] {
    return [...this.errors];
  }

  /** @throws an error that lists all validation errors, if there are any */
  public throwIfAny(): void {
    if (this.errors.length === 0) return;
    const [first, ...others] = this.errors;
    if (others.length === 0) throw new RuleError(this.section, `${this.subject}: ${first}`);
    const shown = this.errors.slice(0, SHOWN_ERRORS).map((error) => `\n  - ${error}`);
    const rest = this.errors.length > SHOWN_ERRORS ? `\n  and ${this.errors.length - SHOWN_ERRORS} more` : '';
    const count = `${this.errors.length} validation errors`;
    throw new RuleError(this.section, `${this.subject} has ${count}:${shown.join('')}${rest}`);
  }
}

/** The violation of the type or the limits of an API shape by a value. Undefined if there is none or if the value is a token. */
export function errorOf(shape: Shape, value: unknown): string | undefined {
  if (value === undefined || Token.isUnresolved(value)) return undefined;
  const limit: Limit = limits.shapes[shape];
  const { type = 'string' } = limit;
  if (type === 'string')
    return typeof value === 'string' ? stringError(limit, value) : `must be a string, got: ${show(value)}`;
  if (type !== 'list' && type !== 'map') {
    return typeof value === 'number' ? numberError(limit, value) : `must be a number, got: ${show(value)}`;
  }
  if (typeof value !== 'object' || value === null) return `must be a ${type}, got: ${show(value)}`;
  const size = Array.isArray(value) ? value.length : Object.keys(value).length;
  return isWithin(limit, size) ? undefined : `must have ${range(limit)} entries, got ${size}`;
}

function show(value: unknown): string {
  return quote(typeof value === 'string' ? value : String(JSON.stringify(value)));
}

function numberError(limit: Limit, value: number): string | undefined {
  const largest = WHOLE_NUMBERS[limit.type ?? ''];
  if (largest !== undefined && !Number.isInteger(value)) return `must be a whole number, got ${value}`;
  if (!Number.isFinite(value)) return `must be a number, got ${value}`;
  if (!isWithin(limit, value)) return `must be ${range(limit)}, got ${value}`;
  return Math.abs(value) > largest ? `must be at most ${largest}, got ${value}` : undefined;
}

function stringError(limit: Limit, value: string): string | undefined {
  // The service counts code points, not UTF-16 code units.
  const length = [...value].length;
  if (!isWithin(limit, length)) return `must have ${range(limit)} characters, got ${length}: ${quote(value)}`;
  if (limit.values !== undefined && !limit.values.includes(value)) {
    return `must be one of ${limit.values.join(', ')}, got: ${quote(value)}`;
  }
  if (limit.pattern !== undefined && !expression(limit.pattern).test(value)) {
    const rule = RULES[limit.pattern] ?? `match ${limit.pattern}`;
    return `must ${rule}, got: ${quote(value)}`;
  }
  return undefined;
}

function isWithin({ min = -Infinity, max = Infinity }: Limit, value: number): boolean {
  return value >= min && value <= max;
}

function range({ min, max }: Limit): string {
  if (max === undefined) return `at least ${min}`;
  return min === undefined || min === 0 ? `at most ${max}` : `${min} to ${max}`;
}

/** Many values have the same shape, so that its expression is only created once. */
const expressions = new Map<string, RegExp>();

/** The expression of a pattern of the API, in which `.` excludes one more line break than in JavaScript. */
function expression(pattern: string): RegExp {
  const known = expressions.get(pattern);
  if (known !== undefined) return known;
  const dot = /(\\.|\[(?:\\.|[^\]])*\])|\./g;
  const source = pattern.replace(dot, (_, other?: string) => other ?? '[^\\n\\r\\u0085\\u2028\\u2029]');
  const created = new RegExp(`^(?:${source})$`, 'u');
  expressions.set(pattern, created);
  return created;
}

/** The mebibytes of a size, which can be a fraction. Undefined for a token. */
export function mebibytesOf(size?: Size): number | undefined {
  return size?.isUnresolved() === false ? size.toMebibytes({ rounding: SizeRoundingBehavior.NONE }) : undefined;
}

/** Whether a value is specified and not a token. */
export function isKnown<T>(value: T | undefined): value is T {
  return value !== undefined && !Token.isUnresolved(value);
}
