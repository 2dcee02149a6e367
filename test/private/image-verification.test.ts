import { CfnParameter, type Stack, aws_ecr as ecr, aws_ecr_assets as ecr_assets } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  AlgorithmImages,
  AlgorithmProvisioning,
  ByoAlgorithm,
  Channel,
  ContainerImage,
  FindingSeverity,
  InstanceType,
  Model,
  ProductionVariant,
  TrainingInput,
  TrainingJob,
  TrainingResources,
} from '../../lib';
import { MODEL, bucket } from '../features';
import {
  ACCOUNT,
  IMAGE_DIRECTORY,
  REGION,
  errorOf,
  newAlgorithm,
  newStack,
  onlyResource,
  placedStack,
  startJson,
  statementsOf,
  PlainImage,
} from '../stacks';

const TYPE = 'Custom::SageMakerImage';
const PARTITION = { Ref: 'AWS::Partition' };
const repository = (stack: Stack): ecr.IRepository => ecr.Repository.fromRepositoryName(stack, 'Repository', 'churn');

describe('A verified image', () => {
  test('is referenced by the digest that the verification returns', () => {
    const stack = placedStack();
    new Model(stack, 'Model', {
      image: ContainerImage.fromEcrRepository(repository(stack), { tag: '1', verify: true }),
    });
    expect(onlyResource(stack, MODEL).PrimaryContainer).toEqual({
      Image: { 'Fn::GetAtt': [expect.stringMatching(/^SageMakerImagesImage/), 'ImageUri'] },
    });
    expect(onlyResource(stack, TYPE)).toEqual({
      ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^SageMakerImagesFunction/), 'Arn'] },
      ServiceTimeout: '960',
      RepositoryUri: {
        'Fn::Join': ['', [`${ACCOUNT}.dkr.ecr.${REGION}.`, { Ref: 'AWS::URLSuffix' }, '/churn']],
      },
      RepositoryName: 'churn',
      RegistryId: ACCOUNT,
      ImageTag: '1',
    });
  });

  test('is the only image that the verification can read', () => {
    const stack = placedStack();
    ContainerImage.fromEcrRepository(repository(stack), { tag: '1', verify: true }).bind(stack);
    expect(statementsOf(stack, 'SageMakerImagesRole').slice(1)).toEqual([
      {
        Effect: 'Allow',
        Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Resource: { 'Fn::Join': ['', ['arn:', PARTITION, `:ecr:${REGION}:${ACCOUNT}:repository/churn`]] },
      },
    ]);
    const [resource] = Object.values(Template.fromStack(stack).findResources(TYPE));
    expect(resource.DependsOn).toEqual(
      expect.arrayContaining([expect.stringMatching(/^SageMakerImagesImage[0-9a-f]{16}Policy/)]),
    );
  });

  test('is verified with the specified options', () => {
    const stack = placedStack();
    ContainerImage.fromEcrRepository(repository(stack), {
      tag: '1',
      failOnFindings: FindingSeverity.HIGH,
      serverlessCompatible: true,
      revision: '2',
    }).bind(stack);
    expect(onlyResource(stack, TYPE)).toMatchObject({ Severity: 'HIGH', MaxBytes: '10737418240', Revision: '2' });
    expect(JSON.stringify(statementsOf(stack, 'SageMakerImagesRole'))).toContain('ecr:DescribeImageScanFindings');
  });

  test('must have the architecture for which the asset is built', () => {
    const stack = newStack();
    ContainerImage.fromAsset(IMAGE_DIRECTORY, { verify: true }).bind(stack);
    expect(onlyResource(stack, TYPE)).toMatchObject({
      Architecture: 'x86_64',
      ImageTag: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    });
  });

  test('is the same asset with and without verification', () => {
    const tagOf = (verify: boolean): unknown => {
      const stack = newStack();
      const image = ContainerImage.fromAsset(IMAGE_DIRECTORY, { verify });
      return image.bind(stack).ecrImage?.imageTag;
    };
    expect(tagOf(true)).toBe(tagOf(false));
  });

  test('is verified once per stack when several constructs use it', () => {
    const stack = newStack();
    const image = ContainerImage.fromAsset(IMAGE_DIRECTORY, { verify: true });
    for (const id of ['A', 'B']) new Model(stack, id, { image });
    newAlgorithm(stack, { images: AlgorithmImages.combined(image) });
    Template.fromStack(stack).resourceCountIs(TYPE, 1);
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
  });

  test('is read from the account in its URI', () => {
    const stack = placedStack();
    ContainerImage.fromRegistry('444455556666.dkr.ecr.eu-west-1.amazonaws.com/team/churn:1', { verify: true }).bind(
      stack,
    );
    expect(onlyResource(stack, TYPE)).toMatchObject({
      RepositoryUri: '444455556666.dkr.ecr.eu-west-1.amazonaws.com/team/churn',
      RepositoryName: 'team/churn',
      RegistryId: '444455556666',
      ImageTag: '1',
    });
  });

  test('changes the name of an algorithm when the image changes, but not when only the rules of the verification change', () => {
    const name = (tag: string, options: object = {}): unknown => {
      const stack = placedStack();
      const image = ContainerImage.fromEcrRepository(repository(stack), { tag, verify: true, ...options });
      const provisioning = AlgorithmProvisioning.CLOUDFORMATION;
      newAlgorithm(stack, { images: AlgorithmImages.combined(image), provisioning });
      return onlyResource(stack, 'AWS::SageMaker::Algorithm').AlgorithmName;
    };
    expect(name('1')).toBe(name('1', { failOnFindings: FindingSeverity.HIGH }));
    expect(new Set([name('1'), name('2'), name('1', { revision: 'b' })]).size).toBe(3);
  });

  test('is referenced by its digest in a training job', () => {
    const stack = placedStack();
    new TrainingJob(stack, 'Train', {
      image: ContainerImage.fromEcrRepository(repository(stack), { tag: '1', verify: true }),
      resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
    });
    const { AlgorithmSpecification } = startJson(stack, 'Custom::SageMakerTrainingJob', 'Request');
    expect(JSON.stringify(AlgorithmSpecification)).toContain("'ImageUri'");
  });

  test('adds a warning when it is referenced by a tag without a revision', () => {
    const withTag = placedStack();
    ContainerImage.fromEcrRepository(repository(withTag), { tag: '1', verify: true }).bind(withTag);
    Annotations.fromStack(withTag).hasWarning('*', Match.stringLikeRegexp('Tag 1 of repository .* is verified once'));
    const withRevision = placedStack();
    ContainerImage.fromEcrRepository(repository(withRevision), { tag: '1', verify: true, revision: '1' }).bind(
      withRevision,
    );
    Annotations.fromStack(withRevision).hasNoWarning('*', Match.stringLikeRegexp('is verified once'));
  });
});

