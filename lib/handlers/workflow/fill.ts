import type { ElementSeparator, Values } from '../workflow-contract';

const ELEMENT_SEPARATOR: ElementSeparator = '{{,}}';

const PLACEHOLDER = /\{\{(?<name>\w+)\}\}/g;

/**
 * Parses a request, replaces the placeholders in its texts, and divides the lists that were one text. Other text in double braces stays as
 * it is.
 */
export function fill<T>(request: string, values: Values): T {
  return JSON.parse(request, (_, value: unknown) => {
    if (Array.isArray(value)) return value.flatMap(elementsOf);
    return typeof value === 'string' ? fillText(value, values) : value;
  }) as T;
}

function elementsOf(element: unknown): unknown {
  return typeof element === 'string' ? element.split(ELEMENT_SEPARATOR) : [element];
}

export function fillText(text: string, values: Values): string {
  return text.replace(PLACEHOLDER, (placeholder, name: string) => values[name] ?? placeholder);
}
