import { type Stack, aws_iam as iam, aws_s3 as s3 } from 'aws-cdk-lib';
import {
  AlgorithmImages,
  ContainerImage,
  InstanceType,
  ModelApprovalStatus,
  ModelCard,
  ModelData,
  ModelPackage,
  ModelPackageGroup,
  type ModelPackageProps,
  TransformInput,
  TransformOutput,
  TransformResources,
} from '../../../lib';
import { modelArchive, newVersion, uncompressedData } from '../../hosting-fixtures';
import { errorOf, image, newAlgorithm, newStack, onlyResource } from '../../stacks';

const INFERENCE = { contentTypes: ['text/csv'], responseMimeTypes: ['text/csv'] };

function newPackage(stack: Stack, props: Partial<ModelPackageProps> = {}): ModelPackage {
  const modelData = ModelData.fromObject(s3.Bucket.fromBucketName(stack, 'Data', 'models'), 'churn/model.tar.gz');
  return new ModelPackage(stack, 'Package', { modelData, ...props });
}

describe('A model package is rejected with', () => {
  test.each<[string, (stack: Stack) => Partial<ModelPackageProps>, string]>([
    [
      'no algorithm and no image',
      () => ({}),
      'either `algorithm`, or `image` and `inference`, or `containers` and `inference` must be specified',
    ],
    [
      'an image and no inference specification',
      () => ({ image: image() }),
      'either `algorithm`, or `image` and `inference`',
    ],
    [
      'containers, and a description of containers in `inference`',
      () => ({
        containers: [{ image: image() }],
        modelData: undefined,
        inference: { ...INFERENCE, framework: 'XGBOOST', followingContainers: [{ image: image() }] },
      }),
      '  - `inference.framework` must not be specified with `containers`: specify it for each container\n' +
        '  - `inference.followingContainers` must not be specified with `containers`',
    ],
    [
      'a following container with an image in a private registry',
      () => ({
        image: image(),
        inference: {
          ...INFERENCE,
          followingContainers: [{ image: ContainerImage.fromPrivateRegistry('registry.example.com/a:1') }],
        },
      }),
      'the images of a model package must be in Amazon ECR',
    ],
    [
      'both an algorithm and an image',
      (stack) => ({ algorithm: newAlgorithm(stack), image: image() }),
      '`image`, `inference` and `containers` must not be specified with `algorithm`',
    ],
    [
      'an algorithm without an inference specification',
      (stack) => ({
        algorithm: newAlgorithm(stack, { images: AlgorithmImages.trainingOnly(image()), inference: undefined }),
      }),
      '`algorithm` Stack/Algorithm must have an inference specification',
    ],
    [
      'a group and properties of unversioned packages',
      (stack) => ({
        group: new ModelPackageGroup(stack, 'Group'),
        algorithm: newAlgorithm(stack),
        modelPackageName: 'a',
        certifyForMarketplace: false,
        revision: '1',
      }),
      'has 3 validation errors:\n  - `modelPackageName` is not supported for a version of a `group`',
    ],
    [
      'an approval status and no group',
      (stack) => ({ algorithm: newAlgorithm(stack), approvalStatus: ModelApprovalStatus.APPROVED }),
      '`approvalStatus` requires a `group`',
    ],
    [
      'no instance types and no group',
      () => ({ image: image(), inference: INFERENCE }),
      '`inference.realtimeInstanceTypes` must have at least 1 entry for an unversioned package',
    ],
    [
      'an invalid name prefix',
      (stack) => ({ algorithm: newAlgorithm(stack), modelPackageName: '-a' }),
      '`modelPackageName` must start and end with a letter or digit',
    ],
    [
      'a description that is too long',
      (stack) => ({ algorithm: newAlgorithm(stack), description: 'x'.repeat(1025) }),
      '`description` must have at most 1024 characters',
    ],
  ])('%s', (_, props, error) => {
    const stack = newStack();
    expect(errorOf(() => newPackage(stack, props(stack)))).toContain(error);
  });
});

test('A model package with an image renders the options of its container, and the containers that follow it', () => {
  const stack = newStack();
  newPackage(stack, {
    image: image('first'),
    inference: {
      ...INFERENCE,
      realtimeInstanceTypes: [InstanceType.ML_M5_LARGE],
      transformInstanceTypes: [InstanceType.ML_M5_LARGE],
      framework: 'XGBOOST',
      followingContainers: [{ image: image('second') }],
    },
  });
  const { InferenceSpecification } = onlyResource(stack, 'AWS::SageMaker::ModelPackage') as {
    InferenceSpecification: { Containers: object[] };
  };
  expect(InferenceSpecification.Containers).toMatchObject([
    { Image: 'example.com/algorithm:first', Framework: 'XGBOOST' },
    { Image: 'example.com/algorithm:second' },
  ]);
  expect(InferenceSpecification.Containers[1]).not.toHaveProperty('ModelDataUrl');
});