test('A stack without verified images has no function for the verification', () => {
  const stack = newStack();
  ContainerImage.fromAsset(IMAGE_DIRECTORY).bind(stack);
  Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 0);
});

test.each<[string, (stack: Stack) => ContainerImage]>([
  ['a private registry', () => ContainerImage.fromPrivateRegistry('example.com/churn:1', { verify: true })],
  [
    'a registry that is only known at deployment',
    (stack) => ContainerImage.fromRegistry(new CfnParameter(stack, 'Uri').valueAsString, { verify: true }),
  ],
])('The verification of an image in %s is rejected', (_, image) => {
  const stack = newStack();
  expect(() => image(stack).bind(stack)).toThrow('only images in Amazon ECR can be verified');
});

describe('A ByoAlgorithm', () => {
  const newByoAlgorithm = (stack: Stack, images: AlgorithmImages): ByoAlgorithm =>
    new ByoAlgorithm(stack, 'Churn', {
      images,
      channels: [Channel.file('train')],
      inputs: { train: TrainingInput.fromBucket(bucket(stack), 'train/') },
      endpoint: { instanceType: InstanceType.ML_M5_LARGE },
    });

  test('verifies its images', () => {
    const stack = newStack();
    const image = (target: string): ContainerImage => ContainerImage.fromAsset(IMAGE_DIRECTORY, { target });
    newByoAlgorithm(stack, AlgorithmImages.split({ training: image('training'), inference: image('inference') }));
    Template.fromStack(stack).resourceCountIs(TYPE, 2);
  });

  test('verifies a combined image once', () => {
    const stack = newStack();
    newByoAlgorithm(stack, AlgorithmImages.combined(ContainerImage.fromAsset(IMAGE_DIRECTORY)));
    Template.fromStack(stack).resourceCountIs(TYPE, 1);
  });

  test('does not verify images outside Amazon ECR', () => {
    const stack = newStack();
    newByoAlgorithm(stack, AlgorithmImages.combined(new PlainImage('example.com/churn:1')));
    Template.fromStack(stack).resourceCountIs(TYPE, 0);
  });

  test('does not verify an image whose verification is disabled', () => {
    const stack = newStack();
    newByoAlgorithm(stack, AlgorithmImages.combined(ContainerImage.fromAsset(IMAGE_DIRECTORY, { verify: false })));
    Template.fromStack(stack).resourceCountIs(TYPE, 0);
  });

  test('verifies again when the revision of its image changes', () => {
    const stack = placedStack();
    const image = ContainerImage.fromEcrRepository(repository(stack), { tag: '1', revision: '2' });
    newByoAlgorithm(stack, AlgorithmImages.combined(image));
    expect(onlyResource(stack, TYPE)).toMatchObject({ Revision: '2' });
  });
});

