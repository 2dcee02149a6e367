import { randomUUID } from 'node:crypto';
import { ServiceError, validationError } from '../../aws-model/service-error';
import type { Context } from '../context';
import type { Store } from '../store';
import { now } from '../wire/record';
import { type AttributeValue, type Item, bytesOf, compare, normalized, typeOf } from './attribute-value';

/** The properties of a table in a template, with the names of the API. */
export interface TableDefinition {
  readonly TableName: string;
  readonly AttributeDefinitions: { readonly AttributeName: string; readonly AttributeType: string }[];
  readonly KeySchema: { readonly AttributeName: string; readonly KeyType: string }[];
  readonly BillingMode: string;
  readonly DeletionProtectionEnabled: boolean;

  /** The attribute with the time at which items expire; undefined if they do not. */
  readonly timeToLive?: string;
}

export interface Table extends TableDefinition {
  readonly TableArn: string;
  readonly TableId: string;
  readonly CreationDateTime: number;
}

interface StoredItem {
  readonly table: string;
  readonly item: Item;
}

/** The maximum length of the partition key and of the sort key. */
const MAX_KEY_BYTES = [2048, 1024];

/** The tables of Amazon DynamoDB and their items. Each operation is synchronous: no other write comes between a condition and its write. */
export class Tables {
  private readonly tables: Store<Table>;
  private readonly items: Store<StoredItem>;

  constructor(private readonly context: Context) {
    this.tables = context.store<Table>('dynamodb-tables');
    this.items = context.store<StoredItem>('dynamodb-items');
  }

  public create(definition: TableDefinition): Table {
    const { TableName: name } = definition;
    if (this.tables.get(name) !== undefined) {
      throw new ServiceError('ResourceInUseException', `Table already exists: ${name}`);
    }
    return this.tables.put(name, {
      ...definition,
      TableArn: this.arn(name),
      TableId: randomUUID(),
      CreationDateTime: now(),
    });
  }

  public update(name: string, definition: TableDefinition): Table {
    return this.tables.update(name, definition);
  }

  public delete(name: string): void {
    const table = this.tables.get(name);
    if (table === undefined) return;
    if (table.DeletionProtectionEnabled) {
      throw validationError(
        `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first. Table: ${name}`,
      );
    }
    this.itemsOf(table).forEach((item) => this.items.delete(idOf(table, keyOf(table, item))));
    this.tables.delete(name);
  }

  /** The ARN of a table, which need not exist. */
  public arn(name: string): string {
    return this.context.arn('dynamodb', `table/${name}`);
  }

  public find(nameOrArn: string): Table | undefined {
    return this.tables.get(nameOrArn.split('/').at(-1) ?? '');
  }

  public existing(nameOrArn: string): Table {
    const table = this.find(nameOrArn);
    if (table === undefined) throw new ServiceError('ResourceNotFoundException', 'Requested resource not found');
    return table;
  }

  /** The item with a key. */
  public item(table: Table, key: Item): Item | undefined {
    return this.items.get(idOf(table, key))?.item;
  }

  public put(table: Table, item: Item): void {
    this.items.put(idOf(table, keyOf(table, item)), { table: table.TableId, item });
  }

  public deleteItem(table: Table, key: Item): void {
    this.items.delete(idOf(table, key));
  }

  /** All items of a table in a stable order: those with one partition key in the order of their sort keys. */
  public itemsOf(table: Table): Item[] {
    const [partition, sort] = namesOf(table);
    const all = this.items.list().filter((stored) => stored.table === table.TableId);
    return all
      .map(({ item }) => item)
      .sort((a, b) => {
        const byPartition = compare(a[partition], b[partition]) ?? 0;
        return byPartition !== 0 || sort === undefined ? byPartition : (compare(a[sort], b[sort]) ?? 0);
      });
  }
}

/** The names of the partition key and, if the table has one, of the sort key. */
export function namesOf({ KeySchema }: Pick<TableDefinition, 'KeySchema'>): [partition: string, sort?: string] {
  const nameOf = (type: string): string | undefined => KeySchema.find(({ KeyType }) => KeyType === type)?.AttributeName;
  return [nameOf('HASH') ?? '', nameOf('RANGE')];
}

/** The key of an item. */
export function keyOf(table: Table, item: Item): Item {
  const names = namesOf(table).filter((name) => name !== undefined);
  return Object.fromEntries(names.map((name) => [name, item[name]]));
}

/** Validates the key in a request, which must have exactly the attributes of the key schema. */
export function checkedKey(table: Table, key: Item): Item {
  const names = namesOf(table).filter((name) => name !== undefined);
  const isComplete = names.every((name) => key[name]?.[keyType(table, name)] !== undefined);
  if (!isComplete || Object.keys(key).length !== names.length) {
    throw validationError('The provided key element does not match the schema');
  }
  const checked = Object.fromEntries(names.map((name) => [name, normalized(key[name])]));
  names.forEach((name, index) => checkKeyValue(name, checked[name], MAX_KEY_BYTES[index]));
  return checked;
}

/** Validates that an item has the attributes of the key schema. */
export function checkKeyIn(table: Table, item: Item): void {
  const names = namesOf(table).filter((name) => name !== undefined);
  names.forEach((name, index) => {
    if (item[name] === undefined) {
      throw validationError(`One or more parameter values were invalid: Missing the key ${name} in the item`);
    }
    const expected = keyType(table, name);
    const actual = typeOf(item[name]);
    if (actual !== expected) {
      throw validationError(
        `One or more parameter values were invalid: Type mismatch for key ${name} expected: ${expected} actual: ${actual}`,
      );
    }
    checkKeyValue(name, item[name], MAX_KEY_BYTES[index]);
  });
}

function keyType({ AttributeDefinitions }: TableDefinition, name: string): string {
  return AttributeDefinitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType ?? '';
}

function checkKeyValue(name: string, value: AttributeValue, maxBytes: number): void {
  if (typeOf(value) === 'N') return;
  const { length } = bytesOf(value);
  if (length === 0) {
    throw validationError(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`,
    );
  }
  if (length > maxBytes) {
    throw validationError(
      `One or more parameter values were invalid: The size of the key attribute ${name} has exceeded the maximum size limit of ${maxBytes} bytes`,
    );
  }
}

/** The name of an item in the store. Its key cannot have another form, because numbers are normalized. */
function idOf({ TableId }: Table, key: Item): string {
  const entries = Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([TableId, entries]);
}
