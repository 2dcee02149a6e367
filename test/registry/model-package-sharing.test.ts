import {
  App,
  Duration,
  Fn,
  Stack,
  type StackProps,
  aws_ecr as ecr,
  aws_iam as iam,
  aws_kms as kms,
  aws_s3 as s3,
} from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import {
  AlgorithmImages,
  BuiltInAlgorithm,
  ContainerImage,
  ImagePurpose,
  InstanceType,
  Model,
  ModelApprovalStatus,
  ModelData,
  ModelPackage,
  ModelPackageGroup,
  type ModelPackageSharingOptions,
  Processor,
  S3Location,
  TrainingInput,
  TrainingOutput,
  TrainingResources,
  TrainingWorkflow,
  TransformInput,
  TransformJob,
  TransformOutput,
  TransformResources,
} from '../../lib';
import { GROUP } from '../features';
import { additionalStatements, arn } from '../hosting-fixtures';
import { ACCOUNT, IMAGE_DIRECTORY, REGION, errorOf, image, newAlgorithm, onlyResource, placedStack } from '../stacks';

const OTHER = '444455556666';
const HOST = { AWS: arn(`:iam::${OTHER}:root`) };
const INFERENCE = {
  contentTypes: ['text/csv'],
  responseMimeTypes: ['text/csv'],
  realtimeInstanceTypes: [InstanceType.ML_M5_LARGE],
};
const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'];

const account = (): iam.IPrincipal => new iam.AccountPrincipal(OTHER);
const newGroup = (stack: Stack): ModelPackageGroup =>
  new ModelPackageGroup(stack, 'Group', { modelPackageGroupName: 'churn' });

/** A repository, and a bucket with a KMS key, of the app. */
function ownSources(stack: Stack): { image: ContainerImage; bucket: s3.Bucket; key: kms.Key } {
  const repository = new ecr.Repository(stack, 'Repository');
  const key = new kms.Key(stack, 'Key');
  return {
    image: ContainerImage.fromEcrRepository(repository, { tag: '1', verify: false }),
    bucket: new s3.Bucket(stack, 'Models', { encryptionKey: key }),
    key,
  };
}

function register(
  stack: Stack,
  group: ModelPackageGroup,
  from: { readonly image: ContainerImage; readonly bucket: s3.IBucket } = ownSources(stack),
): ModelPackage {
  const modelData = ModelData.fromObject(from.bucket, 'churn/model.tar.gz');
  return new ModelPackage(stack, 'Version', { group, image: from.image, modelData, inference: INFERENCE });
}

interface Statement {
  readonly Principal?: { readonly AWS?: unknown };
  readonly Condition?: object;
}

/** The statements of resource policies that are not for the account of the stack, by the type of the resource. */
function sharedStatements(stack: Stack): Record<string, Statement[]> {
  const own = JSON.stringify(arn(`:iam::${ACCOUNT}:root`));
  const ofOthers = (policy: unknown): Statement[] =>
    ((policy as { Statement?: Statement[] } | undefined)?.Statement ?? []).filter(
      ({ Principal, Condition }) =>
        JSON.stringify(Principal?.AWS) !== own && !JSON.stringify(Condition ?? '').includes('SecureTransport'),
    );
  return {
    group: ofOthers(onlyResource(stack, GROUP).ModelPackageGroupPolicy),
    repository: ofOthers(onlyResource(stack, 'AWS::ECR::Repository').RepositoryPolicyText),
    bucket: ofOthers(onlyResource(stack, 'AWS::S3::BucketPolicy').PolicyDocument),
    key: ofOthers(onlyResource(stack, 'AWS::KMS::Key').KeyPolicy),
  };
}

const synth = (stack: Stack): object => (stack.node.root as App).synth();

/** The errors at synthesis about what the app cannot grant. */
function errorsOf(stack: Stack): string {
  const text = errorOf(() => synth(stack));
  expect(text).toContain(`Model package group Stack/Group is shared with AccountPrincipal(${OTHER})`);
  return text;
}

