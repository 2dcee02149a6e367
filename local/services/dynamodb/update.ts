import Big from 'big.js';
import { type ServiceError, validationError } from '../../aws-model/service-error';
import { type AttributeValue, type DocumentPath, type Item, normalized, typeOf, valueAt } from './attribute-value';
import type { UpdateAction, UpdateOperand } from './expressions';

type Container = Record<string | number, AttributeValue>;

const wrongType = (): ServiceError => validationError('An operand in the update expression has an incorrect data type');

/** The item after all actions of an update expression. The operands are the values before the update. */
export function updated(actions: readonly UpdateAction[], item: Item): Item {
  const result = structuredClone(item);
  const values = actions.map(({ val }) => (val === undefined ? undefined : resolved(val, item)));
  const removed: [container: Container, step: string | number][] = [];
  actions.forEach(({ type, path }, index) => {
    const step = path[path.length - 1];
    const container = containerOf(path, result);
    const value = type === 'remove' ? undefined : changed(type, container[step], values[index]);
    if (value !== undefined) put(container, step, value);
    else removed.push([container, step]);
  });
  // Positions in lists are those before the update: the last ones are removed first.
  for (const [container, step] of removed.sort(([, a], [, b]) => Number(b) - Number(a) || 0)) {
    if (Array.isArray(container)) container.splice(Number(step), 1);
    else delete container[step];
  }
  return result;
}

/** The map or the list that contains the last step of a path. */
function containerOf(path: DocumentPath, item: Item): Container {
  const parent = valueAt(path.slice(0, -1), item);
  const container = typeof path[path.length - 1] === 'number' ? parent?.L : parent?.M;
  if (container === undefined) {
    throw validationError('The document path provided in the update expression is invalid for update');
  }
  return container as Container;
}

/** A position behind the end of a list appends to the list. */
function put(container: Container, step: string | number, value: AttributeValue): void {
  if (Array.isArray(container)) container[Math.min(Number(step), container.length)] = value;
  else container[step] = value;
}

/** The value after an action; undefined if the action removes it. */
function changed(
  type: UpdateAction['type'],
  before: AttributeValue | undefined,
  value: AttributeValue | undefined,
): AttributeValue | undefined {
  if (value === undefined || type === 'set') return value;
  const kind = typeOf(value);
  if (before !== undefined && typeOf(before) !== kind) throw wrongType();
  if (kind === 'N') return calculated('add', before ?? { N: '0' }, value);
  const [old, given] = [(before?.[kind] ?? []) as string[], value[kind] as string[]];
  const elements =
    type === 'add' ? [...new Set([...old, ...given])] : old.filter((element) => !given.includes(element));
  return elements.length === 0 ? undefined : { [kind]: elements };
}

function resolved(operand: UpdateOperand, item: Item): AttributeValue {
  if (Array.isArray(operand)) {
    const value = valueAt(operand as DocumentPath, item);
    if (value !== undefined) return value;
    throw validationError('The provided expression refers to an attribute that does not exist in the item');
  }
  const { type, name, args } = operand as { type?: unknown; name?: unknown; args?: UpdateOperand[] };
  if (typeof type !== 'string' || args === undefined) return operand as AttributeValue;
  if (name === 'if_not_exists') return valueAt(args[0] as DocumentPath, item) ?? resolved(args[1], item);
  const [first, second] = args.map((one) => resolved(one, item));
  if (name !== 'list_append') return calculated(type, first, second);
  if (first.L === undefined || second.L === undefined) throw wrongType();
  return { L: [...(first.L as AttributeValue[]), ...(second.L as AttributeValue[])] };
}

function calculated(operator: string, first: AttributeValue, second: AttributeValue): AttributeValue {
  if (first.N === undefined || second.N === undefined) throw wrongType();
  const [a, b] = [new Big(first.N as string), new Big(second.N as string)];
  return normalized({ N: (operator === 'subtract' ? a.minus(b) : a.plus(b)).toFixed() });
}