describe('A version is rejected with', () => {
  test.each<[string, (stack: Stack) => Partial<ModelPackageProps>, string]>([
    ['an algorithm and no model data', () => ({ modelData: undefined }), '`modelData` is required with `algorithm`'],
    [
      'containers, and model data outside of them',
      (stack) => ({
        algorithm: undefined,
        containers: [{ image: image() }],
        inference: { ...INFERENCE, environment: { A: '1' } },
        modelData: modelArchive(stack),
      }),
      'has 2 validation errors:\n  - `modelData` must not be specified with `containers`: specify it for each container',
    ],
    [
      'a validation profile',
      (stack) => ({
        validationProfile: {
          profileName: 'a b',
          transform: {
            input: TransformInput.fromBucket(s3.Bucket.fromBucketName(stack, 'In', 'inputs'), ''),
            output: TransformOutput.toBucket(s3.Bucket.fromBucketName(stack, 'Out', 'outputs'), ''),
            resources: TransformResources.of(InstanceType.ML_M5_XLARGE),
          },
        },
        modelData: modelArchive(stack),
      }),
      'has 2 validation errors:\n  - `validationProfile`: `profileName` must start and end with a letter or digit',
    ],
    [
      'an image in a private registry',
      () => ({
        algorithm: undefined,
        image: ContainerImage.fromPrivateRegistry('registry.example.com/a:1'),
        inference: INFERENCE,
      }),
      'the images of a model package must be in Amazon ECR',
    ],
    [
      'an image in a private registry in an additional inference specification',
      () => ({
        additionalInferenceSpecifications: [
          {
            name: 'a',
            containers: [{ image: ContainerImage.fromPrivateRegistry('registry.example.com/a:1') }],
          },
        ],
      }),
      'the images of a model package must be in Amazon ECR',
    ],
    [
      'two additional inference specifications of the same name',
      () => ({
        additionalInferenceSpecifications: ['a', 'a'].map((name) => ({ name, containers: [{ image: image() }] })),
      }),
      '`additionalInferenceSpecifications` must be unique, got more than one "a"',
    ],
    [
      'uncompressed model data, an algorithm and no group',
      (stack) => ({ group: undefined, modelData: uncompressedData(stack) }),
      '`modelData` must be a model.tar.gz archive for a model package that refers to an algorithm',
    ],
    [
      'metadata that is too long',
      () => ({ customerMetadata: { a: 'x'.repeat(257) }, metadata: { commitId: 'x'.repeat(1025) } }),
      'has 2 validation errors:\n  - `customerMetadata["a"]` must have 1 to 256 characters, got 257',
    ],
    [
      'a commit that is specified twice, and one that is too long',
      () => ({ commitId: 'x'.repeat(257), customerMetadata: { commitId: 'a' }, metadata: { commitId: 'b' } }),
      'has 3 validation errors:\n' +
        '  - `commitId` must have 1 to 256 characters, got 257: "' +
        `${'x'.repeat(77)}..."\n` +
        '  - `customerMetadata.commitId` must not be specified with `commitId`: remove one of them\n' +
        '  - `metadata.commitId` must not be specified with `commitId`: remove one of them',
    ],
    [
      'metadata for which the commit leaves no room',
      () => ({
        commitId: '0a1b2c3',
        customerMetadata: Object.fromEntries(Array.from({ length: 50 }, (_, key) => [`k${key}`, 'v'])),
      }),
      '`customerMetadata with commitId` must have 1 to 50 entries, got 51',
    ],
    [
      'a validation role and no validation profile',
      (stack) => ({ validationRole: iam.Role.fromRoleName(stack, 'Role', 'role') }),
      '`validationRole` requires `validationProfile`',
    ],
    [
      'a model card and no group',
      () => ({ group: undefined, modelCard: ModelCard.fromJson('{}') }),
      '`modelCard` requires a `group`',
    ],
  ])('%s', (_, props, error) => {
    const stack = newStack();
    expect(errorOf(() => newVersion(stack, props(stack)))).toContain(error);
  });
});
