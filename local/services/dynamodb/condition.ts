import {
  type AttributeValue,
  type DocumentPath,
  type Item,
  areEqual,
  bytesOf,
  compare,
  typeOf,
  valueAt,
} from './attribute-value';
import type { Condition, Operand } from './expressions';

type Value = AttributeValue | undefined;

const ordered =
  (isMet: (order: number) => boolean) =>
  (a: Value, b: Value): boolean => {
    const order = a && b && compare(a, b);
    return order !== undefined && isMet(order);
  };

const isAtLeast = ordered((order) => order >= 0);
const isAtMost = ordered((order) => order <= 0);
const isEqual = (a: Value, b: Value): boolean => a !== undefined && b !== undefined && areEqual(a, b);

/** The comparisons and functions. A comparison with an attribute that the item does not have does not hold. */
const COMPARISONS: Record<string, (value: Value, ...operands: Value[]) => boolean> = {
  '=': isEqual,
  '<>': (a, b) => !isEqual(a, b),
  '<': ordered((order) => order < 0),
  '<=': isAtMost,
  '>': ordered((order) => order > 0),
  '>=': isAtLeast,
  between: (value, from, to) => isAtLeast(value, from) && isAtMost(value, to),
  in: (value, ...all) => all.some((one) => isEqual(value, one)),
  attribute_exists: (value) => value !== undefined,
  attribute_not_exists: (value) => value === undefined,
  attribute_type: (value, type) => value !== undefined && typeOf(value) === type?.S,
  begins_with: (value, prefix) => {
    if (value === undefined || prefix === undefined || typeOf(value) !== typeOf(prefix)) return false;
    if (!['S', 'B'].includes(typeOf(value))) return false;
    return bytesOf(value).subarray(0, bytesOf(prefix).length).equals(bytesOf(prefix));
  },
  contains: (value, part) => value !== undefined && part !== undefined && contains(value, part),
};

/** Whether a condition holds for an item; for one that does not exist, as for an item without attributes. */
export function isMet(condition: Condition, item: Item = {}): boolean {
  const parts = condition.args as Condition[];
  switch (condition.type) {
    case 'and':
      return parts.every((part) => isMet(part, item));
    case 'or':
      return parts.some((part) => isMet(part, item));
    case 'not':
      return !isMet(parts[0], item);
    default: {
      const [value, ...operands] = (condition.args as Operand[]).map((operand) => resolved(operand, item));
      return COMPARISONS[condition.name ?? condition.type](value, ...operands);
    }
  }
}

function resolved(operand: Operand, item: Item): Value {
  if (Array.isArray(operand)) return valueAt(operand as DocumentPath, item);
  const { type, args } = operand as { readonly type?: unknown; readonly args?: Operand[] };
  // The only function with a value is `size`.
  if (type !== 'function' || args === undefined) return operand as AttributeValue;
  const value = resolved(args[0], item);
  const size = value && sizeOf(value);
  return size === undefined ? undefined : { N: String(size) };
}

/** The characters of a text, the bytes of a binary value, or the elements of a set, a list or a map. */
function sizeOf(value: AttributeValue): number | undefined {
  const [[type, content]] = Object.entries(value);
  if (type === 'S') return String(content).length;
  if (type === 'B') return bytesOf(value).length;
  return typeof content === 'object' && content !== null ? Object.keys(content).length : undefined;
}

function contains(value: AttributeValue, part: AttributeValue): boolean {
  const [[type, content]] = Object.entries(value);
  if (type === 'L') return (content as AttributeValue[]).some((one) => areEqual(one, part));
  if (type === typeOf(part) && (type === 'S' || type === 'B')) return bytesOf(value).includes(bytesOf(part));
  return type === `${typeOf(part)}S` && (content as string[]).includes(String(part[typeOf(part)]));
}
