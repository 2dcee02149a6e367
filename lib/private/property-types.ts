import { Token } from 'aws-cdk-lib';
import { quote } from './quote';
import types from './property-types.json';

/** The structs of the public API. */
export type Struct = keyof typeof types.structs;

/** The types of properties by name. The name of an optional property ends in "?". */
type Properties = Record<string, string>;

/** A declared property. The type of a list or a map is followed by that of its items: `list:Channel`. */
interface Property {
  readonly name: string;
  readonly isOptional: boolean;
  readonly type: string;
  readonly itemType?: string;
}

const STRUCTS: Record<string, Properties> = types.structs;
const CLASSES: Record<string, string[]> = types.classes;
const ENUMS: Record<string, string[]> = types.enums;

/** The parameters of the methods of the public API, by `Class.method` (static) and `Class#method`. */
export const METHODS: Record<string, Properties> = types.methods;

/**
 * The errors about values with other types than declared, from callers without a type checker. Tokens have every type.
 *
 * The types are in a generated table: see `scripts/property-types.ts`.
 */
export function typeErrors(struct: Struct, value: unknown): string[] {
  const expected = expectation(struct, value);
  if (expected !== undefined) return [`the properties must be ${expected}, got: ${show(value)}`];
  return propertyErrors(STRUCTS[struct], value as object);
}

/** The errors about the arguments of a method, in the order of its parameters. */
export function argumentErrors(parameters: Properties, args: unknown[]): string[] {
  const errors: string[] = [];
  parsed(parameters).forEach((parameter, index) => addErrors(errors, parameter, args[index], ''));
  return errors;
}

function propertyErrors(properties: Properties, values: object, prefix = ''): string[] {
  const errors: string[] = [];
  for (const property of parsed(properties)) {
    addErrors(errors, property, (values as Record<string, unknown>)[property.name], prefix);
  }
  return errors;
}

/** Many constructs have the properties of the same struct, so that their declarations are only parsed once. */
const parsedProperties = new Map<Properties, Property[]>();

function parsed(properties: Properties): Property[] {
  const known = parsedProperties.get(properties);
  if (known !== undefined) return known;
  const all = Object.entries(properties).map(([declared, type]) => {
    const isOptional = declared.endsWith('?');
    const [kind, itemType] = type.split(':');
    return { name: isOptional ? declared.slice(0, -1) : declared, isOptional, type: kind, itemType };
  });
  parsedProperties.set(properties, all);
  return all;
}

function addErrors(errors: string[], property: Property, value: unknown, prefix: string): void {
  const { name, isOptional, type, itemType } = property;
  if ((value === undefined && isOptional) || Token.isUnresolved(value)) return;
  const at = `${prefix}${name}`;
  const expected = expectation(type, value);
  if (expected !== undefined) {
    errors.push(
      value === undefined
        ? `\`${at}\` is required, and must be ${expected}`
        : `\`${at}\` must be ${expected}, got: ${show(value)}`,
    );
  } else if (itemType !== undefined) {
    // The items of a list or a map are not optional.
    for (const [key, item] of Object.entries(value as object)) {
      const itemName = type === 'list' ? `[${key}]` : `["${key}"]`;
      addErrors(errors, { name: itemName, isOptional: false, type: itemType }, item, at);
    }
  } else if (type in STRUCTS) {
    errors.push(...propertyErrors(STRUCTS[type], value as object, `${at}.`));
  }
}

/** The types without a name, with the expectation and the test of a value. */
const KINDS: Record<string, [string, (value: unknown) => boolean]> = {
  any: ['any value', () => true],
  string: ['a string', (value) => typeof value === 'string'],
  number: ['a number', (value) => typeof value === 'number'],
  boolean: ['true or false', (value) => typeof value === 'boolean'],
  list: ['a list', Array.isArray],
  map: ['a map of names to values', (value) => isObject(value) && isPlain(value)],
  object: ['an object', isObject],
};

/** The expectation that a value of a type does not meet. Undefined if it does. */
function expectation(type: string, value: unknown): string | undefined {
  const kind = KINDS[type] as (typeof KINDS)[string] | undefined;
  if (kind !== undefined) return kind[1](value) ? undefined : kind[0];
  if (type in ENUMS) {
    const values = ENUMS[type];
    return values.includes(value as string) ? undefined : `one of the values of ${type} (${values.join(', ')})`;
  }
  if (type in STRUCTS) {
    return isObject(value) && isLike(value, STRUCTS[type]) ? undefined : `an object with properties of ${type}`;
  }
  const isInstance = isObject(value) && CLASSES[type].every((member) => member in value);
  return isInstance ? undefined : withExample(type);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether an object has at least one property of a struct, as TypeScript requires if all of them are optional. */
function isLike(value: object, properties: Properties): boolean {
  if (Object.keys(value).length === 0) return true;
  // The property of an object with a class can be a getter.
  return parsed(properties).some(({ name }) => name in value);
}

/** Whether an object has no class. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function withExample(type: string): string {
  const factory = Object.keys(METHODS).find((method) => method.startsWith(`${type}.`));
  return `of type ${type}${factory === undefined ? '' : `, for example ${factory}(…)`}`;
}

function show(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  return isPlain(value) ? `an object with ${Object.keys(value).join(', ') || 'no properties'}` : value.constructor.name;
}
