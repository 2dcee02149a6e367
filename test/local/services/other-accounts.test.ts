import {
  BatchGetImageCommand,
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetDownloadUrlForLayerCommand,
} from '@aws-sdk/client-ecr';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateModelPackageCommand,
  DeleteModelPackageCommand,
  DescribeEndpointCommand,
  DescribeModelPackageCommand,
  DescribeModelPackageGroupCommand,
  ListModelPackagesCommand,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as path from 'node:path';
import { serving } from '../fake-engine';
import { ServiceFixture } from './fixture';
import { StackFixture } from './stack-fixture';

const [OWNER, HOST] = ['111111111111', '222222222222'];
const GROUP = `arn:aws:sagemaker:us-east-1:${OWNER}:model-package-group/churn`;
const VERSION = `arn:aws:sagemaker:us-east-1:${OWNER}:model-package/churn/1`;
const REPOSITORY = `arn:aws:ecr:us-east-1:${OWNER}:repository/churn`;
const IMAGE = `${OWNER}.dkr.ecr.us-east-1.amazonaws.com/churn:1`;
const MODEL = 'churn/model.tar.gz';
const RoleArn = `arn:aws:iam::${HOST}:role/Execution`;
const HOST_ACCOUNT = { AWS: `arn:aws:iam::${HOST}:root` };
const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const VERSIONS = VERSION.replace('/1', '/*');

const program = serving(() => ({
  listener: (message, response) => {
    message.resume();
    response.end('result');
  },
}));

/** The messages of the denied requests of the hosting account. */
let denials: string[] = [];
beforeEach(() => (denials = []));

const owner = ServiceFixture.forEachTest(() => ({ account: OWNER, enforceIam: true }));
const host = ServiceFixture.forEachTest(() => ({
  ...{ account: HOST, enforceIam: true, peers: [owner.directory], program },
  onAccess: ({ message }) => message !== '' && denials.push(message),
}));

type Shared = 'group' | 'bucket' | 'repository' | 'key';
type Grant = 'read' | 'decrypt' | 'pull';

const policy = (...statements: object[]): object => ({
  Version: '2012-10-17',
  Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })),
});
const forHost = { Principal: HOST_ACCOUNT, Resource: '*' };

/** The resources of the stack of the owner, each with a policy for the hosting account. */
function resources(missing?: Shared, Principal: object = HOST_ACCOUNT): object {
  const root = { Principal: { AWS: `arn:aws:iam::${OWNER}:root` }, Action: 'kms:*', Resource: '*' };
  const key = { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': ['Key', 'Arn'] } };
  const policies: Record<Shared, object> = {
    group: policy(
      { Principal, Action: 'sagemaker:DescribeModelPackageGroup', Resource: GROUP },
      {
        ...{ Principal, Resource: VERSIONS },
        Action: ['DescribeModelPackage', 'ListModelPackages', 'CreateModel', 'UpdateModelPackage'].map(
          (action) => `sagemaker:${action}`,
        ),
      },
    ),
    bucket: policy({ Principal, Action: 's3:GetObject', Resource: 'arn:aws:s3:::models/churn/*' }),
    repository: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: PULL }] },
    key: policy(root, { ...forHost, Principal, Action: 'kms:Decrypt' }),
  };
  if (missing !== undefined) policies[missing] = policy(root);
  const Rules = [{ ServerSideEncryptionByDefault: key }];
  return {
    Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: policies.key } },
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: { BucketName: 'models', BucketEncryption: { ServerSideEncryptionConfiguration: Rules } },
    },
    ...(missing !== 'bucket' && {
      BucketPolicy: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument: policies.bucket },
      },
    }),
    Repository: {
      Type: 'AWS::ECR::Repository',
      Properties: {
        RepositoryName: 'churn',
        ...(missing !== 'repository' && { RepositoryPolicyText: policies.repository }),
      },
    },
    Group: {
      Type: 'AWS::SageMaker::ModelPackageGroup',
      Properties: {
        ModelPackageGroupName: 'churn',
        ...(missing !== 'group' && { ModelPackageGroupPolicy: policies.group }),
      },
    },
  };
}

