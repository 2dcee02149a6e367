import { type Duration, Token } from 'aws-cdk-lib';
import limits from './limits.json';

/** The API shapes that have limits. */
export type Shape = keyof typeof limits.shapes;

interface Limit {
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
  '[A-Za-z0-9\\.\\-_]+': 'consist of letters, digits, dots, hyphens and underscores',
  '[a-zA-Z_][a-zA-Z0-9_]*': 'be a variable name: letters, digits and underscores, not starting with a digit',
  '[-\\w]+\\/.+': 'be a MIME type such as "text/csv"',
};

/**
 * Collects the validation errors of an object, so that all of them are reported at once.
 *
 * Tokens pass every check, since their value is only known at deployment.
 */
export class ValidationErrors {
  private readonly errors: string[] = [];

  /** @param subject the name of the object in the error message */
  constructor(private readonly subject: string) {}

  /** Adds an error, which states the property, the rule, the value and the fix. */
  public add(error: string): void {
    this.errors.push(error);
  }

  /** Adds an error if a condition holds. */
  public when(isError: boolean, error: string): void {
    if (isError) this.add(error);
  }

  /** Checks a value against the limits of its API shape. */
  public check(property: string, shape: Shape, value: unknown): void {
    const error = errorOf(shape, value);
    if (error !== undefined) this.add(`\`${property}\` ${error}`);
  }

  /** Checks the seconds of a duration against the limits of its API shape. */
  public checkSeconds(property: string, shape: Shape, duration?: Duration): void {
    this.check(`${property} (seconds)`, shape, seconds(duration));
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
  public checkEach(property: string, listShape: Shape | undefined, itemShape: Shape, values: string[] = []): void {
    if (listShape !== undefined) this.check(property, listShape, values);
    if (Token.isUnresolved(values)) return;
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
    if (others.length === 0) throw new Error(`${this.subject}: ${first}`);
    const shown = this.errors.slice(0, SHOWN_ERRORS).map((error) => `\n  - ${error}`);
    const rest = this.errors.length > SHOWN_ERRORS ? `\n  and ${this.errors.length - SHOWN_ERRORS} more` : '';
    throw new Error(`${this.subject} has ${this.errors.length} validation errors:${shown.join('')}${rest}`);
  }
}

/** The violation of the limits of an API shape by a value. Undefined if there is none or if the value is a token. */
export function errorOf(shape: Shape, value: unknown): string | undefined {
  if (value === undefined || Token.isUnresolved(value)) return undefined;
  const limit: Limit = limits.shapes[shape];
  if (typeof value === 'number') return numberError(limit, value);
  if (typeof value === 'string') return stringError(limit, value);
  const size = Array.isArray(value) ? value.length : Object.keys(value as object).length;
  return isWithin(limit, size) ? undefined : `must have ${range(limit)} entries, got ${size}`;
}

function numberError(limit: Limit, value: number): string | undefined {
  return isWithin(limit, value) ? undefined : `must be ${range(limit)}, got ${value}`;
}

function stringError(limit: Limit, value: string): string | undefined {
  // The service counts code points, not UTF-16 code units.
  const length = [...value].length;
  if (!isWithin(limit, length)) return `must have ${range(limit)} characters, got ${length}: ${quote(value)}`;
  if (limit.values !== undefined && !limit.values.includes(value)) {
    return `must be one of ${limit.values.join(', ')}, got: ${quote(value)}`;
  }
  if (limit.pattern !== undefined && !new RegExp(`^(?:${limit.pattern})$`, 'u').test(value)) {
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

/** A value in an error message: in quotation marks, and truncated if it is long. */
export function quote(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
}

/** The seconds of a duration. Undefined for a token. */
function seconds(duration?: Duration): number | undefined {
  return duration === undefined || duration.isUnresolved() ? undefined : duration.toSeconds();
}

/** Whether a value is specified and not a token. */
export function isKnown<T>(value: T | undefined): value is T {
  return value !== undefined && !Token.isUnresolved(value);
}
