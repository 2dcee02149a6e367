import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ListExportsCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import {
  CreateModelCommand,
  CreateTrainingJobCommand,
  DescribeModelCommand,
  ListModelsCommand,
  ListPipelinesCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { App, Stack, aws_ec2 as ec2 } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { request } from 'node:http';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { LocalService } from '../../local/services/local-service';
import { FakeEngine } from './fake-engine';

const ROLE = 'arn:aws:iam::000000000000:role/any';

let directory: string;
let service: LocalService;

async function start(more: { address?: string; mounts?: Record<string, string> } = {}): Promise<void> {
  service = new LocalService({ directory, port: 0, region: 'us-east-1', engine: new FakeEngine(), ...more });
  await service.start();
}

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'service-'));
  await start();
});
afterEach(async () => {
  await service.close();
  rmSync(directory, { recursive: true, force: true });
});

function client<T>(Client: new (config: object) => T): T {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const config = {
    endpoint: service.context.url,
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
    forcePathStyle: true,
  };
  return new Client(config);
}
const s3 = (): S3Client => client(S3Client);
const sagemaker = (): SageMakerClient => client(SageMakerClient);
const cloudformation = (): CloudFormationClient => client(CloudFormationClient);

/** Sends a request as no client would. */
function raw(method: string, pathname: string, headers: Record<string, string> = {}): Promise<number> {
  const { hostname, port } = new URL(service.context.url);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path: pathname, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end();
  });
}
const SIGNED = { authorization: 'AWS4-HMAC-SHA256 Credential=local/20261124/us-east-1/s3/aws4_request' };