/** Deploys the stack of the owner, and registers a version. */
async function share(Principal?: object): Promise<void> {
  expect(await new StackFixture(owner).create(resources(undefined, Principal))).toBe('CREATE_COMPLETE');
  const Body = execFileSync('tar', ['-cz', '-C', __dirname, path.basename(__filename)]);
  await owner.s3.send(new PutObjectCommand({ Bucket: 'models', Key: MODEL, Body }));
  const InferenceSpecification = {
    Containers: [{ Image: IMAGE, ModelDataUrl: `s3://models/${MODEL}` }],
    ...{ SupportedContentTypes: ['text/csv'], SupportedResponseMIMETypes: ['text/csv'] },
  };
  await owner.sagemaker.send(
    new CreateModelPackageCommand({
      ...{ ModelPackageGroupName: 'churn', InferenceSpecification, ModelApprovalStatus: 'Approved' },
    }),
  );
}

async function createRole(missing?: Grant): Promise<void> {
  const iam = (action: string, parameters: Record<string, string>): Promise<unknown> =>
    host.query('iam', action, { RoleName: 'Execution', ...parameters });
  const trust = policy({ Principal: { Service: 'sagemaker.amazonaws.com' }, Action: 'sts:AssumeRole' });
  await iam('CreateRole', { AssumeRolePolicyDocument: JSON.stringify(trust) });
  const grants: Record<Grant, object> = {
    read: { Action: 's3:GetObject', Resource: 'arn:aws:s3:::models/churn/*' },
    decrypt: { Action: 'kms:Decrypt', Resource: `arn:aws:kms:us-east-1:${OWNER}:key/*` },
    pull: { Action: PULL, Resource: REPOSITORY },
  };
  const given = Object.entries(grants).flatMap(([name, grant]) => (name === missing ? [] : [grant]));
  const document = policy({ Action: ['ecr:GetAuthorizationToken', 'logs:*', 'cloudwatch:*'], Resource: '*' }, ...given);
  await iam('PutRolePolicy', { PolicyName: 'Policy', PolicyDocument: JSON.stringify(document) });
}

async function createModel(ModelPackageName = VERSION): Promise<void> {
  const PrimaryContainer = { ModelPackageName };
  await host.sagemaker.send(
    new CreateModelCommand({ ModelName: 'model', ExecutionRoleArn: RoleArn, PrimaryContainer }),
  );
}

/** Hosts the version, and returns the reason of a failure. */
async function deploy(): Promise<string | undefined> {
  await createModel();
  const variant = { VariantName: 'main', ModelName: 'model', InitialInstanceCount: 1, InstanceType: 'ml.m5.large' };
  await host.sagemaker.send(
    new CreateEndpointConfigCommand({ EndpointConfigName: 'config', ProductionVariants: [variant as never] }),
  );
  await host.sagemaker.send(new CreateEndpointCommand({ EndpointName: 'name', EndpointConfigName: 'config' }));
  for (;;) {
    const described = await host.sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'name' }));
    if (described.EndpointStatus !== 'Creating') return described.FailureReason;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const session = `User: arn:aws:sts::${HOST}:assumed-role/Execution/SageMaker is not authorized to perform:`;
const user = `User: arn:aws:iam::${HOST}:user/local is not authorized to perform:`;

