/** A value of a template; null if it is only decided at deployment. */
export type Known<T> = T | null;

/** The value at a path of members; undefined if it does not exist. Templates of other libraries have any shape. */
export function at(value: unknown, ...members: string[]): unknown {
  return members.reduce<unknown>(
    (part, member) => (isObject(part) && Object.hasOwn(part, member) ? part[member] : undefined),
    value,
  );
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** A text, also with references; empty if it is none. */
export function raw(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A text without references, which are in double braces. */
export function text(value: unknown): Known<string> {
  return typeof value === 'string' && !value.includes('{{') ? value : null;
}

/** A number, which CloudFormation also accepts as text. */
export function number(value: unknown): Known<number> {
  const isNumeric = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
  return isNumeric && Number.isFinite(Number(value)) ? Number(value) : null;
}

/** A number that the service has a default for. */
export function numberOr(value: unknown, absent: number): Known<number> {
  return value === undefined ? absent : number(value);
}

/** The sum, or another combination, of known numbers. */
export function combined(values: Known<number>[], combine: (numbers: number[]) => number): Known<number> {
  const numbers = values.filter((value) => value !== null);
  return numbers.length === values.length ? combine(numbers) : null;
}

export const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0);
export const product = (numbers: number[]): number => numbers.reduce((total, one) => total * one, 1);

/** A number whose token the CDK has rendered without quotation marks. */
const UNQUOTED_REFERENCE = /(?<=[:[,]\s*)\{\{[^{}]*\}\}(?=\s*[,}\]])/g;

/** The object that a text in JSON contains; undefined if the text is only known at deployment. */
export function parsed(json: unknown): Record<string, unknown> | undefined {
  if (typeof json !== 'string') return undefined;
  for (const candidate of [json, json.replace(UNQUOTED_REFERENCE, '"$&"')]) {
    try {
      const value: unknown = JSON.parse(candidate);
      return isObject(value) ? value : undefined;
    } catch {
      continue;
    }
  }
  return undefined;
}
