import { DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { RemovalPolicy, aws_dynamodb as dynamodb } from 'aws-cdk-lib';
import { ServiceFixture } from '../fixture';
import { deploy, resourcesOf } from './stack';

const ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table';

const service = ServiceFixture.forEachTest();

const id = { name: 'id', type: dynamodb.AttributeType.STRING };

async function failure(): Promise<string | undefined> {
  const command = new DescribeStackEventsCommand({ StackName: 'Stack' });
  const { StackEvents = [] } = await service.cloudformation.send(command);
  return StackEvents.find(({ ResourceStatus }) => /_FAILED$/.test(ResourceStatus ?? ''))?.ResourceStatusReason;
}

const table = (properties: object): object => ({
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: 'locks',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      ...properties,
    },
  },
});

describe('A table', () => {
  test('of the CDK is created with its key, encryption, backups and time to live', async () => {
    const Resources = resourcesOf((stack) => {
      new dynamodb.Table(stack, 'Table', {
        tableName: 'locks',
        partitionKey: id,
        billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption: dynamodb.TableEncryption.AWS_MANAGED,
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        timeToLiveAttribute: 'expiresAt',
        removalPolicy: RemovalPolicy.DESTROY,
      });
    });
    const [logicalId] = Object.keys(Resources);
    const result = await deploy(service, Resources, { 'Fn::GetAtt': [logicalId, 'Arn'] });
    expect(result).toEqual({ status: 'CREATE_COMPLETE', value: `${ARN}/locks` });
    const { Table } = await service.client(DynamoDBClient).send(new DescribeTableCommand({ TableName: 'locks' }));
    expect(Table).toMatchObject({
      TableArn: `${ARN}/locks`,
      TableStatus: 'ACTIVE',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      CreationDateTime: expect.any(Date) as Date,
    });
  });

  test('of the CDK for several regions is created with a generated name in the only region', async () => {
    const Resources = resourcesOf((stack) => {
      new dynamodb.TableV2(stack, 'Table', { partitionKey: id, deletionProtection: false, timeToLiveAttribute: 'ttl' });
    });
    const [logicalId] = Object.keys(Resources);
    const { status, value: TableName } = await deploy(service, Resources, { Ref: logicalId });
    expect([status, TableName]).toEqual(['CREATE_COMPLETE', expect.stringMatching(/^Stack-Table/)]);
    const command = new PutItemCommand({ TableName, Item: { id: { S: 'a' } } });
    await expect(service.client(DynamoDBClient).send(command)).resolves.toBeDefined();
  });

  test.each<[string, object, string]>([
    ['a stream', { StreamSpecification: { StreamViewType: 'NEW_IMAGE' } }, 'does not support StreamSpecification of'],
    ['an index', { GlobalSecondaryIndexes: [] }, 'does not support GlobalSecondaryIndexes of'],
    [
      'an attribute definition that no key uses',
      { AttributeDefinitions: ['id', 'x'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })) },
      'AttributeDefinitions must be exactly those of the attributes in KeySchema (id), got: id, x',
    ],
    ['no partition key', { KeySchema: [{ AttributeName: 'id', KeyType: 'RANGE' }] }, 'KeySchema must have a HASH key'],
  ])('with %s is rejected', async (_, properties, message) => {
    expect((await deploy(service, table(properties))).status).toBe('ROLLBACK_COMPLETE');
    expect(await failure()).toContain(message);
  });

  test('in another region is rejected', async () => {
    const Resources = resourcesOf((stack) => {
      new dynamodb.TableV2(stack, 'Table', { partitionKey: id, replicas: [{ region: 'eu-west-1' }] });
    });
    expect((await deploy(service, Resources)).status).toBe('ROLLBACK_COMPLETE');
    expect(await failure()).toBe('The local service supports one replica of a global table, in us-east-1.');
  });

  test('keeps its items in an update, and loses them if it is replaced', async () => {
    const item = async (TableName: string): Promise<unknown> =>
      (await service.client(DynamoDBClient).send(new GetItemCommand({ TableName, Key: { id: { S: 'a' } } }))).Item;
    await deploy(service, table({}));
    await service.client(DynamoDBClient).send(new PutItemCommand({ TableName: 'locks', Item: { id: { S: 'a' } } }));
    const updated = await deploy(
      service,
      table({ TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true } }),
    );
    expect([updated.status, await item('locks')]).toEqual(['UPDATE_COMPLETE', { id: { S: 'a' } }]);
    const replaced = await deploy(service, table({ TableName: 'other' }));
    expect([replaced.status, await item('other')]).toEqual(['UPDATE_COMPLETE', undefined]);
    await expect(item('locks')).rejects.toThrow('Requested resource not found');
  });

  test('with deletion protection is not deleted', async () => {
    await deploy(service, table({ DeletionProtectionEnabled: true }));
    await deploy(service, { Topic: { Type: 'AWS::SNS::Topic' } });
    const command = new DescribeTableCommand({ TableName: 'locks' });
    expect((await service.client(DynamoDBClient).send(command)).Table?.DeletionProtectionEnabled).toBe(true);
    expect(await failure()).toContain('Resource cannot be deleted as it is currently protected against deletion.');
  });
});