describe('A version of another account', () => {
  test('is hosted if the policies of both accounts allow it', async () => {
    await share();
    await createRole();
    expect([await deploy(), denials]).toEqual([undefined, []]);
    const invoke = new InvokeEndpointCommand({ EndpointName: 'name', Body: '1' });
    const { Body } = await host.client(SageMakerRuntimeClient).send(invoke);
    expect(Buffer.from(Body).toString()).toBe('result');
  });

  test('is not hosted by an account that its group is not shared with', async () => {
    await share();
    await new StackFixture(owner).update(resources('group'));
    await createRole();
    const denial = `${user} sagemaker:CreateModel on resource: ${VERSION} because no resource-based policy allows`;
    await expect(createModel()).rejects.toThrow(denial);
  });

  test.each<[Exclude<Shared, 'group'>, string, string]>([
    [
      'repository',
      `ecr:BatchCheckLayerAvailability on resource: ${REPOSITORY}`,
      'does not have BatchGetImage permission',
    ],
    ['bucket', `s3:GetObject on resource: "arn:aws:s3:::models/${MODEL}"`, 'Failed to download model data'],
    ['key', `kms:Decrypt on resource: arn:aws:kms:us-east-1:${OWNER}:key/`, 'Failed to download model data'],
  ])('is not hosted if the policy of its %s does not allow it', async (missing, permission, reason) => {
    await share();
    await new StackFixture(owner).update(resources(missing));
    await createRole();
    expect(await deploy()).toContain(reason);
    expect(denials).toEqual([expect.stringContaining(`${session} ${permission}`)]);
    expect(denials[0]).toContain('because no resource-based policy allows');
  });

  test.each<[Grant, string]>([
    ['pull', `ecr:BatchCheckLayerAvailability on resource: ${REPOSITORY}`],
    ['read', `s3:GetObject on resource: "arn:aws:s3:::models/${MODEL}"`],
    ['decrypt', `kms:Decrypt on resource: arn:aws:kms:us-east-1:${OWNER}:key/`],
  ])('is not hosted with a role without the permission to %s it', async (missing, permission) => {
    await share({ AWS: '*' });
    await createRole(missing);
    expect(await deploy()).toBeDefined();
    expect(denials).toEqual([expect.stringContaining(`${session} ${permission}`)]);
    expect(denials[0]).toContain('because no identity-based policy allows');
  });

  test('is described and listed with its ARN, and not changed', async () => {
    await share();
    const send = host.sagemaker;
    const described = await send.send(new DescribeModelPackageCommand({ ModelPackageName: VERSION }));
    const group = await send.send(new DescribeModelPackageGroupCommand({ ModelPackageGroupName: GROUP }));
    const list = await send.send(new ListModelPackagesCommand({ ModelPackageGroupName: GROUP }));
    expect([
      described.ModelPackageVersion,
      group.ModelPackageGroupName,
      list.ModelPackageSummaryList?.map(({ ModelPackageArn }) => ModelPackageArn),
    ]).toEqual([1, 'churn', [VERSION]]);
    const update = new UpdateModelPackageCommand({ ModelPackageArn: VERSION, ModelApprovalStatus: 'Rejected' });
    await expect(send.send(update)).rejects.toThrow(
      `The local service does not support changes of resources of other accounts: ${VERSION}.`,
    );
    await expect(send.send(new DeleteModelPackageCommand({ ModelPackageName: VERSION }))).rejects.toThrow(
      `${user} sagemaker:DeleteModelPackage on resource: ${VERSION} because no resource-based policy allows`,
    );
  });

  test('is an error that names the commands if the local service of the account is not known', async () => {
    await createRole();
    await expect(createModel(VERSION.replace(OWNER, '333333333333'))).rejects.toThrow(
      'The local service of the account 333333333333 is not known. Start it with `byoa local up --account 333333333333',
    );
  });

  test('in a stack requires the permission of its group too', async () => {
    await share();
    const stacks = new StackFixture(host);
    await createRole();
    const Model = {
      Type: 'AWS::SageMaker::Model',
      Properties: { ExecutionRoleArn: RoleArn, PrimaryContainer: { ModelPackageName: VERSION } },
    };
    expect(await stacks.create({ Model }, 'first')).toBe('CREATE_COMPLETE');
    await new StackFixture(owner).update(resources('group'));
    expect(await stacks.failureOf(Model)).toContain(`sagemaker:CreateModel on resource: ${VERSION}`);
  });
});

