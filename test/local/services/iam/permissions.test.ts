import { ApplicationAutoScalingClient, RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DeleteAlarmsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { FilterLogEventsCommand, CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateModelPackageGroupCommand,
  CreateModelCommand,
  DescribeModelCommand,
  SageMakerClient,
  UpdateInferenceComponentRuntimeConfigCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { zipSync } from 'fflate';
import { ServiceFixture } from '../fixture';

const ACCOUNT = '000000000000';
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const BUCKET = `cdk-hnb659fds-assets-${ACCOUNT}-us-east-1`;
const SESSION = `User: arn:aws:sts::${ACCOUNT}:assumed-role/Role/session is not authorized to perform:`;

const service = ServiceFixture.forEachTest();
beforeEach(() => service.restart({ enforceIam: true }));

const trusting = (Principal: object, more: object = {}): object => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal, Action: 'sts:AssumeRole', ...more },
});
const allowing = (Action: string | string[], Resource: string | string[] = '*', more: object = {}): object => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action, Resource, ...more },
});

/** Creates a role that the user can assume. */
async function createRole(policy?: object, trust: object = trusting({ AWS: ROOT }), RoleName = 'Role'): Promise<void> {
  const iam = (action: string, parameters: Record<string, string>): Promise<unknown> =>
    service.query('iam', action, { RoleName, ...parameters });
  await iam('CreateRole', { AssumeRolePolicyDocument: JSON.stringify(trust) });
  if (policy === undefined) return;
  await iam('PutRolePolicy', { PolicyName: 'Policy', PolicyDocument: JSON.stringify(policy) });
}

/** A client with the credentials of a session of the role. */
async function asRole<T>(Client: new (config: object) => T): Promise<T> {
  return service.client(Client, 'us-east-1', await service.assumeRole('Role'));
}