test('The verification of an image in a private registry is rejected', () => {
  expect(() => ContainerImage.fromPrivateRegistry('example.com/churn:1', { verify: true }).bind(newStack())).toThrow(
    'only images in Amazon ECR can be verified',
  );
});

test('Images with the same tag in different repositories of a stack are verified separately', () => {
  const stack = newStack();
  for (const id of ['One', 'Two']) {
    const repository = new ecr.Repository(stack, id);
    ContainerImage.fromEcrRepository(repository, { tag: '1', verify: true }).bind(stack);
  }
  Template.fromStack(stack).resourceCountIs(TYPE, 2);
  Template.fromStack(stack).resourcePropertiesCountIs(
    'AWS::IAM::Policy',
    { PolicyDocument: { Statement: [Match.objectLike({ Action: Match.arrayWith(['ecr:BatchGetImage']) })] } },
    2,
  );
});

describe('The platform of a verified image in a repository', () => {
  const verifiedImage = (stack: Stack): ContainerImage =>
    ContainerImage.fromEcrRepository(repository(stack), { tag: '1', verify: true });
  const train = (stack: Stack, image: ContainerImage, type: InstanceType, id = 'Train'): TrainingJob =>
    new TrainingJob(stack, id, { image, resources: TrainingResources.of(type) });
  const host = (stack: Stack, image: ContainerImage, type: InstanceType): ProductionVariant =>
    ProductionVariant.instances('main', { model: new Model(stack, 'Model', { image }), instanceType: type });

  test.each<[string, (stack: Stack, image: ContainerImage, type: InstanceType) => unknown]>([
    ['a training job', train],
    ['a variant', host],
  ])('is that of the instance type of %s', (_, use) => {
    for (const [type, Architecture] of [
      [InstanceType.ML_M5_LARGE, 'x86_64'],
      [InstanceType.ML_C7G_LARGE, 'arm64'],
    ] as const) {
      const stack = placedStack();
      use(stack, verifiedImage(stack), type);
      expect(onlyResource(stack, TYPE)).toMatchObject({ Architecture });
    }
  });

  test('is not restricted when no instance type is known', () => {
    const stack = placedStack();
    new Model(stack, 'Model', { image: verifiedImage(stack) });
    expect(onlyResource(stack, TYPE)).not.toHaveProperty('Architecture');
  });

  test('is the platform in the options, which must match the instance types', () => {
    const stack = placedStack();
    const image = ContainerImage.fromEcrRepository(repository(stack), {
      tag: '1',
      verify: true,
      platform: ecr_assets.Platform.LINUX_ARM64,
    });
    train(stack, image, InstanceType.ML_C7G_LARGE);
    expect(onlyResource(stack, TYPE)).toMatchObject({ Architecture: 'arm64' });
    expect(errorOf(() => train(stack, image, InstanceType.ML_M5_LARGE, 'Other'))).toContain(
      'ml.m5.large has the architecture x86_64, and the image is built for arm64',
    );
  });

  test('must be the same for all instance types', () => {
    const stack = placedStack();
    // Two objects for the same image, which is verified once.
    const arn = repository(stack);
    const image = (): ContainerImage => ContainerImage.fromEcrRepository(arn, { tag: '1', verify: true });
    train(stack, image(), InstanceType.ML_M5_LARGE);
    train(stack, image(), InstanceType.ML_C7G_LARGE, 'Other');
    expect(() => Template.fromStack(stack)).toThrow(
      'image churn:1 runs on instance types with the architectures arm64 and x86_64, and SageMaker does not support images for ' +
        'several platforms: use one image for each architecture',
    );
  });
});