describe('A bucket of another account', () => {
  const get = (service: ServiceFixture): Promise<object> =>
    service.s3.send(new GetObjectCommand({ Bucket: 'models', Key: MODEL }));

  test('is read by requests that its policy allows, and by no others', async () => {
    await share();
    expect(await get(host)).toMatchObject({ ContentType: 'application/octet-stream' });
    await expect(host.s3.send(new ListObjectsV2Command({ Bucket: 'models' }))).rejects.toThrow(
      `${user} s3:ListBucket on resource: "arn:aws:s3:::models" because no resource-based policy allows`,
    );
    await owner.s3.send(new PutObjectCommand({ Bucket: 'models', Key: 'other', Body: '1' }));
    await expect(host.s3.send(new GetObjectCommand({ Bucket: 'models', Key: 'other' }))).rejects.toThrow(
      's3:GetObject',
    );
  });

  test('is not written, and not among the buckets of the account', async () => {
    const Principal = { AWS: '*' };
    const PolicyDocument = policy({ Principal, Action: 's3:*', Resource: 'arn:aws:s3:::models/*' });
    await new StackFixture(owner).create({
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'models' } },
      Policy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Bucket' }, PolicyDocument } },
    });
    await expect(host.s3.send(new PutObjectCommand({ Bucket: 'models', Key: 'a', Body: '1' }))).rejects.toThrow(
      `The bucket models belongs to the account ${OWNER}, whose local service writes it.`,
    );
    const { Buckets = [] } = await host.s3.send(new ListBucketsCommand({}));
    expect(Buckets.map(({ Name }) => Name)).not.toContain('models');
  });

  test('has a name that is not available for a bucket of this account', async () => {
    await owner.s3.send(new CreateBucketCommand({ Bucket: 'taken' }));
    await expect(host.s3.send(new CreateBucketCommand({ Bucket: 'taken' }))).rejects.toThrow('s3:CreateBucket');
    const failure = await new StackFixture(host).failureOf({
      ...{ Type: 'AWS::S3::Bucket', Properties: { BucketName: 'taken' } },
    });
    expect(failure).toContain('taken already exists');
  });

  test('does not exist for a service without the other one as a peer', async () => {
    await share();
    await host.restart({ account: HOST, enforceIam: true });
    await expect(get(host)).rejects.toThrow('The specified bucket does not exist: models');
  });
});

describe('A repository', () => {
  const push = async (): Promise<string> => {
    const content = '{"architecture":"amd64"}';
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    const manifest = JSON.stringify({ config: { digest } });
    const send = (name: string, body: string): Promise<unknown> =>
      fetch(`${owner.url}/v2/churn/${name}`, { method: 'PUT', body });
    await send(`blobs/uploads/1?digest=${digest}`, content);
    await send('manifests/1', manifest);
    return digest;
  };

  test('of another account is read with the ID of its registry, by those that its policy allows', async () => {
    await share();
    const layerDigest = await push();
    const ecr = host.client(ECRClient);
    const repository = { registryId: OWNER, repositoryName: 'churn' };
    const { images = [] } = await ecr.send(new BatchGetImageCommand({ ...repository, imageIds: [{ imageTag: '1' }] }));
    expect(images.map(({ imageManifest }) => imageManifest)).toEqual([`{"config":{"digest":"${layerDigest}"}}`]);
    const layer = new GetDownloadUrlForLayerCommand({ ...repository, layerDigest });
    const { downloadUrl = '' } = await ecr.send(layer);
    expect(await (await fetch(downloadUrl)).text()).toBe('{"architecture":"amd64"}');
    await new StackFixture(owner).update(resources('repository'));
    await expect(ecr.send(layer)).rejects.toThrow(
      `${user} ecr:GetDownloadUrlForLayer on resource: ${REPOSITORY} because no resource-based policy allows`,
    );
  });

  test('of another account is not changed, and not mistaken for one of this account', async () => {
    await share();
    const ecr = host.client(ECRClient);
    const own = new BatchGetImageCommand({ repositoryName: 'churn', imageIds: [{ imageTag: '1' }] });
    await expect(ecr.send(own)).rejects.toThrow('The repository churn does not exist.');
    await host.restart({ account: HOST, peers: [owner.directory] });
    const remove = new DeleteRepositoryCommand({ registryId: OWNER, repositoryName: 'churn' });
    await expect(host.client(ECRClient).send(remove)).rejects.toThrow(
      'The local service does not support changes of repositories of other accounts.',
    );
  });

  test('is deleted with its stack if it is empty', async () => {
    const stacks = new StackFixture(owner);
    const Repository = { Type: 'AWS::ECR::Repository', Properties: { RepositoryName: 'churn' } };
    const Other = { Type: 'AWS::ECR::Repository', Properties: {} };
    await stacks.create({ Repository, Other });
    await stacks.update({ Other });
    const { repositories = [] } = await owner.client(ECRClient).send(new DescribeRepositoriesCommand({}));
    const names = repositories.map(({ repositoryName = '' }) => repositoryName.replace(/-[a-z0-9]{12}$/, ''));
    expect(names.sort()).toEqual([`cdk-hnb659fds-container-assets-${OWNER}-us-east-1`, 'stack-other']);
  });
});