describe('A model package group that is shared with an account', () => {
  const everything = {
    group: [
      {
        Effect: 'Allow',
        Principal: HOST,
        Action: 'sagemaker:DescribeModelPackageGroup',
        Resource: arn(`:sagemaker:${REGION}:${ACCOUNT}:model-package-group/churn`),
      },
      {
        Effect: 'Allow',
        Principal: HOST,
        Action: ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages', 'sagemaker:CreateModel'],
        Resource: arn(`:sagemaker:${REGION}:${ACCOUNT}:model-package/churn/*`),
      },
    ],
    repository: [{ Effect: 'Allow', Principal: HOST, Action: PULL }],
    bucket: [
      {
        Effect: 'Allow',
        Principal: HOST,
        Action: 's3:ListBucket',
        Resource: { 'Fn::GetAtt': ['ModelsC55D3500', 'Arn'] },
        Condition: { StringLike: { 's3:prefix': 'churn/model.tar.gz' } },
      },
      {
        Effect: 'Allow',
        Principal: HOST,
        Action: 's3:GetObject',
        Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['ModelsC55D3500', 'Arn'] }, '/churn/model.tar.gz']] },
      },
    ],
    key: [{ Effect: 'Allow', Principal: HOST, Action: 'kms:Decrypt', Resource: '*' }],
  };

  test('gives it everything that hosting a version of the app requires, and nothing else', () => {
    const stack = placedStack();
    const group = newGroup(stack);
    register(stack, group);
    group.shareWith(account());
    expect(sharedStatements(stack)).toEqual(everything);
  });

  test('gives it the same for a version that is registered afterwards', () => {
    const stack = placedStack();
    const group = newGroup(stack);
    group.shareWith(account());
    register(stack, group);
    expect(sharedStatements(stack)).toEqual(everything);
  });

  test('gives it the key that encrypts the description of a version', () => {
    const stack = placedStack();
    const group = newGroup(stack);
    const sources = ownSources(stack);
    const encryptionKey = sources.key;
    const bucket = s3.Bucket.fromBucketName(stack, 'Public', 'public');
    new ModelPackage(stack, 'Version', {
      ...{ group, image: sources.image, inference: INFERENCE, encryptionKey },
      modelData: ModelData.fromObject(bucket, 'model.tar.gz'),
    });
    group.shareWith(account(), { managedElsewhere: true });
    const { KeyPolicy } = onlyResource(stack, 'AWS::KMS::Key') as { KeyPolicy: { Statement: object[] } };
    expect(KeyPolicy.Statement).toContainEqual({
      Effect: 'Allow',
      Principal: HOST,
      Action: 'kms:Decrypt',
      Resource: '*',
    });
  });

  test('gives it the sources of versions that the app does not register, if they are specified', () => {
    const stack = placedStack();
    const { image: one, bucket, key } = ownSources(stack);
    const modelData = [S3Location.fromBucket(bucket, 'churn')];
    newGroup(stack).shareWith(account(), { images: [one], modelData, encryptionKeys: [key] });
    const { bucket: ofBucket, ...others } = sharedStatements(stack);
    expect(others).toMatchObject({ group: everything.group, repository: everything.repository });
    expect(JSON.stringify(ofBucket)).toContain('"/churn/*"');
  });

  test('gives it the images and the artifacts of the versions that a workflow registers', () => {
    const stack = placedStack();
    const { image: one, bucket, key } = ownSources(stack);
    const group = newGroup(stack);
    const algorithm = newAlgorithm(stack, { images: AlgorithmImages.combined(one) });
    new TrainingWorkflow(stack, 'Workflow', {
      training: {
        algorithm,
        inputs: { train: TrainingInput.fromBucket(s3.Bucket.fromBucketName(stack, 'Data', 'data'), 'train/') },
        resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
        output: TrainingOutput.toBucket(bucket, 'churn', { encryptionKey: key }),
        maxRuntime: Duration.hours(1),
      },
      registration: { group },
    });
    group.shareWith(account());
    const { repository, bucket: ofBucket, key: ofKey } = sharedStatements(stack);
    expect(repository).toEqual(everything.repository);
    expect(JSON.stringify(ofBucket)).toContain('"/churn/*"');
    expect(ofKey).toEqual(everything.key);
  });

  test.each<[string, () => ContainerImage]>([
    [
      'name',
      () =>
        ContainerImage.fromBuiltInAlgorithm(BuiltInAlgorithm.XGBOOST, {
          purpose: ImagePurpose.INFERENCE,
          version: '1.7-1',
        }),
    ],
    [
      'URI',
      () =>
        ContainerImage.fromRegistry(
          '763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-inference:2.6.0-cpu-py312-ubuntu22.04-sagemaker',
          { verify: false },
        ),
    ],
  ])('does not need permission for images that AWS provides by their %s', (_, provided) => {
    const stack = placedStack();
    const { bucket } = ownSources(stack);
    const group = newGroup(stack);
    register(stack, group, { bucket, image: provided() });
    group.shareWith(account());
    expect(() => synth(stack)).not.toThrow();
  });
});

