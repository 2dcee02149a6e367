import api from './api.json';
import { validationError } from './service-error';

interface Shape {
  readonly type: string;
  readonly required?: string[];
  readonly members?: Record<string, string>;
  readonly member?: string;
  readonly key?: string;
  readonly value?: string;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly values?: string[];
}

const SHAPES = api.shapes as unknown as Record<string, Shape>;
const INPUTS = api.inputs as Record<string, string>;

/** Validates the members of a request against the constraints of the API. */
export function validateRequest(operation: string, input: unknown): void {
  const errors = requestErrors(operation, input);
  if (errors.length === 0) return;
  const noun = errors.length === 1 ? 'validation error' : 'validation errors';
  throw validationError(`${errors.length} ${noun} detected: ${errors.join('; ')}`);
}

/** All validation errors of a request; none for an operation that the model does not contain. */
export function requestErrors(operation: string, input: unknown): string[] {
  const shape = INPUTS[operation];
  const errors: string[] = [];
  if (shape !== undefined) check(shape, input, '', errors);
  return errors;
}

/** Converts text to numbers and booleans where the API expects them: CloudFormation parameters are always text. */
export function coerceRequest<T>(operation: string, input: T): T {
  const shape = INPUTS[operation];
  return shape === undefined ? input : (coerce(shape, input) as T);
}

function coerce(name: string, value: unknown): unknown {
  const { type, members = {}, member = '', value: part = '' } = SHAPES[name];
  if (typeof value === 'string') {
    if (type === 'boolean' && ['true', 'false'].includes(value)) return value === 'true';
    if (NUMBERS.includes(type) && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value);
    return value;
  }
  if (Array.isArray(value)) return type === 'list' ? value.map((item) => coerce(member, item)) : value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const known = type === 'map' ? part : members[key];
      return [key, known === undefined ? inner : coerce(known, inner)];
    }),
  );
}

const NUMBERS = ['integer', 'long', 'float', 'double'];

function check(name: string, value: unknown, path: string, errors: string[]): void {
  const shape = SHAPES[name];
  const fail = (constraint: string): void => {
    const shown = typeof value === 'string' ? value : JSON.stringify(value);
    errors.push(`Value '${shown.slice(0, 200)}' at '${path}' failed to satisfy constraint: ${constraint}`);
  };
  const kind = TYPES[shape.type];
  if (kind !== undefined && !kind(value)) return fail(`Member must be of type ${shape.type}`);
  const size = sizeOf(value);
  if (size !== undefined && shape.min !== undefined && size < shape.min) fail(`Member must be at least ${shape.min}`);
  if (size !== undefined && shape.max !== undefined && size > shape.max) fail(`Member must be at most ${shape.max}`);
  if (typeof value === 'string') {
    if (shape.values !== undefined && !shape.values.includes(value)) {
      fail(`Member must satisfy enum value set: [${shape.values.join(', ')}]`);
    }
    if (shape.pattern !== undefined && !new RegExp(`^(?:${shape.pattern})$`, 'u').test(value)) {
      fail(`Member must satisfy regular expression pattern: ${shape.pattern}`);
    }
  }
  checkParts(shape, value, path, errors);
}

function checkParts(shape: Shape, value: unknown, path: string, errors: string[]): void {
  const at = (member: string): string => (path === '' ? member : `${path}.${member}`);
  if (shape.member !== undefined) {
    (value as unknown[]).forEach((item, index) => check(shape.member ?? '', item, `${path}[${index}]`, errors));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const given = Object.entries(value).filter(([, part]) => part !== undefined && part !== null);
  if (shape.value !== undefined) {
    given.forEach(([key, part]) => {
      check(shape.key ?? '', key, at(key), errors);
      check(shape.value ?? '', part, at(key), errors);
    });
  }
  if (shape.members === undefined) return;
  for (const member of shape.required ?? []) {
    if (!given.some(([name]) => name === member)) {
      errors.push(`Value null at '${at(member)}' failed to satisfy constraint: Member must not be null`);
    }
  }
  for (const [member, part] of given) {
    const known = shape.members[member];
    if (known === undefined) errors.push(`Unknown member '${at(member)}'`);
    else check(known, part, at(member), errors);
  }
}

/** Whether a JSON value has a type of the API. */
const TYPES: Record<string, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isInteger,
  long: Number.isInteger,
  float: (value) => typeof value === 'number',
  double: (value) => typeof value === 'number',
  list: Array.isArray,
  map: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  structure: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** The quantity that `min` and `max` limit: the number itself, characters, or list items. */
function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return [...value].length;
  if (Array.isArray(value)) return value.length;
  return undefined;
}