async function deploy(Resources: object, StackName = 'Stack'): Promise<string> {
  const client = service.cloudformation;
  await client.send(
    new CreateStackCommand({
      StackName,
      TemplateBody: JSON.stringify({ Resources }),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    }),
  );
  for (;;) {
    const { Stacks: [{ StackStatus = '' }] = [{}] } = await client.send(new DescribeStacksCommand({ StackName }));
    if (!StackStatus.endsWith('_IN_PROGRESS')) return StackStatus;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function failuresOf(StackName = 'Stack'): Promise<string[]> {
  const { StackEvents = [] } = await service.cloudformation.send(new DescribeStackEventsCommand({ StackName }));
  return StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED')).map(
    ({ ResourceStatusReason = '' }) => ResourceStatusReason,
  );
}

describe('A session of a role', () => {
  test('may do what its policies allow, and nothing else', async () => {
    await createRole(allowing('sagemaker:CreateModelPackageGroup', 'arn:aws:sagemaker:*:*:model-package-group/a-*'));
    const client = await asRole(SageMakerClient);
    const create = (ModelPackageGroupName: string): Promise<object> =>
      client.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName }));
    expect(await create('a-1')).toHaveProperty('ModelPackageGroupArn');
    await expect(create('b-1')).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message:
        `${SESSION} sagemaker:CreateModelPackageGroup on resource: ` +
        `arn:aws:sagemaker:us-east-1:${ACCOUNT}:model-package-group/b-1 ` +
        'because no identity-based policy allows the sagemaker:CreateModelPackageGroup action',
    });
    await expect(client.send(new DescribeModelCommand({ ModelName: 'm' }))).rejects.toThrow('sagemaker:DescribeModel');
  });

  test('has the ARN that STS returns, also after a restart of the service', async () => {
    await createRole();
    const credentials = await service.assumeRole('Role');
    const identity = (): Promise<object> => service.query('sts', 'GetCallerIdentity', {}, credentials);
    const Arn = `arn:aws:sts::${ACCOUNT}:assumed-role/Role/session`;
    expect(await identity()).toMatchObject({ Account: ACCOUNT, Arn });
    await service.restart({ enforceIam: true });
    expect(await identity()).toMatchObject({ Arn });
    expect(await service.query('sts', 'GetCallerIdentity')).toMatchObject({
      Arn: `arn:aws:iam::${ACCOUNT}:user/local`,
    });
  });

  test('does not expire when the time of the service is advanced, since its client does not know', async () => {
    await createRole();
    const credentials = await service.assumeRole('Role', { DurationSeconds: '900' });
    await service.advance(901);
    expect(await service.query('sts', 'GetCallerIdentity', {}, credentials)).toMatchObject({ Account: ACCOUNT });
  });

  test('is not valid any more when it has expired, or when its role was deleted', async () => {
    await createRole(allowing('*'));
    const credentials = await service.assumeRole('Role', { DurationSeconds: '900' });
    const identity = (one = credentials): Promise<object> => service.query('sts', 'GetCallerIdentity', {}, one);
    const time = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 901_000);
    await expect(identity()).rejects.toThrow('ExpiredToken');
    time.mockRestore();
    const fresh = await service.assumeRole('Role');
    await service.query('iam', 'DeleteRolePolicy', { RoleName: 'Role', PolicyName: 'Policy' });
    await service.query('iam', 'DeleteRole', { RoleName: 'Role' });
    await expect(identity(fresh)).rejects.toThrow('InvalidClientTokenId');
    await expect(identity({ accessKeyId: 'ASIAUNKNOWN', secretAccessKey: '' })).rejects.toThrow('InvalidClientTokenId');
  });

  test('needs permission to pass a role, which depends on the service', async () => {
    const passed = `arn:aws:iam::${ACCOUNT}:role/Passed`;
    const Condition = { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } };
    await createRole({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'sagemaker:*', Resource: '*' },
        { Effect: 'Allow', Action: 'iam:PassRole', Resource: passed, Condition },
      ],
    });
    const client = await asRole(SageMakerClient);
    const create = client.send(new CreateModelCommand({ ModelName: 'model', ExecutionRoleArn: passed }));
    await expect(create).rejects.toThrow(`${SESSION} iam:PassRole on resource: ${passed} because no identity-based`);
  });

  test('may invoke an endpoint only with permission for it', async () => {
    await createRole(allowing('sagemaker:InvokeEndpoint', `arn:aws:sagemaker:us-east-1:${ACCOUNT}:endpoint/mine`));
    const client = await asRole(SageMakerRuntimeClient);
    const invoke = (EndpointName: string): Promise<object> =>
      client.send(new InvokeEndpointCommand({ EndpointName, Body: '' }));
    await expect(invoke('other')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(invoke('Mine')).rejects.toMatchObject({ name: 'ValidationError' });
  });

  test('may publish metrics only in the namespaces of a condition', async () => {
    const Condition = { StringEquals: { 'cloudwatch:namespace': 'Shop' } };
    await createRole(allowing('cloudwatch:PutMetricData', '*', { Condition }));
    const client = await asRole(CloudWatchClient);
    const put = (Namespace: string): Promise<object> =>
      client.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: 'Errors', Value: 1 }] }));
    expect(await put('Shop')).toHaveProperty('$metadata.httpStatusCode', 200);
    await expect(put('Other')).rejects.toThrow(`${SESSION} cloudwatch:PutMetricData on resource: *`);
  });

  test('may delete several alarms only with permission for all of them', async () => {
    await createRole(allowing('cloudwatch:DeleteAlarms', `arn:aws:cloudwatch:us-east-1:${ACCOUNT}:alarm:mine-*`));
    const client = await asRole(CloudWatchClient);
    const remove = (...AlarmNames: string[]): Promise<object> => client.send(new DeleteAlarmsCommand({ AlarmNames }));
    expect(await remove('mine-1', 'mine-2')).toHaveProperty('$metadata.httpStatusCode', 200);
    await expect(remove('mine-1', 'other')).rejects.toThrow(
      `${SESSION} cloudwatch:DeleteAlarms on resource: arn:aws:cloudwatch:us-east-1:${ACCOUNT}:alarm:other`,
    );
  });

  test('may scale only the dimensions of a condition', async () => {
    const Condition = {
      StringEquals: { 'application-autoscaling:scalable-dimension': 'sagemaker:variant:DesiredInstanceCount' },
    };
    await createRole(allowing('application-autoscaling:RegisterScalableTarget', '*', { Condition }));
    const client = await asRole(ApplicationAutoScalingClient);
    const register = (ResourceId: string, ScalableDimension: string): Promise<object> =>
      client.send(
        new RegisterScalableTargetCommand({
          ...{ ServiceNamespace: 'sagemaker', ResourceId, MinCapacity: 1, MaxCapacity: 2 },
          ScalableDimension: ScalableDimension as never,
        }),
      );
    await expect(
      register('endpoint/churn/variant/main', 'sagemaker:variant:DesiredInstanceCount'),
    ).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(
      register('inference-component/churn', 'sagemaker:inference-component:DesiredCopyCount'),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  test('may change the copies only of the inference components that its policy allows', async () => {
    const Resource = `arn:aws:sagemaker:us-east-1:${ACCOUNT}:inference-component/mine`;
    await createRole(allowing('sagemaker:UpdateInferenceComponentRuntimeConfig', Resource));
    const client = await asRole(SageMakerClient);
    const update = (InferenceComponentName: string): Promise<object> =>
      client.send(
        new UpdateInferenceComponentRuntimeConfigCommand({
          InferenceComponentName,
          DesiredRuntimeConfig: { CopyCount: 1 },
        }),
      );
    await expect(update('mine')).rejects.toThrow('Could not find inference component "mine"');
    await expect(update('other')).rejects.toThrow('sagemaker:UpdateInferenceComponentRuntimeConfig');
  });

  test('may do less with a session policy than its role', async () => {
    await createRole(allowing('ecr:*'));
    const Policy = JSON.stringify(allowing('s3:*'));
    const client = service.client(ECRClient, 'us-east-1', await service.assumeRole('Role', { Policy }));
    await expect(client.send(new DescribeRepositoriesCommand({}))).rejects.toThrow('because no session policy allows');
    expect(await (await asRole(ECRClient)).send(new DescribeRepositoriesCommand({}))).toHaveProperty('repositories');
  });
});

describe('A role', () => {
  test('can be assumed only by the principals in its trust policy', async () => {
    await createRole(undefined, trusting({ Service: 'lambda.amazonaws.com' }));
    await expect(service.assumeRole('Role')).rejects.toThrow(
      `AccessDenied: User: arn:aws:iam::${ACCOUNT}:user/local is not authorized to perform: sts:AssumeRole on resource: ` +
        `arn:aws:iam::${ACCOUNT}:role/Role`,
    );
    const Condition = { StringEquals: { 'sts:ExternalId': 'secret' } };
    await createRole(undefined, trusting({ AWS: ROOT }, { Condition }), 'Other');
    await expect(service.assumeRole('Other')).rejects.toThrow('AccessDenied');
    expect(await service.assumeRole('Other', { ExternalId: 'secret' })).toHaveProperty('accessKeyId');
  });

  test('can be assumed by a role with permission, which a trust policy with the account requires', async () => {
    await createRole(allowing('sts:AssumeRole', `arn:aws:iam::${ACCOUNT}:role/Next`));
    await createRole(undefined, trusting({ AWS: ROOT }), 'Next');
    await createRole(undefined, trusting({ AWS: ROOT }), 'Third');
    const caller = await service.assumeRole('Role');
    expect(await service.assumeRole('Next', {}, caller)).toHaveProperty('accessKeyId');
    await expect(service.assumeRole('Third', {}, caller)).rejects.toThrow('no identity-based policy allows');
  });

  test('of a stack has the policies of the stack, and IAM returns and simulates them', async () => {
    const status = await deploy({
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'Role',
          AssumeRolePolicyDocument: trusting({ AWS: ROOT }),
          Policies: [{ PolicyName: 'Own', PolicyDocument: allowing('ssm:GetParameter') }],
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
        },
      },
      Policy: {
        Type: 'AWS::IAM::Policy',
        Properties: { PolicyName: 'Other', PolicyDocument: allowing('s3:GetObject'), Roles: [{ Ref: 'Role' }] },
      },
    });
    expect(status).toBe('CREATE_COMPLETE');
    const iam = (action: string, parameters: Record<string, string> = {}): Promise<Record<string, never>> =>
      service.query('iam', action, { RoleName: 'Role', ...parameters });
    expect(await iam('GetRole')).toMatchObject({ Role: { Arn: `arn:aws:iam::${ACCOUNT}:role/Role` } });
    expect(await iam('ListRolePolicies')).toMatchObject({ PolicyNames: { member: ['Own', 'Other'] } });
    const { PolicyDocument: document } = await iam('GetRolePolicy', { PolicyName: 'Other' });
    expect(JSON.parse(decodeURIComponent(document))).toEqual(allowing('s3:GetObject'));
    expect(await iam('ListAttachedRolePolicies')).toMatchObject({
      AttachedPolicies: { member: { PolicyName: 'AWSLambdaBasicExecutionRole' } },
    });
    const actions = ['ssm:GetParameter', 's3:GetObject', 'logs:PutLogEvents', 's3:PutObject'];
    const { EvaluationResults: results } = await service.query('iam', 'SimulatePrincipalPolicy', {
      PolicySourceArn: `arn:aws:iam::${ACCOUNT}:role/Role`,
      ...Object.fromEntries(actions.map((action, index) => [`ActionNames.member.${index + 1}`, action])),
    });
    const { member } = results as unknown as { member: { EvalDecision: string }[] };
    expect(member.map(({ EvalDecision }) => EvalDecision)).toEqual(['allowed', 'allowed', 'allowed', 'implicitDeny']);
  });

  test('with AmazonSageMakerFullAccess has the permissions of that policy: objects of buckets depend on their names', async () => {
    const ManagedPolicyArns = ['arn:aws:iam::aws:policy/AmazonSageMakerFullAccess'];
    const Properties = { RoleName: 'Role', AssumeRolePolicyDocument: trusting({ AWS: ROOT }), ManagedPolicyArns };
    expect(await deploy({ Role: { Type: 'AWS::IAM::Role', Properties } })).toBe('CREATE_COMPLETE');
    const decisionOn = async (action: string, resource: string): Promise<string> => {
      const { EvaluationResults: results } = await service.query('iam', 'SimulatePrincipalPolicy', {
        PolicySourceArn: `arn:aws:iam::${ACCOUNT}:role/Role`,
        'ActionNames.member.1': action,
        'ResourceArns.member.1': resource,
      });
      return (results as unknown as { member: { EvalDecision: string } }).member.EvalDecision;
    };
    const repository = `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/churn`;
    expect(await decisionOn('ecr:BatchGetImage', repository)).toBe('allowed');
    expect(await decisionOn('ecr:PutImage', repository)).toBe('implicitDeny');
    expect(await decisionOn('s3:GetObject', 'arn:aws:s3:::my-sagemaker-data/model')).toBe('allowed');
    expect(await decisionOn('s3:GetObject', 'arn:aws:s3:::models/model')).toBe('implicitDeny');
    expect(await decisionOn('s3:ListBucket', 'arn:aws:s3:::models')).toBe('allowed');
  });

  test('with a managed policy that does not exist fails, as does a policy of such a role', async () => {
    const missing = 'arn:aws:iam::aws:policy/Missing';
    const Properties = { AssumeRolePolicyDocument: trusting({ AWS: ROOT }), ManagedPolicyArns: [missing] };
    await deploy({ Role: { Type: 'AWS::IAM::Role', Properties } });
    expect(await failuresOf()).toContain(`Policy ${missing} does not exist or is not attachable.`);
    const policy = { PolicyName: 'P', PolicyDocument: allowing('s3:*'), Roles: ['Missing'] };
    await deploy({ Policy: { Type: 'AWS::IAM::Policy', Properties: policy } }, 'Other');
    expect(await failuresOf('Other')).toContain('The role with name Missing cannot be found.');
  });
});

