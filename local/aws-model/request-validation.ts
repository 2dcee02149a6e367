import api from './api.json';
import applicationAutoScaling from './application-auto-scaling.json';
import cloudWatch from './cloudwatch.json';
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

/** The service models. The shapes and operations of different services have different names. */
const MODELS: readonly { readonly shapes: object; readonly inputs: object }[] = [
  api,
  cloudWatch,
  applicationAutoScaling,
];
const SHAPES = Object.assign({}, ...MODELS.map(({ shapes }) => shapes)) as Record<string, Shape>;
const INPUTS = Object.assign({}, ...MODELS.map(({ inputs }) => inputs)) as Record<string, string>;

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

/** A value in a request: its shape, and where it is. Errors have the words and the paths of the service. */
function check(name: string, value: unknown, path: string, errors: string[]): void {
  const found = violations(name, value);
  found.forEach((constraint) => errors.push(errorAt(path, value, constraint)));
  const { member, value: mapValue, key, members, required = [] } = SHAPES[name];
  if (found.includes(typeConstraint(name))) return;
  if (member !== undefined) {
    (value as unknown[]).forEach((item, index) => {
      if (!isScalar(member)) return check(member, item, `${path}.${index + 1}.member`, errors);
      checkPart(member, item, 'Member', { path, shown: [item], errors });
    });
  }
  if (mapValue !== undefined && key !== undefined) {
    for (const [entryKey, entry] of given(value)) {
      const at = { path, shown: { [entryKey]: entry }, errors };
      checkPart(key, entryKey, 'Map keys', at);
      if (isScalar(mapValue)) checkPart(mapValue, entry, 'Map value', at);
      else check(mapValue, entry, `${path}.${entryKey}.member`, errors);
    }
  }
  if (members !== undefined) checkMembers(members, required, value, path, errors);
}

function checkMembers(
  members: Record<string, string>,
  required: string[],
  value: unknown,
  path: string,
  errors: string[],
): void {
  const at = (member: string): string => (path === '' ? member : `${path}.${member}`);
  const parts = given(value);
  for (const member of required.filter((one) => !parts.some(([name]) => name === one))) {
    errors.push(`Value null at '${at(camelCase(member))}' failed to satisfy constraint: Member must not be null`);
  }
  for (const [member, part] of parts) {
    const known = Object.hasOwn(members, member) ? members[member] : undefined;
    if (known === undefined) errors.push(`Unknown member '${at(member)}'`);
    else check(known, part, at(camelCase(member)), errors);
  }
}

/** Checks an item of a list, or a key or value of a map. Its error names the list or map, and shows only this part of it. */
function checkPart(
  shape: string,
  value: unknown,
  noun: string,
  { path, shown, errors }: { readonly path: string; readonly shown: unknown; readonly errors: string[] },
): void {
  const found = violations(shape, value);
  if (found.length > 0) errors.push(errorAt(path, shown, `${noun} must satisfy constraint: [${found.join(', ')}]`));
}

function errorAt(path: string, value: unknown, constraint: string): string {
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  return `Value '${shown.slice(0, 200)}' at '${path}' failed to satisfy constraint: ${constraint}`;
}

/** The members of an object that have a value. */
function given(value: unknown): [string, unknown][] {
  return Object.entries(value as object).filter(([, part]) => part !== undefined && part !== null);
}

/** Paths in the errors of the service start with a small letter. */
function camelCase(member: string): string {
  return member.charAt(0).toLowerCase() + member.slice(1);
}

function isScalar(name: string): boolean {
  return !['structure', 'list', 'map'].includes(SHAPES[name].type);
}

function typeConstraint(name: string): string {
  return `Member must be of type ${SHAPES[name].type}`;
}

/** The constraints of a shape that a value does not satisfy, without those of its parts. */
function violations(name: string, value: unknown): string[] {
  const { type, min = -Infinity, max = Infinity, values, pattern } = SHAPES[name];
  if (TYPES[type]?.(value) === false) return [typeConstraint(name)];
  const constraints: string[] = [];
  const [size, quantity] = typeof value === 'number' ? [value, 'value'] : [lengthOf(value), 'length'];
  if (size < min) constraints.push(`Member must have ${quantity} greater than or equal to ${min}`);
  if (size > max) constraints.push(`Member must have ${quantity} less than or equal to ${max}`);
  if (typeof value !== 'string') return constraints;
  if (values?.includes(value) === false) constraints.push(`Member must satisfy enum value set: [${values.join(', ')}]`);
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`, 'u').test(value)) {
    constraints.push(`Member must satisfy regular expression pattern: ${pattern}`);
  }
  return constraints;
}

/** Whether a JSON value has a type of the API. */
const TYPES: Record<string, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isInteger,
  long: Number.isInteger,
  float: (value) => typeof value === 'number',
  double: (value) => typeof value === 'number',
  timestamp: (value) => typeof value === 'number',
  list: Array.isArray,
  map: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  structure: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** The characters of a text, the items of a list, or the entries of a map. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return [...value].length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : NaN;
}
