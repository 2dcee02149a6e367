import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DeleteItemCommandInput,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
  ScanCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { aws_dynamodb as dynamodb } from 'aws-cdk-lib';
import { ServiceFixture } from '../fixture';
import { deploy, resourcesOf } from './stack';

type Attributes = Record<string, AttributeValue>;

const TableName = 'locks';
const Key = { id: { S: 'run' } };

const service = ServiceFixture.forEachTest();

beforeEach(async () => {
  const Resources = resourcesOf((stack) => {
    const id = { name: 'id', type: dynamodb.AttributeType.STRING };
    const at = { name: 'at', type: dynamodb.AttributeType.NUMBER };
    const billingMode = dynamodb.BillingMode.PAY_PER_REQUEST;
    new dynamodb.Table(stack, 'Locks', { tableName: TableName, partitionKey: id, billingMode });
    new dynamodb.Table(stack, 'Runs', { tableName: 'runs', partitionKey: id, sortKey: at, billingMode });
  });
  await deploy(service, Resources);
});

const client = (): DynamoDBClient => service.client(DynamoDBClient);

function put(item: Attributes, more: Partial<PutItemCommandInput> = {}): Promise<unknown> {
  return client().send(new PutItemCommand({ TableName, Item: { ...Key, ...item }, ...more }));
}

async function update(
  UpdateExpression: string,
  ExpressionAttributeValues?: Attributes,
  more: Partial<UpdateItemCommandInput> = {},
): Promise<Attributes | undefined> {
  const command = new UpdateItemCommand({ TableName, Key, UpdateExpression, ExpressionAttributeValues, ...more });
  return (await client().send(command)).Attributes;
}