describe('AWS CloudFormation', () => {
  const EXECUTION = `arn:aws:iam::${ACCOUNT}:role/cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-us-east-1`;
  const TemplateBody = JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
  const createStack = (RoleARN = EXECUTION): CreateStackCommand =>
    new CreateStackCommand({ StackName: 'Stack', TemplateBody, RoleARN });

  test('deploys with the roles of the CDK, which exist', async () => {
    const deployment = await service.assumeRole(`cdk-hnb659fds-deploy-role-${ACCOUNT}-us-east-1`);
    const client = service.client(CloudFormationClient, 'us-east-1', deployment);
    expect(await client.send(createStack())).toHaveProperty('StackId');
  });

  test('requires the permission to pass the role of a stack, which must trust it', async () => {
    await createRole(allowing('cloudformation:*'));
    const client = await asRole(CloudFormationClient);
    await expect(client.send(createStack())).rejects.toThrow(`${SESSION} iam:PassRole on resource: ${EXECUTION}`);
    const other = `arn:aws:iam::${ACCOUNT}:role/Role`;
    await expect(service.cloudformation.send(createStack(other))).rejects.toThrow(
      `Role ${other} is invalid or cannot be assumed`,
    );
  });
});

describe('Amazon S3', () => {
  const put = (Key: string): Promise<object> =>
    service.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'x' }));

  test('denies what the role may not do to an object, in the words of S3', async () => {
    await Promise.all(['in/a', 'out/a'].map(put));
    await createRole(allowing(['s3:GetObject', 's3:PutObject'], `arn:aws:s3:::${BUCKET}/in/*`));
    const client = await asRole(S3Client);
    const get = (Key: string): Promise<object> => client.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    expect(await get('in/a')).toHaveProperty('Body');
    await expect(get('out/a')).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `${SESSION} s3:GetObject on resource: "arn:aws:s3:::${BUCKET}/out/a" because no identity-based policy allows the s3:GetObject action`,
      $metadata: { httpStatusCode: 403 },
    });
    const copy = (from: string): Promise<object> =>
      client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: 'in/b', CopySource: `${BUCKET}/${from}` }));
    expect(await copy('in/a')).toHaveProperty('CopyObjectResult');
    await expect(copy('out/a')).rejects.toThrow('s3:GetObject');
  });

  test('does not report that an object does not exist without permission to list the bucket', async () => {
    await createRole(allowing('s3:GetObject'));
    const get = new GetObjectCommand({ Bucket: BUCKET, Key: 'missing' });
    await expect((await asRole(S3Client)).send(get)).rejects.toThrow('s3:ListBucket');
    await expect(service.s3.send(get)).rejects.toThrow('The specified key does not exist');
  });

  test('lists the prefixes that a condition allows', async () => {
    await put('home/a');
    const Condition = { StringLike: { 's3:prefix': 'home/*' } };
    await createRole(allowing('s3:ListBucket', `arn:aws:s3:::${BUCKET}`, { Condition }));
    const client = await asRole(S3Client);
    const list = (Prefix?: string): Promise<object> =>
      client.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix }));
    expect(await list('home/')).toMatchObject({ KeyCount: 1 });
    await expect(list()).rejects.toThrow('s3:ListBucket');
  });

  test('deletes those of several objects that the role may delete', async () => {
    await Promise.all(['a', 'b'].map(put));
    await createRole(allowing('s3:DeleteObject', `arn:aws:s3:::${BUCKET}/a`));
    const Objects = [{ Key: 'a' }, { Key: 'b' }];
    const { Deleted, Errors } = await (
      await asRole(S3Client)
    ).send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects } }));
    expect([Deleted, Errors]).toMatchObject([[{ Key: 'a' }], [{ Key: 'b', Code: 'AccessDenied' }]]);
  });

  test('applies the policy of the bucket, which has to be met although the service has no TLS', async () => {
    const secure = { Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    const denied = { Effect: 'Deny', Action: 's3:GetObject' };
    const on = (statement: object, key: string): object => ({
      ...statement,
      Principal: '*',
      Resource: `arn:aws:s3:::mine/${key}`,
    });
    await createRole(allowing('s3:*'));
    await deploy({
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'mine' } },
      Policy: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: {
          Bucket: { Ref: 'Bucket' },
          PolicyDocument: { Version: '2012-10-17', Statement: [on(secure, '*'), on(denied, 'secret')] },
        },
      },
    });
    const client = await asRole(S3Client);
    const write = (Key: string): Promise<object> =>
      client.send(new PutObjectCommand({ Bucket: 'mine', Key, Body: 'x' }));
    await Promise.all(['secret', 'open'].map(write));
    const get = (Key: string): Promise<object> => client.send(new GetObjectCommand({ Bucket: 'mine', Key }));
    expect(await get('open')).toHaveProperty('Body');
    await expect(get('secret')).rejects.toThrow('with an explicit deny in a resource-based policy');
  });
});

