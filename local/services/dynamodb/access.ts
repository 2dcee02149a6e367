import type { Access, AccessTable } from '../access';
import type { Item } from './attribute-value';
import { type Tables, namesOf } from './store';

interface Input {
  readonly TableName?: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly KeyConditionExpression?: string;
  readonly ReturnValues?: string;
}

const OPERATIONS = ['DescribeTable', 'GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan'];

/** Every operation requires permission for its table. The condition key `dynamodb:LeadingKeys` has the value of the partition key. */
export function dynamoDbAccess(tables: Tables): AccessTable {
  return Object.fromEntries(
    OPERATIONS.map((operation) => [
      operation,
      (input: Input): Access[] => {
        const { TableName: name = '', ReturnValues } = input;
        const resource = name.startsWith('arn:') ? name : tables.arn(name);
        const keys = { 'dynamodb:LeadingKeys': leadingKeys(tables, input), 'dynamodb:ReturnValues': ReturnValues };
        return [{ action: `dynamodb:${operation}`, resource, keys }];
      },
    ]),
  );
}

/** The partition key that a request accesses; none for a Query, whose expression is not evaluated here, and for a Scan. */
function leadingKeys(tables: Tables, { TableName: name = '', Key, Item: item }: Input): string[] | undefined {
  const table = tables.find(name);
  const value = table && (Key ?? item)?.[namesOf(table)[0]];
  return value === undefined ? undefined : [String(Object.values(value)[0])];
}