test('A model package group that is shared with an organization gives all of its accounts access under a condition', () => {
  const stack = placedStack();
  const group = newGroup(stack);
  register(stack, group);
  group.shareWith(new iam.OrganizationPrincipal('o-a1b2c3d4e5'));
  for (const statements of Object.values(sharedStatements(stack))) {
    expect(statements.length).toBeGreaterThan(0);
    for (const statement of statements) {
      expect(statement).toMatchObject({
        Principal: { AWS: '*' },
        Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
      });
    }
  }
});

describe('A permission that the app cannot grant to another account is an error at synthesis', () => {
  const share = (
    stack: Stack,
    sources: { readonly image?: ContainerImage; readonly bucket?: s3.IBucket },
    options: ModelPackageSharingOptions = {},
  ): void => {
    const group = newGroup(stack);
    register(stack, group, { ...ownSources(stack), ...sources });
    group.shareWith(account(), options);
  };

  test('for the policy of the bootstrap repository', () => {
    const stack = placedStack();
    share(stack, { image: ContainerImage.fromAsset(IMAGE_DIRECTORY, { verify: false }) });
    expect(errorsOf(stack)).toContain(
      '- permission to pull images of repository cdk-hnb659fds-container-assets-111122223333-eu-west-1. Grant it in the policy of the repository, or use a ' +
        'repository that this app creates with ContainerImage.fromEcrRepository().',
    );
  });

  test('for the policies of an imported bucket and of its imported key, all at once', () => {
    const stack = placedStack();
    const encryptionKey = kms.Key.fromKeyArn(
      stack,
      'Imported',
      'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555',
    );
    const bucketArn = 'arn:aws:s3:::models';
    share(stack, { bucket: s3.Bucket.fromBucketAttributes(stack, 'Data', { bucketArn, encryptionKey }) });
    const text = errorsOf(stack);
    expect(text).toContain(
      '\n- permission to read objects of bucket Stack/Data. Grant it in the policy of the bucket.',
    );
    expect(text).toContain(
      '\n- permission to decrypt with KMS key 11111111-2222-3333-4444-555555555555. Grant it in the policy of the key.',
    );
    expect(text).toContain('\nIf the principal has these permissions, set `managedElsewhere` to true.');
  });

  test('for the artifacts of training jobs without a KMS key of the user', () => {
    const stack = placedStack();
    const { image: one } = ownSources(stack);
    const group = newGroup(stack);
    const bucket = new s3.Bucket(stack, 'Artifacts');
    new TrainingWorkflow(stack, 'Workflow', {
      training: {
        algorithm: newAlgorithm(stack, { images: AlgorithmImages.combined(one) }),
        resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
        inputs: { train: TrainingInput.fromBucket(bucket, 'train/') },
        output: TrainingOutput.toBucket(bucket, 'churn'),
        maxRuntime: Duration.hours(1),
      },
      registration: { group },
    });
    group.shareWith(account());
    expect(errorsOf(stack)).toContain(
      '- permission to decrypt the model artifacts in bucket Stack/Artifacts: they are encrypted with a key that AWS manages. Specify `encryptionKey` of the ' +
        'training output, or of the bucket.',
    );
  });

  test('for an image whose URI is a token', () => {
    const stack = placedStack();
    share(stack, { image: ContainerImage.fromRegistry(Fn.importValue('image'), { verify: false }) });
    expect(errorsOf(stack)).toContain(
      '\n- permission to pull an image whose URI is a token. Grant it in the policy of the repository.',
    );
  });

  test('for a role of the other account, also if the CDK counts its statements as added', () => {
    const stack = placedStack();
    const group = newGroup(stack);
    const uri = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/churn:1`;
    register(stack, group, { ...ownSources(stack), image: ContainerImage.fromRegistry(uri, { verify: false }) });
    group.shareWith(iam.Role.fromRoleArn(stack, 'Host', `arn:aws:iam::${OTHER}:role/host`));
    expect(errorOf(() => synth(stack))).toContain('\n- permission to pull images of repository churn. Grant it in');
  });

  test('unless the permissions are managed elsewhere', () => {
    const stack = placedStack();
    share(stack, { image: ContainerImage.fromAsset(IMAGE_DIRECTORY, { verify: false }) }, { managedElsewhere: true });
    expect(() => synth(stack)).not.toThrow();
  });
});

describe('A model package group cannot be shared', () => {
  const rule =
    "`principal` must be an account, an organization or a role, for example `new AccountPrincipal('111122223333')`, got:";

  test.each<[string, iam.IPrincipal, string]>([
    ['with everyone', new iam.StarPrincipal(), `${rule} StarPrincipal`],
    [
      'with everyone under a condition that limits it to no account',
      new iam.AnyPrincipal().withConditions({ Bool: { 'aws:SecureTransport': 'true' } }),
      rule,
    ],
    [
      'with everyone but one organization',
      new iam.AnyPrincipal().withConditions({ StringNotEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }),
      rule,
    ],
    [
      'with everyone under a condition that also holds without an organization',
      new iam.AnyPrincipal().withConditions({ StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }),
      rule,
    ],
    [
      'with a role of its own account',
      new iam.ArnPrincipal(`arn:aws:iam::${ACCOUNT}:role/host`),
      '`principal` must be of another account: use grantCreateModel()',
    ],
    [
      'with several accounts of which one is its own',
      new iam.CompositePrincipal(new iam.AccountPrincipal(OTHER), new iam.AccountPrincipal(ACCOUNT)),
      '`principal` must be of another account: use grantCreateModel()',
    ],
    [
      'with an account that cannot exist',
      new iam.AccountPrincipal('4444'),
      '`principal` must have an account of 12 digits, got: "4444"',
    ],
    ['with any principal', new iam.AnyPrincipal(), `${rule} AnyPrincipal`],
    [
      'with a service',
      new iam.ServicePrincipal('sagemaker.amazonaws.com'),
      `${rule} ServicePrincipal(sagemaker.amazonaws.com)`,
    ],
    [
      'with its own account',
      new iam.AccountPrincipal(ACCOUNT),
      '`principal` must be of another account: use grantCreateModel()',
    ],
    [
      'with the account of the stack',
      new iam.AccountRootPrincipal(),
      '`principal` must be of another account: use grantCreateModel()',
    ],
  ])('%s', (_, principal, message) => {
    const stack = placedStack();
    expect(errorOf(() => newGroup(stack).shareWith(principal))).toContain(message);
  });
});

test('The role of a model that hosts a version of another account is granted permission for its sources only', () => {
  const stack = placedStack();
  const repository = ecr.Repository.fromRepositoryArn(stack, 'Repo', `arn:aws:ecr:${REGION}:${OTHER}:repository/churn`);
  const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', `arn:aws:kms:${REGION}:${OTHER}:key/1`);
  const modelPackage = ModelPackage.fromModelPackageAttributes(stack, 'Version', {
    modelPackageArn: `arn:aws:sagemaker:${REGION}:${OTHER}:model-package/churn/3`,
    images: [ContainerImage.fromEcrRepository(repository, { tag: '1', processor: Processor.GPU, verify: false })],
    modelData: [S3Location.fromBucket(s3.Bucket.fromBucketName(stack, 'Models', 'models'), 'churn')],
    encryptionKeys: [encryptionKey],
  });
  expect(modelPackage.processor).toBe(Processor.GPU);
  new Model(stack, 'Model', { modelPackage });
  expect(additionalStatements(stack)).toEqual([
    { Effect: 'Allow', Action: PULL, Resource: `arn:aws:ecr:${REGION}:${OTHER}:repository/churn` },
    { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    {
      Effect: 'Allow',
      Action: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'],
      Resource: [arn(':s3:::models'), arn(':s3:::models/churn/*')],
    },
    { Effect: 'Allow', Action: 'kms:Decrypt', Resource: `arn:aws:kms:${REGION}:${OTHER}:key/1` },
  ]);
  Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('has no permission'));
});

describe('A resource of a stack of another account', () => {
  const stacks = (): { ours: Stack; theirs: Stack } => {
    const app = new App();
    const newOne = (id: string, props: StackProps): Stack => new Stack(app, id, props);
    return {
      ours: newOne('Ours', { env: { account: ACCOUNT, region: REGION } }),
      theirs: newOne('Theirs', { env: { account: OTHER, region: REGION } }),
    };
  };
  const at = `is in account ${OTHER}, and this stack in ${ACCOUNT}`;
  const theirVersion = (theirs: Stack): ModelPackage =>
    new ModelPackage(theirs, 'Version', {
      group: new ModelPackageGroup(theirs, 'Group'),
      image: image(),
      inference: INFERENCE,
      approvalStatus: ModelApprovalStatus.APPROVED,
    });

  test.each<[string, (ours: Stack, theirs: Stack) => unknown, string]>([
    [
      'a model package',
      (ours, theirs) => new Model(ours, 'Model', { modelPackage: theirVersion(theirs) }),
      `\`modelPackage\` Theirs/Version ${at}. Share its group with shareWith(), publish its ARN there, ` +
        'for example as an output, and read it here with ModelPackage.fromModelPackageAttributes()',
    ],
    [
      'model data',
      (ours, theirs) =>
        new Model(ours, 'Model', {
          image: image(),
          modelData: ModelData.fromObject(new s3.Bucket(theirs, 'Data'), 'a.tar.gz'),
        }),
      `\`modelData\`: bucket Theirs/Data ${at}. Import it here, for example with Bucket.fromBucketAttributes(), and allow this account in the policy of the bucket`,
    ],
    [
      'an image',
      (ours, theirs) =>
        new Model(ours, 'Model', {
          image: ContainerImage.fromEcrRepository(new ecr.Repository(theirs, 'Repository'), { tag: '1' }),
        }),
      '`image` is an image of repository Theirs/Repository, which is in account 444455556666, and this stack in 111122223333. Import the repository here, for ' +
        'example with Repository.fromRepositoryArn(), and allow this account in the policy of the repository',
    ],
    [
      'a model',
      (ours, theirs) => {
        const bucket = s3.Bucket.fromBucketName(ours, 'Data', 'data');
        return new TransformJob(ours, 'Job', {
          model: new Model(theirs, 'Model', { image: image() }),
          input: TransformInput.fromBucket(bucket, 'in/'),
          output: TransformOutput.toBucket(bucket, 'out'),
          resources: TransformResources.of(InstanceType.ML_M5_LARGE),
        });
      },
      `\`model\` Theirs/Model ${at}: a transform job must be in the account of its model. Publish the model package or the model artifact there, and read it in a ` +
        'model of this stack',
    ],
    [
      'an algorithm',
      (ours, theirs) =>
        new TrainingWorkflow(ours, 'Workflow', {
          training: {
            algorithm: newAlgorithm(theirs),
            resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
            maxRuntime: Duration.hours(1),
          },
        }),
      '`algorithm` Theirs/Algorithm must be in the account of the job: SageMaker has no algorithms that accounts share. Define one here with the same images',
    ],
  ])('%s is an error that contains the remedy', (_, use, message) => {
    const { ours, theirs } = stacks();
    expect(errorOf(() => use(ours, theirs))).toContain(message);
  });

  test('a model package group can be registered in, by its ARN', () => {
    const { ours, theirs } = stacks();
    const group = new ModelPackageGroup(theirs, 'Group', { modelPackageGroupName: 'Churn' });
    new ModelPackage(ours, 'Version', { group, image: image(), inference: INFERENCE });
    expect(onlyResource(ours, 'AWS::SageMaker::ModelPackage').ModelPackageGroupName).toEqual(
      arn(`:sagemaker:${REGION}:${OTHER}:model-package-group/churn`),
    );
  });
});
