import { BlockList } from 'node:net';
import type { Condition } from './document';
import { isArnLike, isLike } from './patterns';

/** The condition keys of a request, in lower case, and their values. */
export type ConditionKeys = ReadonlyMap<string, string[]>;

/** A policy that the local service cannot evaluate. It must not allow a request, and a statement that denies then does so. */
export class UnknownElement extends Error {}

/** Compares a value of the request with one of the policy. */
type Comparison = (value: string, expected: string) => boolean;

const numeric =
  (compare: (a: number, b: number) => boolean): Comparison =>
  (value, expected) =>
    compare(Number(value), Number(expected));

const date =
  (compare: (a: number, b: number) => boolean): Comparison =>
  (value, expected) =>
    compare(timeOf(value), timeOf(expected));

const isSame = (a: unknown, b: unknown): boolean => a === b;
const isSameText: Comparison = (value, expected) => value.toLowerCase() === expected.toLowerCase();

const COMPARISONS: Record<string, Comparison> = {
  StringEquals: isSame,
  StringEqualsIgnoreCase: isSameText,
  StringLike: isLike,
  NumericEquals: numeric(isSame),
  NumericLessThan: numeric((a, b) => a < b),
  NumericLessThanEquals: numeric((a, b) => a <= b),
  NumericGreaterThan: numeric((a, b) => a > b),
  NumericGreaterThanEquals: numeric((a, b) => a >= b),
  DateEquals: date(isSame),
  DateLessThan: date((a, b) => a < b),
  DateLessThanEquals: date((a, b) => a <= b),
  DateGreaterThan: date((a, b) => a > b),
  DateGreaterThanEquals: date((a, b) => a >= b),
  Bool: isSameText,
  BinaryEquals: isSame,
  IpAddress: isInRange,
  ArnEquals: isArnLike,
  ArnLike: isArnLike,
};

/** The operators that hold if the value of the request matches none of those of the policy. */
const NEGATED: Record<string, string> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
  NotIpAddress: 'IpAddress',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
};

const OPERATOR = /^(?:(?<set>ForAllValues|ForAnyValue):)?(?<name>\w+?)(?<isOptional>IfExists)?$/;

/** Whether a condition holds for a request. The values of the condition have no variables any more. */
export function holds({ operator, key, values }: Condition, keys: ConditionKeys): boolean {
  const { set, name = '', isOptional } = OPERATOR.exec(operator)?.groups ?? {};
  const actual = keys.get(key.toLowerCase());
  if (name === 'Null') return values.every((value) => (value === 'true') === (actual === undefined));
  const isNegated = name in NEGATED;
  const compare = COMPARISONS[NEGATED[name] ?? name];
  if (compare === undefined) throw new UnknownElement(`the condition operator ${operator} is not supported`);
  if (actual === undefined)
    return isOptional !== undefined || set === 'ForAllValues' || (isNegated && set === undefined);
  const matches = (value: string): boolean => values.some((expected) => compare(value, expected)) !== isNegated;
  const hasToHoldForAll = set === 'ForAllValues' || (set === undefined && isNegated);
  return hasToHoldForAll ? actual.every(matches) : actual.some(matches);
}

/** A date is text in the form of ISO 8601, or a number of seconds since 1970. */
function timeOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

function isInRange(address: string, range: string): boolean {
  const [network, prefix] = range.split('/');
  const family = network.includes(':') ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(network, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family);
  return list.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
}
