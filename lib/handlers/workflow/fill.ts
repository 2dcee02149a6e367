import type { Values } from '../workflow-contract';

const PLACEHOLDER = /\{\{(?<name>\w+)\}\}/g;

/** Parses a request and replaces the placeholders in its texts. Other text in double braces stays as it is. */
export function fill<T>(request: string, values: Values): T {
  return JSON.parse(request, (_, value: unknown) => (typeof value === 'string' ? fillText(value, values) : value)) as T;
}

export function fillText(text: string, values: Values): string {
  return text.replace(PLACEHOLDER, (placeholder, name: string) => values[name] ?? placeholder);
}
