import { ServiceError, validationError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import type { Operations } from '../wire/json';
import { type DocumentPath, type Item, normalizedItem, project } from './attribute-value';
import { isMet } from './condition';
import { type Condition, type ExpressionRequest, parseExpressions } from './expressions';
import { itemSize } from './item-size';
import { type Page, page } from './queries';
import { type Table, type Tables, checkKeyIn, checkedKey, keyOf, namesOf } from './store';
import { updated } from './update';

interface Request extends ExpressionRequest {
  readonly TableName?: string;
  readonly ReturnValues?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

interface KeyRequest extends Request {
  readonly Key: Item;
}

interface PutRequest extends Request {
  readonly Item: Item;
}

type PageRequest = Request & Page;

const EXPRESSION_NAMES = ['ExpressionAttributeNames', 'ExpressionAttributeValues'];
const WRITE = [
  ...['TableName', 'ConditionExpression', ...EXPRESSION_NAMES],
  ...['ReturnValues', 'ReturnValuesOnConditionCheckFailure'],
];
const PAGE = [
  ...['TableName', 'FilterExpression', 'ProjectionExpression', ...EXPRESSION_NAMES],
  ...['Limit', 'ExclusiveStartKey', 'Select', 'ConsistentRead'],
];

/** The members of each request that are implemented. Every read is consistent. */
const MEMBERS: Record<string, readonly string[]> = {
  DescribeTable: ['TableName'],
  GetItem: ['TableName', 'Key', 'ConsistentRead', 'ProjectionExpression', 'ExpressionAttributeNames'],
  PutItem: [...WRITE, 'Item'],
  UpdateItem: [...WRITE, 'Key', 'UpdateExpression'],
  DeleteItem: [...WRITE, 'Key'],
  Query: [...PAGE, 'KeyConditionExpression', 'ScanIndexForward'],
  Scan: PAGE,
};

/** The members that a request must have. */
const REQUIRED = ['TableName', 'Key', 'Item', 'KeyConditionExpression'];

/** The values of the members that select the attributes in a response. */
const RETURN_VALUES: Record<string, readonly string[]> = {
  PutItem: ['NONE', 'ALL_OLD'],
  DeleteItem: ['NONE', 'ALL_OLD'],
  UpdateItem: ['NONE', 'ALL_OLD', 'UPDATED_OLD', 'ALL_NEW', 'UPDATED_NEW'],
};

const MAX_ITEM_BYTES = 400 * 1024;

export function dynamoDbOperations(tables: Tables): Operations {
  const operations: Record<string, (table: Table, request: never) => object> = {
    DescribeTable: (table) => ({ Table: describeTable(tables, table) }),
    GetItem: (table, request: KeyRequest) => {
      const { projection } = parseExpressions(request);
      const item = tables.item(table, checkedKey(table, request.Key));
      return { Item: item && (projection === undefined ? item : project(projection, item)) };
    },
    PutItem: (table, request: PutRequest) => {
      const { condition } = parseExpressions(request);
      const item = normalizedItem(request.Item);
      checkKeyIn(table, item);
      checkSize(item);
      const before = tables.item(table, keyOf(table, item));
      checkCondition(condition, before, request);
      tables.put(table, item);
      return request.ReturnValues === 'ALL_OLD' ? { Attributes: before } : {};
    },
    UpdateItem: (table, request: KeyRequest) => updateItem(tables, table, request),
    DeleteItem: (table, request: KeyRequest) => {
      const { condition } = parseExpressions(request);
      const key = checkedKey(table, request.Key);
      const before = tables.item(table, key);
      checkCondition(condition, before, request);
      tables.deleteItem(table, key);
      return request.ReturnValues === 'ALL_OLD' ? { Attributes: before } : {};
    },
    Query: (table, request: PageRequest) => page(table, tables.itemsOf(table), request),
    Scan: (table, request: PageRequest) => page(table, tables.itemsOf(table), request),
  };
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      (request: Request) => {
        checkMembers(name, request);
        return operation(tables.existing(request.TableName ?? ''), request as never);
      },
    ]),
  );
}

function updateItem(tables: Tables, table: Table, request: KeyRequest): object {
  const { condition, update = { sections: [], paths: [] } } = parseExpressions(request);
  const key = checkedKey(table, request.Key);
  const keyName = namesOf(table).find((name) => update.sections.some(({ path }) => path[0] === name));
  if (keyName !== undefined) {
    throw validationError(
      `One or more parameter values were invalid: Cannot update attribute ${keyName}. This attribute is part of the key`,
    );
  }
  const before = tables.item(table, key);
  checkCondition(condition, before, request);
  const after = updated(update.sections, before ?? key);
  checkSize(after);
  tables.put(table, after);
  const attributes = returned(request.ReturnValues, update.paths, before, after);
  return attributes === undefined ? {} : { Attributes: attributes };
}

function returned(
  values = 'NONE',
  paths: readonly DocumentPath[],
  before: Item | undefined,
  after: Item,
): Item | undefined {
  switch (values) {
    case 'ALL_OLD':
      return before;
    case 'UPDATED_OLD':
      return before && project(paths, before);
    case 'ALL_NEW':
      return after;
    case 'UPDATED_NEW':
      return project(paths, after);
    default:
      return undefined;
  }
}

function checkCondition(condition: Condition | undefined, item: Item | undefined, request: Request): void {
  if (condition === undefined || isMet(condition, item)) return;
  const isReturned = request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && item !== undefined;
  throw new ServiceError(
    'ConditionalCheckFailedException',
    'The conditional request failed',
    400,
    isReturned ? { Item: item } : {},
  );
}

function checkSize(item: Item): void {
  if (itemSize(item) > MAX_ITEM_BYTES) throw validationError('Item size has exceeded the maximum allowed size');
}

function checkMembers(operation: string, request: Request): void {
  const given = Object.entries(request).filter(([, value]) => value !== undefined && value !== null);
  const unknown = given.find(([member]) => !MEMBERS[operation].includes(member));
  if (unknown !== undefined) {
    throw validationError(notSupported('dynamodb', `${unknown[0]} of ${operation}`));
  }
  const missing = REQUIRED.find(
    (member) => MEMBERS[operation].includes(member) && !given.some(([name]) => name === member),
  );
  if (missing !== undefined) {
    const at = missing.charAt(0).toLowerCase() + missing.slice(1);
    throw validationError(
      `1 validation error detected: Value null at '${at}' failed to satisfy constraint: Member must not be null`,
    );
  }
  checkValue('returnValues', request.ReturnValues, RETURN_VALUES[operation]);
  checkValue('returnValuesOnConditionCheckFailure', request.ReturnValuesOnConditionCheckFailure, ['ALL_OLD', 'NONE']);
}

function checkValue(member: string, value: string | undefined, allowed: readonly string[] = []): void {
  if (value === undefined || allowed.includes(value)) return;
  throw validationError(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(', ')}]`,
  );
}

/** A table as DescribeTable describes it. */
function describeTable(tables: Tables, table: Table): object {
  const { timeToLive, BillingMode, ...own } = table;
  void timeToLive;
  const items = tables.itemsOf(table);
  return {
    ...own,
    TableStatus: 'ACTIVE',
    BillingModeSummary: { BillingMode },
    ItemCount: items.length,
    TableSizeBytes: items.map(itemSize).reduce((sum, size) => sum + size, 0),
    ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
  };
}