async function get(): Promise<Attributes | undefined> {
  return (await client().send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item;
}

function remove(more: Partial<DeleteItemCommandInput> = {}): Promise<{ Attributes?: Attributes }> {
  return client().send(new DeleteItemCommand({ TableName, Key, ...more }));
}

describe('A conditional write', () => {
  const ifFree = { ConditionExpression: 'attribute_not_exists(id)' };

  test('of a lock succeeds once, and then fails with the item of its holder', async () => {
    await put({ holder: { S: 'first' } }, ifFree);
    const error = await put(
      { holder: { S: 'second' } },
      { ...ifFree, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' },
    ).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect(error).toMatchObject({
      name: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      Item: { ...Key, holder: { S: 'first' } },
    });
    expect(await get()).toEqual({ ...Key, holder: { S: 'first' } });
  });

  test('that fails does not return the item without the option', async () => {
    await put({}, ifFree);
    const error = await put({}, ifFree).catch((one: unknown) => one);
    expect((error as ConditionalCheckFailedException).Item).toBeUndefined();
  });

  test('succeeds for exactly one of many requests at the same time', async () => {
    const all = Array.from({ length: 20 }, (_, index) => put({ holder: { N: String(index) } }, ifFree));
    const results = await Promise.allSettled(all);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('releases a lock only for its holder', async () => {
    await put({ holder: { S: 'first' } });
    const byHolder = (name: string): Promise<{ Attributes?: Attributes }> =>
      remove({
        ConditionExpression: '#holder = :me',
        ExpressionAttributeNames: { '#holder': 'holder' },
        ExpressionAttributeValues: { ':me': { S: name } },
        ReturnValues: 'ALL_OLD',
      });
    await expect(byHolder('second')).rejects.toThrow('The conditional request failed');
    expect((await byHolder('first')).Attributes).toEqual({ ...Key, holder: { S: 'first' } });
    expect(await get()).toBeUndefined();
  });

  test('keeps its effect when the service is restarted', async () => {
    await put({ holder: { S: 'first' } }, ifFree);
    await service.restart();
    await expect(put({}, ifFree)).rejects.toThrow('The conditional request failed');
  });

  const ITEM = {
    text: { S: 'Zürich' },
    number: { N: '10' },
    bytes: { B: Buffer.from('abc') },
    flag: { BOOL: true },
    nothing: { NULL: true },
    texts: { SS: ['b', 'a'] },
    list: { L: [{ N: '1' }, { M: { deep: { S: 'x' } } }] },
    map: { M: { inner: { N: '2' } } },
  } as Attributes;

  test.each<[condition: string, isMet: boolean, values: Attributes | undefined]>([
    ['#text = :v', true, { ':v': { S: 'Zürich' } }],
    ['#text <> :v', true, { ':v': { N: '10' } }],
    ['absent = :v', false, { ':v': { S: 'Zürich' } }],
    ['absent <> :v', true, { ':v': { S: 'Zürich' } }],
    ['absent < :v', false, { ':v': { S: 'Zürich' } }],
    ['#number = :v', true, { ':v': { N: '1e1' } }],
    ['#number > :v', true, { ':v': { N: '9' } }],
    ['#number >= :v', true, { ':v': { N: '10.0' } }],
    ['#number < :v', false, { ':v': { N: '10' } }],
    ['#number <= :v', true, { ':v': { N: '10' } }],
    ['#number > :v', false, { ':v': { S: '9' } }],
    ['#number BETWEEN :a AND :b', true, { ':a': { N: '10' }, ':b': { N: '11' } }],
    ['#number IN (:a, :b)', true, { ':a': { N: '3' }, ':b': { N: '10' } }],
    ['#number IN (:a, :b)', false, { ':a': { N: '3' }, ':b': { S: '10' } }],
    ['attribute_exists(#map.#inner) AND attribute_not_exists(#map.#other)', true, undefined],
    ['attribute_exists(#list[1].deep) AND NOT attribute_exists(#list[2])', true, undefined],
    ['attribute_type(flag, :v)', true, { ':v': { S: 'BOOL' } }],
    ['attribute_type(nothing, :v)', false, { ':v': { S: 'S' } }],
    ['begins_with(#text, :v)', true, { ':v': { S: 'Zü' } }],
    ['begins_with(#text, :v)', false, { ':v': { S: 'zü' } }],
    ['contains(#text, :v)', true, { ':v': { S: 'ric' } }],
    ['contains(texts, :v)', true, { ':v': { S: 'a' } }],
    ['contains(texts, :v)', false, { ':v': { S: 'c' } }],
    ['contains(#list, :v)', true, { ':v': { N: '1' } }],
    ['size(#text) = :v', true, { ':v': { N: '6' } }],
    ['size(#list) = :v AND size(texts) = :v', true, { ':v': { N: '2' } }],
    ['size(#number) = :v', false, { ':v': { N: '2' } }],
    ['texts = :v', true, { ':v': { SS: ['a', 'b'] } }],
    ['#bytes < :v', true, { ':v': { B: Buffer.from('abd') } }],
    ['flag = :t AND (nothing = :t OR #text = :x)', false, { ':t': { BOOL: true }, ':x': { S: 'x' } }],
    ['flag = :t OR nothing = :t AND #text = :x', true, { ':t': { BOOL: true }, ':x': { S: 'x' } }],
  ])('with the condition `%s` for the values of an item has the outcome %s', async (condition, isMet, values) => {
    await put(ITEM);
    const names = Object.fromEntries([...condition.matchAll(/#\w+/g)].map(([name]) => [name, name.slice(1)]));
    const result = await remove({
      ConditionExpression: condition,
      ExpressionAttributeNames: Object.keys(names).length > 0 ? names : undefined,
      ExpressionAttributeValues: values,
    }).then(
      () => true,
      (error: unknown) => (error instanceof ConditionalCheckFailedException ? false : error),
    );
    expect(result).toBe(isMet);
  });
});

describe('An update', () => {
  test('creates an item that does not exist, and returns its new attributes', async () => {
    const attributes = await update('SET holder = :h', { ':h': { S: 'first' } }, { ReturnValues: 'ALL_NEW' });
    expect(attributes).toEqual({ ...Key, holder: { S: 'first' } });
  });

  test.each<[expression: string, values: Attributes | undefined, after: Attributes]>([
    ['SET a = a + :n, b = a', { ':n': { N: '0.1' } }, { a: { N: '1.1' }, b: { N: '1' } }],
    ['SET a = a - :n', { ':n': { N: '3' } }, { a: { N: '-2' } }],
    ['SET a = if_not_exists(a, :n), c = if_not_exists(c, :n)', { ':n': { N: '9' } }, { c: { N: '9' } }],
    ['SET l = list_append(l, :l)', { ':l': { L: [{ S: 'z' }] } }, { l: { L: [{ S: 'x' }, { S: 'y' }, { S: 'z' }] } }],
    ['SET l[9] = :z', { ':z': { S: 'z' } }, { l: { L: [{ S: 'x' }, { S: 'y' }, { S: 'z' }] } }],
    ['SET m.k = :z', { ':z': { S: 'z' } }, { m: { M: { k: { S: 'z' } } } }],
    ['REMOVE l[0], l[1], m.k', undefined, { l: { L: [] }, m: { M: {} } }],
    [
      'ADD a :n, c :n, s :s',
      { ':n': { N: '2' }, ':s': { SS: ['q', 'p'] } },
      { a: { N: '3' }, c: { N: '2' }, s: { SS: ['p', 'q'] } },
    ],
    ['DELETE s :s', { ':s': { SS: ['q'] } }, { s: { SS: ['p'] } }],
  ])('with the expression `%s` changes the attributes that it names', async (expression, values, after) => {
    const before: Attributes = {
      a: { N: '1' },
      l: { L: [{ S: 'x' }, { S: 'y' }] },
      m: { M: { k: { S: 'v' } } },
      s: { SS: ['p'] },
    };
    await put(before);
    await update(expression, values);
    expect(await get()).toEqual({ ...Key, ...before, ...after });
  });

  test('removes an attribute, and a set that becomes empty', async () => {
    await put({ a: { N: '1' }, s: { SS: ['p'] } });
    await update('REMOVE a DELETE s :s', { ':s': { SS: ['p'] } });
    expect(await get()).toEqual(Key);
  });

  test.each([
    ['UPDATED_OLD', { a: { N: '1' } }],
    ['UPDATED_NEW', { a: { N: '2' } }],
    ['ALL_OLD', { ...Key, a: { N: '1' }, b: { S: 'x' } }],
    ['NONE', undefined],
  ] as const)('returns the attributes of ReturnValues %s', async (ReturnValues, expected) => {
    await put({ a: { N: '1' }, b: { S: 'x' } });
    expect(await update('SET a = :a', { ':a': { N: '2' } }, { ReturnValues })).toEqual(expected);
  });

  test.each<[reason: string, expression: string, values: Attributes | undefined, message: string]>([
    [
      'a reserved word',
      'SET owner = :v',
      { ':v': { S: 'x' } },
      'Attribute name is a reserved keyword; reserved keyword: owner',
    ],
    ['a syntax error', 'SET a = ', undefined, 'Invalid UpdateExpression: Syntax error;'],
    [
      'an undefined value',
      'SET a = :v',
      undefined,
      'An expression attribute value used in expression is not defined; attribute value: :v',
    ],
    ['an unused value', 'SET a = :v', { ':v': { S: 'x' }, ':w': { S: 'x' } }, 'unused in expressions: keys: {:w}'],
    ['overlapping paths', 'SET a = :v, a = :v', { ':v': { S: 'x' } }, 'Two document paths overlap with each other'],
    [
      'an attribute of the key',
      'SET id = :v',
      { ':v': { S: 'x' } },
      'Cannot update attribute id. This attribute is part of the key',
    ],
    [
      'an operand of another type',
      'SET a = a + :v',
      { ':v': { N: '1' } },
      'An operand in the update expression has an incorrect data type',
    ],
    [
      'an attribute that does not exist',
      'SET b = c',
      undefined,
      'The provided expression refers to an attribute that does not exist in the item',
    ],
    [
      'a path without a map',
      'SET x.y = :v',
      { ':v': { S: 'x' } },
      'The document path provided in the update expression is invalid for update',
    ],
  ])('with %s is rejected', async (_, expression, values, message) => {
    await put({ a: { S: '1' } });
    await expect(update(expression, values)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message) as string,
    });
    expect(await get()).toEqual({ ...Key, a: { S: '1' } });
  });
});

describe('A request', () => {
  test.each<[reason: string, item: Attributes, message: string]>([
    ['an empty key', { id: { S: '' } }, 'cannot contain an empty string value. Key: id'],
    ['a key of another type', { id: { N: '1' } }, 'Type mismatch for key id expected: S actual: N'],
    ['a number that is none', { a: { N: 'x' } }, 'cannot be converted to a numeric value: x'],
    ['a number with too many digits', { a: { N: '1'.repeat(39) } }, 'more than 38 significant digits'],
    ['an empty set', { a: { SS: [] } }, 'A set of type SS may not be empty'],
    ['a set with a duplicate', { a: { SS: ['x', 'x'] } }, 'contains duplicates'],
    ['more than 400 KB', { a: { S: 'x'.repeat(410_000) } }, 'Item size has exceeded the maximum allowed size'],
  ])('with an item that has %s is rejected', async (_, item, message) => {
    await expect(put(item)).rejects.toThrow(message);
  });

  test('with a member that would be ignored is rejected', async () => {
    await expect(put({}, { ReturnConsumedCapacity: 'TOTAL' })).rejects.toThrow(
      'The local service does not support ReturnConsumedCapacity of PutItem.',
    );
    await expect(put({}, { ReturnValues: 'ALL_NEW' })).rejects.toThrow("Value 'ALL_NEW' at 'returnValues'");
  });

  test('with an incomplete key, or for a table that does not exist, is rejected', async () => {
    await expect(remove({ TableName: 'runs' })).rejects.toThrow('The provided key element does not match the schema');
    await expect(remove({ TableName: 'missing' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});

describe('A query', () => {
  const times = async (input: Partial<QueryCommandInput>): Promise<(string | undefined)[]> => {
    const { Items = [] } = await client().send(
      new QueryCommand({
        TableName: 'runs',
        KeyConditionExpression: 'id = :id',
        ...input,
        ExpressionAttributeValues: { ':id': { S: 'run' }, ...input.ExpressionAttributeValues },
      }),
    );
    return Items.map(({ at }) => at.N);
  };

  beforeEach(async () => {
    for (const at of ['10', '9', '100']) await put({ at: { N: at } }, { TableName: 'runs' });
    await put({ id: { S: 'other' }, at: { N: '1' } }, { TableName: 'runs' });
  });

  test('returns the items of one partition in the order of the sort key, forwards or backwards', async () => {
    expect(await times({})).toEqual(['9', '10', '100']);
    expect(await times({ ScanIndexForward: false, Limit: 1 })).toEqual(['100']);
  });

  test('continues behind a key, and selects by the sort key and by a filter', async () => {
    expect(await times({ ExclusiveStartKey: { ...Key, at: { N: '9' } } })).toEqual(['10', '100']);
    const ExpressionAttributeNames = { '#at': 'at' };
    const ExpressionAttributeValues = { ':n': { N: '10' } };
    const KeyConditionExpression = 'id = :id AND #at >= :n';
    expect(await times({ KeyConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues })).toEqual([
      '10',
      '100',
    ]);
    await expect(times({ KeyConditionExpression: 'elsewhere = :id' })).rejects.toThrow('missed key schema element: id');
  });

  test('without a key condition is a scan of all partitions', async () => {
    const { Items, Count } = await client().send(
      new ScanCommand({
        TableName: 'runs',
        FilterExpression: '#at < :n',
        ProjectionExpression: 'id',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: { ':n': { N: '10' } },
      }),
    );
    expect([Count, Items]).toEqual([2, [{ id: { S: 'other' } }, { id: { S: 'run' } }]]);
  });
});
