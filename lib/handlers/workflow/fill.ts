import type { ElementSeparator, LiteralBraces, Values } from '../workflow-contract';

const ELEMENT_SEPARATOR: ElementSeparator = '{{,}}';
const LITERAL_BRACES: LiteralBraces = '{{_}}';

const PLACEHOLDER = /\{\{(?<name>\w+)\}\}/g;

/**
 * Parses a request, replaces the placeholders in its texts, and divides the lists that were one text. Other text in double braces stays as
 * it is.
 */
export function fill<T>(request: string, values: Values): T {
  return filled(JSON.parse(request), values) as T;
}

function filled(value: unknown, values: Values): unknown {
  if (typeof value === 'string') return fillText(value, values);
  // A list is divided first: the text of a user can contain the separator when it is filled.
  if (Array.isArray(value)) return value.flatMap(elementsOf).map((element) => filled(element, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, filled(member, values)]));
}

function elementsOf(element: unknown): unknown {
  return typeof element === 'string' ? element.split(ELEMENT_SEPARATOR) : [element];
}

export function fillText(text: string, values: Values): string {
  return text.replace(PLACEHOLDER, (placeholder, name: string) =>
    placeholder === LITERAL_BRACES ? '{{' : (values[name] ?? placeholder),
  );
}
