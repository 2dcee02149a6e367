import { parse as parseCondition } from 'dynalite/db/conditionParser';
import { parse as parseProjection } from 'dynalite/db/projectionParser';
import { parse as parseUpdate } from 'dynalite/db/updateParser';
import { validationError } from '../../aws-model/service-error';
import { type AttributeValue, type DocumentPath, compare, normalized } from './attribute-value';
import RESERVED_WORDS from './reserved-words.json';

/** The names and values of a request that its expressions can use, as the parsers read them. */
export interface ExpressionContext {
  readonly attrNames?: Readonly<Record<string, string>>;
  readonly attrVals?: Readonly<Record<string, AttributeValue>>;

  /** The parsers delete the names and values from here that an expression uses. */
  readonly unusedAttrNames: Record<string, true>;
  readonly unusedAttrVals: Record<string, true>;
  readonly isKeyCondition?: boolean;
  isReserved(name: string): boolean;
  compare(operator: 'GT', a: AttributeValue, b: AttributeValue): boolean;
}

/** An operand of a condition: a document path, a value, or a function. */
export type Operand = DocumentPath | AttributeValue | { readonly type: 'function'; readonly args: Operand[] };

/** A condition: an operator, or a function with its name. */
export interface Condition {
  readonly type: string;
  readonly name?: string;
  readonly args: (Operand | Condition)[];
}

export interface ParsedCondition {
  readonly expression: Condition;

  /** The first names of the document paths. */
  readonly pathHeads: Readonly<Record<string, true>>;
}

/** One action of an update expression. */
export interface UpdateAction {
  readonly type: 'set' | 'remove' | 'add' | 'delete';
  readonly path: DocumentPath;

  /** The new value, the number to add, or the elements to add or to delete. */
  readonly val?: UpdateOperand;
}

export type UpdateOperand =
  | DocumentPath
  | AttributeValue
  | {
      readonly type: 'add' | 'subtract' | 'function';
      readonly name?: 'if_not_exists' | 'list_append';
      readonly args: UpdateOperand[];
    };

export interface ParsedUpdate {
  readonly sections: UpdateAction[];
  readonly paths: DocumentPath[];
}

export interface ParsedProjection {
  readonly paths: DocumentPath[];
}

/** The members of requests with expressions. */
export interface ExpressionRequest {
  readonly ConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly KeyConditionExpression?: string;
  readonly ProjectionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Readonly<Record<string, AttributeValue>>;
}

export interface Expressions {
  readonly condition?: Condition;
  readonly filter?: Condition;
  readonly keyCondition?: ParsedCondition;
  readonly projection?: readonly DocumentPath[];
  readonly update?: ParsedUpdate;
}

type Parser = (expression: string, options: { context: ExpressionContext }) => unknown;

const MEMBERS = [
  'ConditionExpression',
  'FilterExpression',
  'KeyConditionExpression',
  'ProjectionExpression',
  'UpdateExpression',
] as const;

/** Parses the expressions of a request. A name or a value that none of them uses is an error. */
export function parseExpressions(request: ExpressionRequest): Expressions {
  const context = contextOf(request);
  const parsed = <T extends object>(
    member: (typeof MEMBERS)[number],
    parse: Parser,
    own: Partial<ExpressionContext> = {},
  ): T | undefined => {
    const expression = request[member];
    return expression === undefined ? undefined : parseOne(member, expression, parse, { ...context, ...own });
  };
  const expressions = {
    update: parsed<ParsedUpdate>('UpdateExpression', parseUpdate),
    condition: parsed<ParsedCondition>('ConditionExpression', parseCondition)?.expression,
    keyCondition: parsed<ParsedCondition>('KeyConditionExpression', parseCondition, { isKeyCondition: true }),
    filter: parsed<ParsedCondition>('FilterExpression', parseCondition)?.expression,
    projection: parsed<ParsedProjection>('ProjectionExpression', parseProjection)?.paths,
  };
  checkUse('ExpressionAttributeNames', context.unusedAttrNames);
  checkUse('ExpressionAttributeValues', context.unusedAttrVals);
  return expressions;
}

function contextOf(request: ExpressionRequest): ExpressionContext {
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: given } = request;
  const hasExpression = MEMBERS.some((member) => request[member] !== undefined);
  for (const [member, keys, prefix] of [
    ['ExpressionAttributeNames', names, '#'],
    ['ExpressionAttributeValues', given, ':'],
  ] as const) {
    if (keys === undefined) continue;
    if (!hasExpression) throw validationError(`${member} can only be specified when using expressions`);
    if (Object.keys(keys).length === 0) throw validationError(`${member} must not be empty`);
    const invalid = Object.keys(keys).find((key) => !new RegExp(`^${prefix}[0-9a-zA-Z_]+$`).test(key));
    if (invalid !== undefined) throw validationError(`${member} contains invalid key: Syntax error; key: "${invalid}"`);
  }
  const values = given && Object.fromEntries(Object.entries(given).map(([key, value]) => [key, normalized(value)]));
  return {
    attrNames: names,
    attrVals: values,
    unusedAttrNames: unused(names),
    unusedAttrVals: unused(values),
    isReserved: (name) => RESERVED_WORDS.includes(name.toUpperCase()),
    compare: (_operator, a, b) => (compare(a, b) ?? 0) > 0,
  };
}

function unused(keys: object = {}): Record<string, true> {
  return Object.fromEntries(Object.keys(keys).map((key) => [key, true]));
}

function checkUse(member: string, keys: Record<string, true>): void {
  const left = Object.keys(keys);
  if (left.length === 0) return;
  throw validationError(`Value provided in ${member} unused in expressions: keys: {${left.join(', ')}}`);
}

function parseOne<T extends object>(member: string, expression: string, parse: Parser, context: ExpressionContext): T {
  if (expression === '') throw validationError(`Invalid ${member}: The expression can not be empty;`);
  let result: T | string;
  try {
    result = parse(expression, { context }) as T | string;
  } catch (error) {
    throw validationError(`Invalid ${member}: Syntax error; ${(error as Error).message}`);
  }
  if (typeof result === 'string') throw validationError(`Invalid ${member}: ${result}`);
  return result;
}
