import {
  CreateChangeSetCommand,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ListExportsCommand,
  ListStacksCommand,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { DeleteObjectCommand, ListBucketsCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeModelCommand } from '@aws-sdk/client-sagemaker';
import { App, Stack, aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import type { ServiceStatus } from '../../../../local/services';
import { SIGNED_FOR_S3, ServiceFixture } from '../fixture';

const ROLE = 'arn:aws:iam::000000000000:role/any';

const service = ServiceFixture.forEachTest();

describe('AWS CloudFormation', () => {
  async function untilComplete(
    StackName: string,
  ): Promise<{ StackStatus?: string; Outputs?: { OutputKey?: string; OutputValue?: string }[] }> {
    for (;;) {
      const { Stacks: [stack] = [] } = await service.cloudformation.send(new DescribeStacksCommand({ StackName }));
      if (!stack.StackStatus?.endsWith('_IN_PROGRESS')) return stack;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  async function create(
    template: object,
    StackName = 'Stack',
    parameters: Record<string, string> = {},
  ): Promise<ReturnType<typeof untilComplete>> {
    const Parameters = Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    }));
    const { StackId = '' } = await service.cloudformation.send(
      new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(template), Parameters }),
    );
    return untilComplete(StackId);
  }
  async function update(template: object, StackName = 'Stack'): Promise<ReturnType<typeof untilComplete>> {
    await service.cloudformation.send(new UpdateStackCommand({ StackName, TemplateBody: JSON.stringify(template) }));
    return untilComplete(StackName);
  }
  async function eventsOf(StackName: string): Promise<string[]> {
    const { StackEvents = [] } = await service.cloudformation.send(new DescribeStackEventsCommand({ StackName }));
    return StackEvents.reverse().map(({ LogicalResourceId, ResourceStatus, ResourceStatusReason = '' }) =>
      `${LogicalResourceId} ${ResourceStatus} ${ResourceStatusReason}`.trim(),
    );
  }
  const parameter = (Value: unknown, more: object = {}): object => ({
    Type: 'AWS::SSM::Parameter',
    Properties: { Type: 'String', Value },
    ...more,
  });
  const bucket = (BucketName: string, more: object = {}): object => ({
    Type: 'AWS::S3::Bucket',
    Properties: { BucketName },
    ...more,
  });

  test('restores the resources of a failed update, and deletes them with the stack', async () => {
    await create({ Resources: { Bucket: bucket('before') } });
    const failing = { Type: 'AWS::Unknown::Type', DependsOn: 'Bucket' };
    const { StackStatus } = await update({ Resources: { Bucket: bucket('after'), Failing: failing } });
    const { Buckets: left = [] } = await service.s3.send(new ListBucketsCommand({}));
    const names = left.map(({ Name }) => Name);
    expect([StackStatus, names.includes('before'), names.includes('after')]).toEqual([
      'UPDATE_ROLLBACK_COMPLETE',
      true,
      false,
    ]);
    const { Stacks = [] } = await service.cloudformation.send(new DescribeStacksCommand({ StackName: 'Stack' }));
    await service.cloudformation.send(new DeleteStackCommand({ StackName: 'Stack' }));
    await untilComplete(Stacks[0].StackId ?? '');
    const { Buckets: none = [] } = await service.s3.send(new ListBucketsCommand({}));
    expect(none.map(({ Name }) => Name)).not.toContain('before');
  });

  test('responds to operations whose results have no members in the way that clients parse', async () => {
    const { Id, StackId } = await service.cloudformation.send(
      new CreateChangeSetCommand({
        StackName: 'Stack',
        ChangeSetName: 'first',
        ChangeSetType: 'CREATE',
        Description: 'The first version',
        TemplateBody: JSON.stringify({ Resources: { Parameter: parameter('x') } }),
      }),
    );
    expect(await service.cloudformation.send(new DescribeChangeSetCommand({ ChangeSetName: Id }))).toMatchObject({
      Description: 'The first version',
      StackId,
    });
    const authorization = SIGNED_FOR_S3.authorization.replace('/s3/', '/cloudformation/');
    const send = async (Action: string): Promise<string> => {
      const body = new URLSearchParams({ Action, StackName: 'Stack', ChangeSetName: 'first' });
      return (await fetch(service.url, { method: 'POST', headers: { authorization }, body })).text();
    };
    expect(await send('ExecuteChangeSet')).toContain('<ExecuteChangeSetResult></ExecuteChangeSetResult>');
    await untilComplete('Stack');
    expect(await send('DeleteChangeSet')).toContain('<DeleteChangeSetResult></DeleteChangeSetResult>');
  });

  test('rejects the deletion of a stack with termination protection, and reports when a stack was deleted', async () => {
    const client = service.cloudformation;
    const TemplateBody = JSON.stringify({ Description: 'One parameter', Resources: { Parameter: parameter('x') } });
    const { StackId = '' } = await client.send(
      new CreateStackCommand({ StackName: 'Stack', TemplateBody, EnableTerminationProtection: true }),
    );
    expect(await untilComplete('Stack')).toMatchObject({
      EnableTerminationProtection: true,
      Description: 'One parameter',
    });
    const remove = (): Promise<unknown> => client.send(new DeleteStackCommand({ StackName: 'Stack' }));
    await expect(remove()).rejects.toThrow('Stack [Stack] cannot be deleted while TerminationProtection is enabled');
    await client.send(
      new UpdateTerminationProtectionCommand({ StackName: 'Stack', EnableTerminationProtection: false }),
    );
    await remove();
    await untilComplete(StackId);
    const { StackSummaries } = await client.send(new ListStacksCommand({ StackStatusFilter: ['DELETE_COMPLETE'] }));
    expect(StackSummaries).toMatchObject([{ StackId, DeletionTime: expect.any(Date) as Date }]);
    const active = await client.send(new ListStacksCommand({ StackStatusFilter: ['CREATE_COMPLETE'] }));
    expect(active.StackSummaries ?? []).toEqual([]);
  });

  test.each([
    [new DeleteStackCommand({ StackName: 'Stack', RetainResources: ['A'] }), 'RetainResources of DeleteStack'],
    [
      new CreateStackCommand({ StackName: 'Stack', TemplateBody: '{}', DisableRollback: true }),
      'DisableRollback=true of CreateStack',
    ],
    [
      new CreateStackCommand({ StackName: 'Stack', TemplateBody: '{}', NotificationARNs: ['arn:aws:sns:::t'] }),
      'NotificationARNs of CreateStack',
    ],
    [
      new CreateStackCommand({ StackName: 'Stack', TemplateBody: '{}', DeploymentConfig: { Mode: 'EXPRESS' } }),
      'DeploymentConfig.Mode=EXPRESS of CreateStack',
    ],
  ])('rejects a request with a parameter that it would ignore', async (command, parameterName) => {
    await expect(service.cloudformation.send(command)).rejects.toThrow(
      `The local service does not support ${parameterName}.`,
    );
  });

  test('accepts the deployment configuration that the CDK CLI sends', async () => {
    const command = new CreateChangeSetCommand({
      StackName: 'Stack',
      ChangeSetName: 'changes',
      ChangeSetType: 'CREATE',
      TemplateBody: JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } }),
      IncludeNestedStacks: true,
      DeploymentConfig: { Mode: 'STANDARD' },
    });
    await expect(service.cloudformation.send(command)).resolves.toMatchObject({
      StackId: expect.stringContaining('stack/Stack/') as string,
    });
  });

  test('records the network of a stack, and reports that it is not emulated', async () => {
    const stack = new Stack(new App({ outdir: mkdtempSync(path.join(tmpdir(), 'network-')) }), 'Network');
    const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
    vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    vpc.addInterfaceEndpoint('Ecr', { service: ec2.InterfaceVpcEndpointAwsService.ECR });
    const template = Template.fromStack(stack).toJSON() as { Parameters?: object };
    const { StackStatus } = await create({ ...template, Parameters: undefined, Rules: undefined });
    expect(StackStatus).toBe('CREATE_COMPLETE');
    const response = await fetch(`${service.url}/_status`);
    const [{ recorded }] = ((await response.json()) as ServiceStatus).stacks;
    expect(recorded.filter((one) => one.includes('AWS::EC2::VPCEndpoint'))).toHaveLength(2);
  });

  const churn = (properties: object): object => ({
    Parameters: { Isolated: { Type: 'String', Default: 'true' } },
    Resources: {
      Model: {
        Type: 'AWS::SageMaker::Model',
        Properties: {
          ModelName: 'churn',
          ExecutionRoleArn: ROLE,
          PrimaryContainer: { Image: 'churn:1' },
          ...properties,
        },
      },
    },
  });

  test('converts the text of a parameter to the type that the API expects', async () => {
    await create(churn({ EnableNetworkIsolation: { Ref: 'Isolated' } }));
    const model = await service.sagemaker.send(new DescribeModelCommand({ ModelName: 'churn' }));
    expect(model.EnableNetworkIsolation).toBe(true);
  });

  test('fails a resource whose properties the API rejects', async () => {
    const { StackStatus } = await create(churn({ PrimaryContainer: { Image: 'churn 1' }, Colour: 'red' }));
    expect(StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await eventsOf('Stack')).toContainEqual(
      expect.stringMatching(
        /^Model CREATE_FAILED 2 validation errors detected: Value 'churn 1' at 'primaryContainer.image' failed .*Unknown member 'Colour'$/,
      ),
    );
  });

  test('resolves the intrinsic functions of a template', async () => {
    const { Outputs = [] } = await create(
      {
        Parameters: { Name: { Type: 'String', Default: 'churn' } },
        Mappings: { Sizes: { small: { count: '1' } } },
        Conditions: { Yes: { 'Fn::Equals': [{ Ref: 'Name' }, 'model'] }, No: { 'Fn::Not': [{ Condition: 'Yes' }] } },
        Resources: {
          One: parameter({ 'Fn::Sub': ['${A}-${Name}-${!Literal}', { A: 'x' }] }),
          Two: parameter({ 'Fn::If': ['Yes', { 'Fn::FindInMap': ['Sizes', 'small', 'count'] }, 'none'] }),
          Three: parameter('never', { Condition: 'No' }),
        },
        Outputs: Object.fromEntries(
          Object.entries({
            Sub: { 'Fn::GetAtt': ['One', 'Value'] },
            If: { 'Fn::GetAtt': 'Two.Value' },
            Join: { 'Fn::Join': ['/', ['a', { 'Fn::Select': [1, { 'Fn::Split': [',', 'b,c'] }] }]] },
            Pseudo: { 'Fn::Sub': '${AWS::Region} ${AWS::StackName}' },
            Base64: { 'Fn::Base64': 'hi' },
            Json: { 'Fn::ToJsonString': { a: { Ref: 'AWS::Partition' }, b: { Ref: 'AWS::NoValue' } } },
          }).map(([name, Value]) => [name, { Value }]),
        ),
      },
      'Stack',
      { Name: 'model' },
    );
    expect(Object.fromEntries(Outputs.map(({ OutputKey = '', OutputValue }) => [OutputKey, OutputValue]))).toEqual({
      Sub: 'x-model-${Literal}',
      If: '1',
      Join: 'a/c',
      Pseudo: 'us-east-1 Stack',
      Base64: 'aGk=',
      Json: '{"a":"aws"}',
    });
  });

  test.each<[string, object, string]>([
    [
      'an unknown intrinsic function',
      { A: parameter({ 'Fn::Magic': 1 }) },
      'The local service does not support the function Fn::Magic',
    ],
    [
      'an unknown attribute',
      { A: parameter('1'), B: parameter({ 'Fn::GetAtt': ['A', 'Colour'] }) },
      'does not support the attribute Colour of A',
    ],
    [
      'an unknown resource type',
      { A: { Type: 'AWS::Glue::Job' } },
      'The local service does not support resources of type AWS::Glue::Job.',
    ],
  ])(
    'fails a resource with %s, reports the reason, and rolls back the other resources',
    async (_, Resources, reason) => {
      const { StackStatus } = await create({ Resources: { ...Resources, Data: bucket('data') } });
      expect(StackStatus).toBe('ROLLBACK_COMPLETE');
      const events = await eventsOf('Stack');
      expect(events.find((event) => event.includes('CREATE_FAILED'))).toContain(reason);
      await expect(service.s3.send(new ListObjectsV2Command({ Bucket: 'data' }))).rejects.toMatchObject({
        name: 'NoSuchBucket',
      });
    },
  );

  test.each<[string, object, string]>([
    [
      'a circular dependency',
      { A: parameter({ Ref: 'B' }), B: parameter({ Ref: 'A' }) },
      'Circular dependency between resources',
    ],
    [
      'a dependency on a resource that does not exist',
      { A: parameter('1', { DependsOn: 'Z' }) },
      'Unresolved resource dependencies [Z]',
    ],
  ])('rejects a template with %s', async (_, Resources, message) => {
    await expect(create({ Resources })).rejects.toThrow(message);
  });

  test('creates dependencies first, and deletes them last', async () => {
    await create({
      Resources: { A: parameter({ Ref: 'B' }), B: parameter('1'), C: parameter('1', { DependsOn: 'A' }) },
    });
    const { Stacks: [{ StackId = '' }] = [] } = await service.cloudformation.send(
      new DescribeStacksCommand({ StackName: 'Stack' }),
    );
    await service.cloudformation.send(new DeleteStackCommand({ StackName: 'Stack' }));
    await untilComplete(StackId);
    const order = (await eventsOf(StackId)).filter((event) => /^[ABC] (CREATE|DELETE)_COMPLETE/.test(event));
    expect(order).toEqual([
      ...['B', 'A', 'C'].map((id) => `${id} CREATE_COMPLETE`),
      ...['C', 'A', 'B'].map((id) => `${id} DELETE_COMPLETE`),
    ]);
  });

  test('replaces a resource that cannot be updated, and deletes the old one after the update', async () => {
    await create({ Resources: { Data: bucket('first') } });
    expect((await update({ Resources: { Data: bucket('second') } })).StackStatus).toBe('UPDATE_COMPLETE');
    await expect(service.s3.send(new ListObjectsV2Command({ Bucket: 'first' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
    await service.s3.send(new ListObjectsV2Command({ Bucket: 'second' }));
  });

  test('returns to the previous resources and outputs if an update fails', async () => {
    await create({
      Resources: { Data: bucket('first'), Value: parameter('1') },
      Outputs: { V: { Value: { 'Fn::GetAtt': 'Value.Value' } } },
    });
    const { StackStatus, Outputs } = await update({
      Resources: {
        Data: bucket('second'),
        Value: parameter('2'),
        Bad: { Type: 'AWS::Glue::Job', DependsOn: ['Data', 'Value'] },
      },
      Outputs: { V: { Value: { 'Fn::GetAtt': 'Value.Value' } } },
    });
    expect([StackStatus, Outputs]).toMatchObject(['UPDATE_ROLLBACK_COMPLETE', [{ OutputKey: 'V', OutputValue: '1' }]]);
    await service.s3.send(new ListObjectsV2Command({ Bucket: 'first' }));
    await expect(service.s3.send(new ListObjectsV2Command({ Bucket: 'second' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
  });

  test('retains a resource with the deletion policy Retain', async () => {
    await create({ Resources: { Data: bucket('kept', { DeletionPolicy: 'Retain' }) } });
    await service.cloudformation.send(new DeleteStackCommand({ StackName: 'Stack' }));
    await expect(untilGone()).resolves.toBeUndefined();
    await service.s3.send(new ListObjectsV2Command({ Bucket: 'kept' }));
  });

  async function untilGone(): Promise<void> {
    for (;;) {
      const over = await untilComplete('Stack').catch(() => undefined);
      if (over === undefined) return;
    }
  }

  test('exports values to other stacks, which import them', async () => {
    await create({ Resources: { A: parameter('1') }, Outputs: { O: { Value: 'shared', Export: { Name: 'Key' } } } });
    const { Outputs } = await create(
      {
        Resources: { B: parameter({ 'Fn::ImportValue': 'Key' }) },
        Outputs: { V: { Value: { 'Fn::GetAtt': 'B.Value' } } },
      },
      'Importer',
    );
    expect(Outputs).toMatchObject([{ OutputValue: 'shared' }]);
    const { Exports } = await service.cloudformation.send(new ListExportsCommand({}));
    expect(Exports).toMatchObject([{ Name: 'Key', Value: 'shared' }]);
  });

  test('returns the output of another stack by its name, and fails without such an output', async () => {
    await create({ Resources: { A: parameter('1') }, Outputs: { Key: { Value: 'shared' } } });
    const reader = (StackName: string, OutputName: string): ReturnType<typeof create> =>
      create(
        {
          Resources: { B: parameter({ 'Fn::GetStackOutput': { StackName, OutputName } }) },
          Outputs: { V: { Value: { 'Fn::GetAtt': 'B.Value' } } },
        },
        `Reader${OutputName}`,
      );
    const { Outputs } = await reader('Stack', 'Key');
    expect(Outputs).toMatchObject([{ OutputValue: 'shared' }]);
    expect(await reader('Stack', 'Missing')).toMatchObject({ StackStatus: 'ROLLBACK_COMPLETE' });
    expect(await eventsOf('ReaderMissing')).toContain('B CREATE_FAILED The stack Stack has no output named Missing.');
  });

  test('keeps what a resource depends on that could not be deleted, until it is deleted', async () => {
    await create({ Resources: { Empty: bucket('empty'), Full: bucket('full', { DependsOn: 'Empty' }) } });
    await service.s3.send(new PutObjectCommand({ Bucket: 'full', Key: 'a', Body: '1' }));
    const remove = async (): Promise<string[]> => {
      await service.cloudformation.send(new DeleteStackCommand({ StackName: 'Stack' }));
      await untilComplete('Stack').catch(() => undefined);
      const { StackSummaries = [] } = await service.cloudformation.send(new ListStacksCommand({}));
      const { Buckets = [] } = await service.s3.send(new ListBucketsCommand({}));
      const names = Buckets.map(({ Name = '' }) => Name).filter((name) => ['empty', 'full'].includes(name));
      return [...StackSummaries.map(({ StackStatus = '' }) => StackStatus), ...names];
    };
    expect(await remove()).toEqual(['DELETE_FAILED', 'empty', 'full']);
    await service.s3.send(new DeleteObjectCommand({ Bucket: 'full', Key: 'a' }));
    expect(await remove()).toEqual(['DELETE_COMPLETE']);
  });

  test('reports a stack that does not exist with the text that clients recognize', async () => {
    const missing = { StackName: 'Missing' };
    await expect(service.cloudformation.send(new DescribeStacksCommand(missing))).rejects.toThrow(
      /^Stack with id Missing does not exist$/,
    );
    await expect(service.cloudformation.send(new DescribeStackEventsCommand(missing))).rejects.toThrow(
      /^Stack \[Missing\] does not exist$/,
    );
    await expect(
      service.cloudformation.send(new UpdateStackCommand({ ...missing, UsePreviousTemplate: true })),
    ).rejects.toThrow(/^Stack \[Missing\] does not exist$/);
  });

  test('rejects an update without changes', async () => {
    const template = { Resources: { A: parameter('1') } };
    await create(template);
    await expect(update(template)).rejects.toThrow('No updates are to be performed.');
  });
});
