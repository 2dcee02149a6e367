import { CloudFormationClient, CreateStackCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { StackClient } from '../cloudformation/stack-client';
import { ServiceFixture } from '../fixture';

const ACCOUNT = '000000000000';
const EXECUTION = `arn:aws:iam::${ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-us-east-1`;
const SESSION = `User: arn:aws:sts::${ACCOUNT}:assumed-role/Role/session is not authorized to perform:`;
const PARAMETER = `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/churn/deployed`;
const TABLE = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/locks`;

const service = ServiceFixture.forEachTest();
const stack = new StackClient(service);
beforeEach(() => service.restart({ enforceIam: true }));

/** A client with the credentials of a role that has these permissions. */
async function clientWith<T>(Client: new (config: object) => T, ...Statement: object[]): Promise<T> {
  const trust = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' };
  const document = (statements: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements });
  await service.query('iam', 'CreateRole', { RoleName: 'Role', AssumeRolePolicyDocument: document([trust]) });
  await service.query('iam', 'PutRolePolicy', {
    ...{ RoleName: 'Role', PolicyName: 'Policy', PolicyDocument: document(Statement) },
  });
  return service.client(Client, 'us-east-1', await service.assumeRole('Role'));
}

const allow = (Action: string, Resource: string, more: object = {}): object => ({
  ...{ Effect: 'Allow', Action, Resource },
  ...more,
});

async function putParameter(Value: string): Promise<void> {
  const command = new PutParameterCommand({ Name: '/churn/deployed', Value, Type: 'String', Overwrite: true });
  await service.client(SSMClient).send(command);
}

describe('A release', () => {
  const update = new UpdateStackCommand({
    StackName: 'Stack',
    UsePreviousTemplate: true,
    Parameters: [{ ParameterKey: 'Version', UsePreviousValue: true }],
  });

  beforeEach(async () => {
    await putParameter('one');
    const Parameters = { Version: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/churn/deployed' } };
    const Topic = { Type: 'AWS::SNS::Topic', Properties: { TopicName: { Ref: 'Version' } } };
    await stack.create({ Parameters, Resources: { Topic } }, { RoleARN: EXECUTION });
    await putParameter('two');
  });

  test('updates a stack with the role of the stack, which the caller need not pass', async () => {
    const client = await clientWith(
      CloudFormationClient,
      allow('cloudformation:UpdateStack', '*'),
      allow('ssm:GetParameters', PARAMETER),
    );
    await client.send(update);
    expect(await stack.settled()).toMatchObject({ StackStatus: 'UPDATE_COMPLETE', RoleARN: EXECUTION });
  });

  test('may not read the parameters of a stack without permission', async () => {
    const client = await clientWith(CloudFormationClient, allow('cloudformation:UpdateStack', '*'));
    await expect(client.send(update)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining(`${SESSION} ssm:GetParameters on resource: ${PARAMETER}`) as string,
    });
  });
});

describe('A lock', () => {
  const item = (id: string): PutItemCommand => new PutItemCommand({ TableName: 'locks', Item: { id: { S: id } } });

  test('is written only by a role whose condition on the leading key allows it', async () => {
    const Table = {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'locks',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      },
    };
    const TemplateBody = JSON.stringify({ Resources: { Table } });
    await service.cloudformation.send(new CreateStackCommand({ StackName: 'Stack', TemplateBody }));
    await stack.settled();
    const Condition = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['churn'] } };
    const client = await clientWith(DynamoDBClient, allow('dynamodb:PutItem', TABLE, { Condition }));
    await client.send(item('churn'));
    await expect(client.send(item('other'))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`${SESSION} dynamodb:PutItem on resource: ${TABLE}`) as string,
    });
    await expect(client.send(new ScanCommand({ TableName: 'locks' }))).rejects.toThrow('dynamodb:Scan');
  });
});
