import { JSONPath } from 'jsonpath-plus';
import { StateError, runtimeError } from './error';
import { evaluateIntrinsic } from './intrinsic-function';

/** The values that the paths of a state refer to. */
export interface PathScope {
  /** The value of `$`. */
  readonly value: unknown;

  /** The context object: the value of `$$`. */
  readonly context: unknown;
}

/** The paths that return a list, also if they match one value or none. */
const INDEFINITE = /\*|\.\.|\?\(|\[[^\]'"]*[,:]/;

/** The value at a path; undefined if there is none. */
export function find(path: string, { value, context }: PathScope): unknown {
  const isContext = path.startsWith('$$');
  const [json, own] = isContext ? [context, path.slice(1)] : [value, path];
  if (own === '$') return json;
  if (typeof json !== 'object' || json === null) return undefined;
  const found = JSONPath<unknown>({ path: own, json, wrap: false });
  return found === undefined && INDEFINITE.test(own) ? [] : found;
}

/** The value at a path of a state. That there is none is an error. */
export function select(path: string, scope: PathScope): unknown {
  const found = find(path, scope);
  if (found === undefined) {
    throw runtimeError(`Invalid path '${path}': it is not in the input '${JSON.stringify(scope.value)}'`);
  }
  return found;
}

/** A path of the input or output of a state: null selects an empty object. */
export function filter(path: string | null | undefined, scope: PathScope): unknown {
  if (path === null) return {};
  return path === undefined ? scope.value : select(path, scope);
}

/** A payload template, in which the values of names that end with `.$` are paths and intrinsic functions. */
export function fill(template: unknown, scope: PathScope): unknown {
  if (Array.isArray(template)) return template.map((item) => fill(item, scope));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template as Record<string, unknown>).map(([name, value]) => {
      if (!name.endsWith('.$')) return [name, fill(value, scope)] as const;
      return [name.slice(0, -2), evaluated(name, String(value), scope)] as const;
    }),
  );
}

function evaluated(field: string, expression: string, scope: PathScope): unknown {
  if (!expression.startsWith('$')) return evaluateIntrinsic(expression, (path) => found(field, path, scope));
  return found(field, expression, scope);
}

function found(field: string, path: string, scope: PathScope): unknown {
  const value = find(path, scope);
  if (value !== undefined) return value;
  throw runtimeError(
    `The JSONPath '${path}' specified for the field '${field}' could not be found in the input '${JSON.stringify(scope.value)}'`,
  );
}

/** Inserts a result into the input of a state at a reference path. The input is not changed. */
export function insert(input: unknown, path: string | null | undefined, result: unknown): unknown {
  if (path === null) return input;
  const segments = segmentsOf(path ?? '$');
  return inserted(input, segments, result);
}

function inserted(target: unknown, [segment, ...rest]: (string | number)[], result: unknown): unknown {
  if (segment === undefined) return result;
  if (typeof segment === 'number') {
    if (!Array.isArray(target) || segment >= target.length) throw mismatch(segment, target);
    return target.map((item, index) => (index === segment ? inserted(item, rest, result) : (item as unknown)));
  }
  if (target !== undefined && (typeof target !== 'object' || target === null || Array.isArray(target))) {
    throw mismatch(segment, target);
  }
  const object = (target ?? {}) as Record<string, unknown>;
  return { ...object, [segment]: inserted(object[segment], rest, result) };
}

function mismatch(segment: string | number, target: unknown): StateError {
  const text = `Unable to apply step "${segment}" to input ${JSON.stringify(target)}`;
  return new StateError('States.ResultPathMatchFailure', text);
}

/** The names and indexes of a reference path. */
function segmentsOf(path: string): (string | number)[] {
  const parts = path.slice(1).matchAll(/\.([^.[]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/g);
  return [...parts].map(([, name, index, single, double]) =>
    index === undefined ? (name ?? single ?? double) : Number(index),
  );
}