describe('A function', () => {
  /** Reads an SSM parameter with its credentials, and returns the status and the caller. */
  const CODE = `
    const call = (service, headers, body) => fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST', body, headers: {
      ...headers,
      authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20261124/us-east-1/' + service + '/aws4_request',
    } });
    exports.handler = async (event) => {
      const { status } = await call('ssm', { 'x-amz-target': 'AmazonSSM.GetParameter' }, JSON.stringify({ Name: '/cdk-bootstrap/hnb659fds/version' }));
      console.log('status ' + status);
      const identity = await (await call('sts', {}, new URLSearchParams({ Action: 'GetCallerIdentity' }))).text();
      console.log(/<Arn>.*<.Arn>/.exec(identity)[0]);
      if (!event.ResponseURL) return { status };
      const { RequestId, StackId, LogicalResourceId } = event;
      const body = { Status: 'SUCCESS', PhysicalResourceId: 'id', RequestId, StackId, LogicalResourceId, Data: { status } };
      await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify(body) });
    };
  `;
  const WRITE_LOGS = {
    Effect: 'Allow',
    Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: '*',
  };
  const READ_PARAMETER = { Effect: 'Allow', Action: 'ssm:GetParameter', Resource: '*' };

  const role = (Service: string, ...Statement: object[]): object => ({
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: trusting({ Service }),
      Policies:
        Statement.length === 0 ? [] : [{ PolicyName: 'P', PolicyDocument: { Version: '2012-10-17', Statement } }],
    },
  });
  const resources = async (functionRole: object): Promise<Record<string, object>> => {
    const Body = zipSync({ 'index.js': Buffer.from(CODE) });
    await service.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'code.zip', Body }));
    return {
      Role: functionRole,
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: 'Function',
          Code: { S3Bucket: BUCKET, S3Key: 'code.zip' },
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          Timeout: 60,
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        },
      },
    };
  };
  const custom = { Type: 'Custom::Test', Properties: { ServiceToken: { 'Fn::GetAtt': ['Function', 'Arn'] } } };
  const log = async (): Promise<string[]> => {
    const client = service.client(CloudWatchLogsClient);
    const { events = [] } = await client.send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/Function' }));
    return events.map(({ message = '' }) => message);
  };

  test('acts with its role', async () => {
    const all = await resources(role('lambda.amazonaws.com', WRITE_LOGS, READ_PARAMETER));
    expect(await deploy({ ...all, Custom: custom })).toBe('CREATE_COMPLETE');
    expect((await log()).join()).toMatch(
      /status 200.*<Arn>arn:aws:sts::000000000000:assumed-role\/Stack-Role-.*\/Function<\/Arn>/s,
    );
  });

  test('may do nothing that its role does not allow', async () => {
    const all = await resources(role('lambda.amazonaws.com', WRITE_LOGS));
    expect(await deploy({ ...all, Custom: custom })).toBe('CREATE_COMPLETE');
    expect((await log()).join()).toContain('status 400');
  });

  test('has no logs without permission to write them', async () => {
    const all = await resources(role('lambda.amazonaws.com', READ_PARAMETER));
    expect(await deploy({ ...all, Custom: custom })).toBe('CREATE_COMPLETE');
    await expect(log()).rejects.toThrow('The specified log group does not exist.');
  });

  test('cannot be created with a role that does not trust Lambda', async () => {
    await deploy(await resources(role('ec2.amazonaws.com')));
    expect(await failuresOf()).toContain('The role defined for the function cannot be assumed by Lambda.');
  });

  test.each([
    ['invokes it with permission to do so', 'lambda:InvokeFunction', /SUCCEEDED/],
    [
      'fails without permission to invoke it',
      'lambda:GetFunction',
      /FAILED .* is not authorized to perform: lambda:InvokeFunction/,
    ],
  ])('of a state machine: the state machine %s', async (_title, Action, expected) => {
    const invoke = { Effect: 'Allow', Action, Resource: '*' };
    const arn = { 'Fn::GetAtt': ['Function', 'Arn'] };
    const Parameters = { FunctionName: '${Function}', Payload: {} };
    const Call = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters, End: true };
    const definition = JSON.stringify({ StartAt: 'Call', States: { Call } });
    await deploy({
      ...(await resources(role('lambda.amazonaws.com', READ_PARAMETER))),
      MachineRole: role('states.amazonaws.com', invoke),
      Machine: {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: {
          StateMachineName: 'Machine',
          DefinitionString: { 'Fn::Sub': [definition, { Function: arn }] },
          RoleArn: { 'Fn::GetAtt': ['MachineRole', 'Arn'] },
        },
      },
    });
    const client = service.client(SFNClient);
    const stateMachineArn = `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:Machine`;
    const { executionArn } = await client.send(
      new StartExecutionCommand({ stateMachineArn, name: 'one', input: '{}' }),
    );
    const describe = async (): Promise<{ status?: string; cause?: string }> => {
      const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
      if (execution.status !== 'RUNNING') return execution;
      await new Promise((resolve) => setTimeout(resolve, 10));
      return describe();
    };
    const { status, cause = '' } = await describe();
    expect(`${status} ${cause}`).toMatch(expected);
  });
});

test('Without enforcement, every role can be assumed and has all permissions', async () => {
  await service.restart();
  const { accessKeyId } = await service.assumeRole('Missing');
  expect(accessKeyId).toBe('local');
  await expect(service.query('iam', 'GetRole', { RoleName: 'Role' })).rejects.toThrow('Pass the ARN of a role');
});