describe('The local service', () => {
  test('answers nobody who names another machine in the Host header, as a web page would', async () => {
    expect(await raw('GET', '/', { ...SIGNED, host: 'evil.example' })).toBe(403);
    expect(await raw('GET', '/', { ...SIGNED, host: '192.0.2.1:80' })).toBe(403);
    expect(await raw('GET', '/', { ...SIGNED, host: `localhost:1` })).toBe(200);
  });

  test('says of what it does not know that it does not', async () => {
    await expect(sagemaker().send(new ListPipelinesCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('ListPipelines of sagemaker is not part of the local service') as string,
    });
  });

  test.each<[string, object, string]>([
    ['without what is needed', {}, "Value null at 'ModelName' failed to satisfy constraint: Member must not be null"],
    ['with a name that is none', { ModelName: 'a_b' }, "Value 'a_b' at 'ModelName' failed to satisfy constraint"],
    [
      'with a wrong word far inside',
      { ModelName: 'a', PrimaryContainer: { Image: 'i', Mode: 'Many' } },
      "Value 'Many' at 'PrimaryContainer.Mode' failed to satisfy constraint: Member must satisfy enum value set: [SingleModel, MultiModel]",
    ],
    ['with text for a number', { ModelName: 'a', EnableNetworkIsolation: 'yes' }, 'Member must be of type boolean'],
  ])('refuses a request %s, as the service does', async (_, input, message) => {
    await expect(sagemaker().send(new CreateModelCommand(input as never))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message) as string,
    });
  });

  test('refuses a member that it does not know, instead of ignoring it', async () => {
    const response = await fetch(service.context.url, {
      method: 'POST',
      headers: {
        authorization: SIGNED.authorization.replace('s3', 'sagemaker'),
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'SageMaker.CreateModel',
      },
      body: JSON.stringify({ ModelName: 'a', Colour: 'red' }),
    });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { __type: 'ValidationException', message: "1 validation error detected: Unknown member 'Colour'" },
    ]);
  });

  test('answers others by the number of the machine alone, where the user has exposed it', async () => {
    await service.close();
    await start({ address: '0.0.0.0' });
    expect(await raw('GET', '/', { ...SIGNED, host: 'evil.example' })).toBe(403);
    expect(await raw('GET', '/', { ...SIGNED, host: '192.0.2.1:80' })).toBe(200);
  });

  test('finds its state again when it is started anew', async () => {
    await sagemaker().send(
      new CreateModelCommand({ ModelName: 'Churn', ExecutionRoleArn: ROLE, PrimaryContainer: { Image: 'churn:1' } }),
    );
    await service.close();
    await start();
    const model = await sagemaker().send(new DescribeModelCommand({ ModelName: 'Churn' }));
    expect(model).toMatchObject({
      ModelArn: 'arn:aws:sagemaker:us-east-1:000000000000:model/churn',
      PrimaryContainer: { Image: 'churn:1' },
    });
  });

  test('lists in pages, the newest first', async () => {
    for (const ModelName of ['a', 'b', 'c']) {
      await sagemaker().send(new CreateModelCommand({ ModelName, PrimaryContainer: { Image: 'churn:1' } }));
    }
    const first = await sagemaker().send(new ListModelsCommand({ MaxResults: 2 }));
    const second = await sagemaker().send(new ListModelsCommand({ MaxResults: 2, NextToken: first.NextToken }));
    const names = [first, second].map(({ Models = [] }) => Models.map(({ ModelName }) => ModelName));
    expect([names, second.NextToken]).toEqual([[['c', 'b'], ['a']], undefined]);
  });

  test.each([
    [
      'gzipped data in File mode',
      { CompressionType: 'Gzip' as const },
      'Channel train: CompressionType Gzip is for Pipe mode alone.',
    ],
    [
      'records in FastFile mode',
      { InputMode: 'FastFile' as const, RecordWrapperType: 'RecordIO' as const },
      'Channel train: RecordWrapperType RecordIO is for Pipe mode alone.',
    ],
    ['a channel without data', {}, 'No S3 objects found under S3 URL "s3://data/none/"'],
  ])('refuses a training job that asks for %s, before anything starts', async (_, channel, message) => {
    await s3().send(new CreateBucketCommand({ Bucket: 'data' }));
    const S3DataSource = { S3DataType: 'S3Prefix' as const, S3Uri: 's3://data/none/' };
    const job = new CreateTrainingJobCommand({
      TrainingJobName: 'job',
      RoleArn: ROLE,
      AlgorithmSpecification: { TrainingImage: 'churn:1', TrainingInputMode: 'File' },
      InputDataConfig: [{ ChannelName: 'train', DataSource: { S3DataSource }, ...channel }],
      OutputDataConfig: { S3OutputPath: 's3://data/out' },
      ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 },
      StoppingCondition: { MaxRuntimeInSeconds: 60 },
    });
    await expect(sagemaker().send(job)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('Its S3', () => {
  beforeEach(async () => {
    await s3().send(new CreateBucketCommand({ Bucket: 'data' }));
  });
  const put = (Key: string, Body = 'x'): Promise<unknown> =>
    s3().send(new PutObjectCommand({ Bucket: 'data', Key, Body }));

  test('keeps what it is given, with type and metadata, and gives parts of it', async () => {
    await s3().send(
      new PutObjectCommand({
        Bucket: 'data',
        Key: 'a/b.txt',
        Body: 'hello',
        ContentType: 'text/plain',
        Metadata: { who: 'me' },
      }),
    );
    const whole = await s3().send(new GetObjectCommand({ Bucket: 'data', Key: 'a/b.txt' }));
    expect([await whole.Body?.transformToString(), whole.ContentType, whole.Metadata]).toEqual([
      'hello',
      'text/plain',
      { who: 'me' },
    ]);
    const part = await s3().send(new GetObjectCommand({ Bucket: 'data', Key: 'a/b.txt', Range: 'bytes=1-3' }));
    expect([await part.Body?.transformToString(), part.ContentRange]).toEqual(['ell', 'bytes 1-3/5']);
  });

  test('follows no link out of a bucket, which a program may have left in its checkpoints', async () => {
    await put('checkpoints/step');
    symlinkSync('/etc/passwd', path.join(directory, 's3', 'data', 'objects', 'checkpoints', 'secret'));
    const get = s3().send(new GetObjectCommand({ Bucket: 'data', Key: 'checkpoints/secret' }));
    await expect(get).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('reads a directory of the user as a bucket, and never writes to it', async () => {
    const mine = path.join(directory, 'mine');
    mkdirSync(mine);
    writeFileSync(path.join(mine, 'a.csv'), '1,2');
    await service.close();
    await start({ mounts: { mine } });
    const object = await s3().send(new GetObjectCommand({ Bucket: 'mine', Key: 'a.csv' }));
    expect(await object.Body?.transformToString()).toBe('1,2');
    const writes = [
      () => s3().send(new PutObjectCommand({ Bucket: 'mine', Key: 'b.csv', Body: 'x' })),
      () => s3().send(new DeleteObjectCommand({ Bucket: 'mine', Key: 'a.csv' })),
      () => s3().send(new DeleteBucketCommand({ Bucket: 'mine' })),
    ];
    for (const write of writes) await expect(write()).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(readdirSync(mine)).toEqual(['a.csv']);
  });

  test('lists by prefix and folder, in pages', async () => {
    for (const key of ['a/1', 'a/2', 'b/1', 'c']) await put(key);
    const list = (options: object): Promise<unknown[]> =>
      s3()
        .send(new ListObjectsV2Command({ Bucket: 'data', ...options }))
        .then(({ Contents = [], CommonPrefixes = [] }) => [
          Contents.map(({ Key }) => Key),
          CommonPrefixes.map(({ Prefix }) => Prefix),
        ]);
    expect(await list({ Prefix: 'a/' })).toEqual([['a/1', 'a/2'], []]);
    expect(await list({ Delimiter: '/' })).toEqual([['c'], ['a/', 'b/']]);
    const { NextContinuationToken } = await s3().send(new ListObjectsV2Command({ Bucket: 'data', MaxKeys: 3 }));
    expect(await list({ ContinuationToken: NextContinuationToken })).toEqual([['c'], []]);
  });

  test('puts together what is sent in parts, and forgets what is given up', async () => {
    const where = { Bucket: 'data', Key: 'large' };
    const { UploadId } = await s3().send(new CreateMultipartUploadCommand({ ...where, ContentType: 'text/plain' }));
    const parts = await Promise.all(
      ['b', 'a'].map(async (Body, index) => {
        const PartNumber = 2 - index;
        const { ETag } = await s3().send(
          new UploadPartCommand({ ...where, UploadId, PartNumber, Body: Body.repeat(5) }),
        );
        return { PartNumber, ETag };
      }),
    );
    const Parts = parts.reverse();
    await s3().send(new CompleteMultipartUploadCommand({ ...where, UploadId, MultipartUpload: { Parts } }));
    const whole = await s3().send(new GetObjectCommand(where));
    expect([await whole.Body?.transformToString(), whole.ContentType]).toEqual(['aaaaabbbbb', 'text/plain']);
    const other = await s3().send(new CreateMultipartUploadCommand(where));
    await s3().send(new AbortMultipartUploadCommand({ ...where, UploadId: other.UploadId }));
    expect(readdirSync(path.join(directory, 'uploads'))).toEqual([]);
  });

  test('says what is not there, and deletes no bucket with objects in it', async () => {
    await put('a');
    const missing = new GetObjectCommand({ Bucket: 'data', Key: 'b' });
    await expect(s3().send(missing)).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(s3().send(new ListObjectsV2Command({ Bucket: 'none' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
    await expect(s3().send(new DeleteBucketCommand({ Bucket: 'data' }))).rejects.toMatchObject({
      name: 'BucketNotEmpty',
    });
  });

  test.each(['/data/..%2f..%2fescaped', '/data/a%2f..%2f..%2f..%2fescaped', '/data/%00'])(
    'writes nothing outside of its directory, whatever the path: %s',
    async (pathname) => {
      expect(await raw('PUT', pathname, { ...SIGNED, 'content-length': '0' })).toBeGreaterThanOrEqual(400);
      const files = readdirSync(directory, { recursive: true }).map(String);
      expect(files.filter((file) => file.includes('escaped'))).toEqual([]);
    },
  );
});

describe('Its CloudFormation', () => {
  async function untilOver(
    StackName: string,
  ): Promise<{ StackStatus?: string; Outputs?: { OutputKey?: string; OutputValue?: string }[] }> {
    for (;;) {
      const { Stacks: [stack] = [] } = await cloudformation().send(new DescribeStacksCommand({ StackName }));
      if (!stack.StackStatus?.endsWith('_IN_PROGRESS')) return stack;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  async function create(
    template: object,
    StackName = 'Stack',
    parameters: Record<string, string> = {},
  ): Promise<ReturnType<typeof untilOver>> {
    const Parameters = Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    }));
    const { StackId = '' } = await cloudformation().send(
      new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(template), Parameters }),
    );
    return untilOver(StackId);
  }
  async function update(template: object, StackName = 'Stack'): Promise<ReturnType<typeof untilOver>> {
    await cloudformation().send(new UpdateStackCommand({ StackName, TemplateBody: JSON.stringify(template) }));
    return untilOver(StackName);
  }
  async function eventsOf(StackName: string): Promise<string[]> {
    const { StackEvents = [] } = await cloudformation().send(new DescribeStackEventsCommand({ StackName }));
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

  test('knows after the rollback of an update what there was before, and deletes that with the stack', async () => {
    await create({ Resources: { Bucket: bucket('before') } });
    const failing = { Type: 'AWS::Unknown::Type', DependsOn: 'Bucket' };
    const { StackStatus } = await update({ Resources: { Bucket: bucket('after'), Failing: failing } });
    const { Buckets: left = [] } = await s3().send(new ListBucketsCommand({}));
    const names = left.map(({ Name }) => Name);
    expect([StackStatus, names.includes('before'), names.includes('after')]).toEqual([
      'UPDATE_ROLLBACK_COMPLETE',
      true,
      false,
    ]);
    const { Stacks = [] } = await cloudformation().send(new DescribeStacksCommand({ StackName: 'Stack' }));
    await cloudformation().send(new DeleteStackCommand({ StackName: 'Stack' }));
    await untilOver(Stacks[0].StackId ?? '');
    const { Buckets: none = [] } = await s3().send(new ListBucketsCommand({}));
    expect(none.map(({ Name }) => Name)).not.toContain('before');
  });

  test('writes the network of a stack down, and tells that it has no effect', async () => {
    const stack = new Stack(new App({ outdir: mkdtempSync(path.join(tmpdir(), 'network-')) }), 'Network');
    const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
    vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    vpc.addInterfaceEndpoint('Ecr', { service: ec2.InterfaceVpcEndpointAwsService.ECR });
    const template = Template.fromStack(stack).toJSON() as { Parameters?: object };
    const { StackStatus } = await create({ ...template, Parameters: undefined, Rules: undefined });
    expect(StackStatus).toBe('CREATE_COMPLETE');
    const [{ recorded }] = service.status().stacks;
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

  test('gives the API what it expects where a parameter has only text', async () => {
    await create(churn({ EnableNetworkIsolation: { Ref: 'Isolated' } }));
    const model = await sagemaker().send(new DescribeModelCommand({ ModelName: 'churn' }));
    expect(model.EnableNetworkIsolation).toBe(true);
  });

  test('refuses properties that the API would refuse', async () => {
    const { StackStatus } = await create(churn({ PrimaryContainer: { Image: 'churn 1' }, Colour: 'red' }));
    expect(StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await eventsOf('Stack')).toContainEqual(
      expect.stringMatching(
        /^Model CREATE_FAILED 2 validation errors detected: Value 'churn 1' at 'PrimaryContainer.Image' failed .*Unknown member 'Colour'$/,
      ),
    );
  });

  test('resolves what templates say', async () => {
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
      'a function that it does not know',
      { A: parameter({ 'Fn::Magic': 1 }) },
      'the local service knows no function Fn::Magic',
    ],
    [
      'an attribute that there is not',
      { A: parameter('1'), B: parameter({ 'Fn::GetAtt': ['A', 'Colour'] }) },
      'knows no attribute Colour of A',
    ],
    [
      'a type that it does not know',
      { A: { Type: 'AWS::Glue::Job' } },
      'The local service knows no resources of type AWS::Glue::Job.',
    ],
  ])('fails the resource that asks for %s, with the reason, and removes the others', async (_, Resources, reason) => {
    const { StackStatus } = await create({ Resources: { ...Resources, Data: bucket('data') } });
    expect(StackStatus).toBe('ROLLBACK_COMPLETE');
    const events = await eventsOf('Stack');
    expect(events.find((event) => event.includes('CREATE_FAILED'))).toContain(reason);
    await expect(s3().send(new ListObjectsV2Command({ Bucket: 'data' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
  });

  test.each<[string, object, string]>([
    [
      'goes in circles',
      { A: parameter({ Ref: 'B' }), B: parameter({ Ref: 'A' }) },
      'Circular dependency between resources',
    ],
    ['depends on nothing', { A: parameter('1', { DependsOn: 'Z' }) }, 'Unresolved resource dependencies [Z]'],
  ])('refuses a template that %s', async (_, Resources, message) => {
    await expect(create({ Resources })).rejects.toThrow(message);
  });

  test('makes what others need first, and deletes it last', async () => {
    await create({
      Resources: { A: parameter({ Ref: 'B' }), B: parameter('1'), C: parameter('1', { DependsOn: 'A' }) },
    });
    const { Stacks: [{ StackId = '' }] = [] } = await cloudformation().send(
      new DescribeStacksCommand({ StackName: 'Stack' }),
    );
    await cloudformation().send(new DeleteStackCommand({ StackName: 'Stack' }));
    await untilOver(StackId);
    const order = (await eventsOf(StackId)).filter((event) => /^[ABC] (CREATE|DELETE)_COMPLETE/.test(event));
    expect(order).toEqual([
      ...['B', 'A', 'C'].map((id) => `${id} CREATE_COMPLETE`),
      ...['C', 'A', 'B'].map((id) => `${id} DELETE_COMPLETE`),
    ]);
  });

  test('replaces what cannot change, and removes the old one when all is well', async () => {
    await create({ Resources: { Data: bucket('first') } });
    expect((await update({ Resources: { Data: bucket('second') } })).StackStatus).toBe('UPDATE_COMPLETE');
    await expect(s3().send(new ListObjectsV2Command({ Bucket: 'first' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
    await s3().send(new ListObjectsV2Command({ Bucket: 'second' }));
  });

  test('goes back to what was when an update fails', async () => {
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
    await s3().send(new ListObjectsV2Command({ Bucket: 'first' }));
    await expect(s3().send(new ListObjectsV2Command({ Bucket: 'second' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
  });

  test('keeps what is to be retained', async () => {
    await create({ Resources: { Data: bucket('kept', { DeletionPolicy: 'Retain' }) } });
    await cloudformation().send(new DeleteStackCommand({ StackName: 'Stack' }));
    await expect(untilGone()).resolves.toBeUndefined();
    await s3().send(new ListObjectsV2Command({ Bucket: 'kept' }));
  });

  async function untilGone(): Promise<void> {
    for (;;) {
      const over = await untilOver('Stack').catch(() => undefined);
      if (over === undefined) return;
    }
  }

  test('exports values to other stacks', async () => {
    await create({ Resources: { A: parameter('1') }, Outputs: { O: { Value: 'shared', Export: { Name: 'Key' } } } });
    const { Outputs } = await create(
      {
        Resources: { B: parameter({ 'Fn::ImportValue': 'Key' }) },
        Outputs: { V: { Value: { 'Fn::GetAtt': 'B.Value' } } },
      },
      'Importer',
    );
    expect(Outputs).toMatchObject([{ OutputValue: 'shared' }]);
    const { Exports } = await cloudformation().send(new ListExportsCommand({}));
    expect(Exports).toMatchObject([{ Name: 'Key', Value: 'shared' }]);
  });

  test('updates nothing when nothing has changed', async () => {
    const template = { Resources: { A: parameter('1') } };
    await create(template);
    await expect(update(template)).rejects.toThrow('No updates are to be performed.');
  });
});
