import { type Duration, Token } from 'aws-cdk-lib';
import limits from './limits.json';

/** The API shapes that state a limit. */
export type Shape = keyof typeof limits.shapes;

interface Limit {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly values?: string[];
}

/** More errors than anybody reads come from one mistake. */
const SHOWN_ERRORS = 20;

const NAME_RULE = 'start and end with a letter or digit, with only letters, digits and hyphens between';

/** What the patterns that users meet most say in words. */
const RULES: Record<string, string> = {
  '[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}': NAME_RULE,
  '[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}': NAME_RULE,
  '[a-zA-Z0-9]([\\-a-zA-Z0-9]*[a-zA-Z0-9])?': NAME_RULE,
  '[A-Za-z0-9\\.\\-_]+': 'consist of letters, digits, dots, hyphens and underscores',
  '[a-zA-Z_][a-zA-Z0-9_]*': 'be a variable name: letters, digits and underscores, not starting with a digit',
  '[-\\w]+\\/.+': 'be a MIME type such as "text/csv"',
};

/**
 * Collects the errors of one object, so that its user reads all of them at once.
 *
 * Tokens pass every check: their value is known at deployment only.
 */
export class ValidationErrors {
  private readonly errors: string[] = [];

  /** @param subject whose errors these are, as its user would name it */
  constructor(private readonly subject: string) {}

  /** Records a error: property, rule, value and how to mend it. */
  public add(error: string): void {
    this.errors.push(error);
  }

  /** Records `error` when `isError` holds. */
  public when(isError: boolean, error: string): void {
    if (isError) this.add(error);
  }

  /** Checks a value against the limits that the API states for its shape. */
  public check(property: string, shape: Shape, value: unknown): void {
    const error = errorOf(shape, value);
    if (error !== undefined) this.add(`\`${property}\` ${error}`);
  }

  /** Checks the seconds of a duration against the limits that the API states for its shape. */
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

  /** Checks that values are no tokens: the template has numbers that are calculated from them. */
  public checkKnown(values: { readonly [property: string]: number | Duration }): void {
    for (const [property, value] of Object.entries(values)) {
      const isUnknown = typeof value === 'number' ? Token.isUnresolved(value) : value.isUnresolved();
      this.when(isUnknown, `\`${property}\` must be known at synthesis: CloudFormation cannot calculate with it`);
    }
  }

  /** Checks every item of a list, and the length of the list. */
  public checkEach(property: string, listShape: Shape | undefined, itemShape: Shape, values: string[] = []): void {
    if (listShape !== undefined) this.check(property, listShape, values);
    if (Token.isUnresolved(values)) return;
    values.forEach((value, index) => this.check(`${property}[${index}]`, itemShape, value));
  }

  /** Checks every key and value of a map, and its size. */
  public checkMap(property: string, shapes: { map: Shape; key: Shape; value?: Shape }, map: object = {}): void {
    this.check(property, shapes.map, map);
    for (const [key, value] of Object.entries(map)) {
      this.check(`${property} key "${key}"`, shapes.key, key);
      if (shapes.value !== undefined) this.check(`${property}["${key}"]`, shapes.value, value);
    }
  }

  /** Checks that no two items carry the same name. */
  public checkUnique(property: string, names: string[]): void {
    const twice = names.filter((name, index) => !Token.isUnresolved(name) && names.indexOf(name) !== index);
    for (const name of new Set(twice)) this.add(`\`${property}\` must be unique, got more than one "${name}"`);
  }

  /** The errors so far, one a line; empty when there is none. */
  public list(): string[] {
    return [...this.errors];
  }

  /** @throws one error that lists all errors, when there is any */
  public throwIfAny(): void {
    if (this.errors.length === 0) return;
    const [first, ...others] = this.errors;
    if (others.length === 0) throw new Error(`${this.subject}: ${first}`);
    const shown = this.errors.slice(0, SHOWN_ERRORS).map((error) => `\n  - ${error}`);
    const rest = this.errors.length > SHOWN_ERRORS ? `\n  and ${this.errors.length - SHOWN_ERRORS} more` : '';
    throw new Error(`${this.subject} has ${this.errors.length} validation errors:${shown.join('')}${rest}`);
  }
}

/** What is wrong with a value by the limits that the API states for its shape, if anything. Tokens pass. */
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
  // Characters as the service counts them: code points, not UTF-16 halves.
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

/** A value as an error shows it: quoted, and cut where it would bury the message. */
export function quote(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
}

/** The seconds of a duration that is known at synthesis. */
export function seconds(duration?: Duration): number | undefined {
  return duration === undefined || duration.isUnresolved() ? undefined : duration.toSeconds();
}

/** Whether the value is known at synthesis: present, and no token. */
export function isKnown<T>(value: T | undefined): value is T {
  return value !== undefined && !Token.isUnresolved(value);
}
