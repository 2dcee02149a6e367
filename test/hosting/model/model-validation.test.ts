import { type Stack } from 'aws-cdk-lib';
import {
  Algorithm,
  ContainerImage,
  InferenceExecutionMode,
  Model,
  ModelApprovalStatus,
  ModelPackage,
  type ModelProps,
} from '../../../lib';
import { marketplacePackage, modelArchive, newVersion, uncompressedData } from '../../hosting-fixtures';
import { errorOf, image, IMAGE_DIRECTORY, newAlgorithm, newStack } from '../../stacks';

describe('A model is rejected with', () => {
  test.each<[string, (stack: Stack) => ModelProps, string]>([
    [
      'no image, model package or algorithm',
      () => ({}),
      'exactly one of `image`, `modelPackage` and `algorithm` must be specified',
    ],
    [
      'an invalid name of an environment variable',
      () => ({ image: image(), environment: { '1A': '' } }),
      'must be a variable name',
    ],
    ['an invalid name prefix', () => ({ image: image(), modelName: 'a_b' }), '`modelName` must start and end with'],
    [
      'a version that is pending approval',
      (stack) => ({ modelPackage: newVersion(stack) }),
      '`modelPackage` must be approved, got: Stack/Package with status PendingManualApproval. Set ' +
        '`approvalStatus: ModelApprovalStatus.APPROVED` on the model package',
    ],
    [
      'a rejected version',
      (stack) => ({ modelPackage: newVersion(stack, { approvalStatus: ModelApprovalStatus.REJECTED }) }),
      'got: Stack/Package with status Rejected',
    ],
    [
      'an additional inference specification that the package does not have',
      (stack) => ({
        modelPackage: newVersion(stack, { approvalStatus: ModelApprovalStatus.APPROVED }),
        inferenceSpecificationName: 'gpu',
      }),
      '`inferenceSpecificationName` must be the name of an additional inference specification of the model package (it has none), got: "gpu"',
    ],
    [
      'an inference specification name and no model package',
      () => ({ image: image(), inferenceSpecificationName: 'gpu' }),
      '`inferenceSpecificationName` requires `modelPackage`',
    ],
    [
      'an algorithm and no model data',
      (stack) => ({ algorithm: newAlgorithm(stack) }),
      '`modelData` is required with `algorithm`',
    ],
    [
      'an imported algorithm, whose image is unknown',
      (stack) => ({ algorithm: Algorithm.fromAlgorithmName(stack, 'A', 'a'), modelData: modelArchive(stack) }),
      'the inference image of `algorithm` Stack/A is unknown. Specify `image`, or create a `ModelPackage` from the algorithm',
    ],
    [
      'a multi-model container whose model data is a single archive',
      (stack) => ({ image: image(), modelData: modelArchive(stack), multiModel: {} }),
      '`modelData` must be created with ModelData.fromUncompressedPrefix()',
    ],
    [
      'a multi-model container without model data',
      () => ({ image: image(), multiModel: {} }),
      '`multiModel` requires `image` and `modelData`: specify the archives with ModelData.fromUncompressedPrefix()',
    ],
    [
      'direct invocation of a container without a host name',
      () => ({
        containers: [{ image: image('a'), containerHostname: 'a' }, { image: image('b') }],
        inferenceExecutionMode: InferenceExecutionMode.DIRECT,
      }),
      '`inferenceExecutionMode` DIRECT requires a `containerHostname` for each of `containers`',
    ],
    [
      'host names of some containers only',
      () => ({ containers: [{ image: image('a'), containerHostname: 'a' }, { image: image('b') }] }),
      'either all `containers` or none must have a `containerHostname`, got 1 of 2',
    ],
    [
      'two containers of the same host name',
      () => ({ containers: ['x', 'y'].map((tag) => ({ image: image(tag), containerHostname: 'same' })) }),
      '`containers.containerHostname` must be unique, got more than one "same"',
    ],
    ['an empty list of containers', () => ({ containers: [] }), '`containers` must have 1 to 15 entries, got 0'],
    [
      'more than 15 containers',
      () => ({ containers: [...Array(16).keys()].map((i) => ({ image: image(String(i)) })) }),
      '`containers` must have at most 15 entries, got 16',
    ],
    [
      'both containers and an image',
      () => ({ containers: [{ image: image() }], image: image() }),
      '`image` must not be specified with `containers`: specify it for each container',
    ],
    [
      'an inference execution mode and a single container',
      () => ({ image: image(), inferenceExecutionMode: InferenceExecutionMode.SERIAL }),
      '`inferenceExecutionMode` requires `containers`',
    ],
    [
      'two multi-model containers in a serial inference pipeline',
      (stack) => ({
        containers: ['a', 'b'].map((tag) => ({
          image: image(tag),
          modelData: uncompressedData(stack),
          multiModel: {},
        })),
      }),
      '`multiModel` must be set for at most one of `containers`, or `inferenceExecutionMode` must be DIRECT: a request to a serial inference pipeline selects one model',
    ],
    [
      'containers whose environment variables are too large together',
      () => ({
        containers: ['a', 'b'].map((tag) => ({
          image: image(tag),
          environment: Object.fromEntries([...Array(20).keys()].map((i) => [`V${i}`, 'x'.repeat(1000)])),
        })),
      }),
      'the environment variables of all `containers` must have at most 32768 bytes in total, got 40100',
    ],
    [
      'images for different CPU architectures',
      () => ({
        containers: [
          { image: ContainerImage.fromAsset(IMAGE_DIRECTORY) },
          { image: ContainerImage.fromAsset(IMAGE_DIRECTORY, { platform: { platform: 'linux/arm64' } }) },
        ],
      }),
      'the containers of a model run on the same instance, but their images are built for x86_64 and arm64',
    ],
    [
      'subnets and no VPC',
      () => ({ image: image(), vpcSubnets: {} }),
      '`vpcSubnets` and `securityGroups` require `vpc`',
    ],
    [
      'an image in a private registry and no VPC',
      () => ({ image: ContainerImage.fromPrivateRegistry('registry.example.com/churn:1') }),
      '`image` in a private registry requires a `vpc`',
    ],
    [
      'a package from AWS Marketplace and no network isolation',
      (stack) => ({ modelPackage: marketplacePackage(stack), networkIsolation: false }),
      '`networkIsolation` must not be false for a product from AWS Marketplace',
    ],
  ])('%s', (_, props, error) => {
    const stack = newStack();
    expect(errorOf(() => new Model(stack, 'Model', props(stack)))).toContain(error);
  });

  test('model data in addition to that of its model package', () => {
    const stack = newStack();
    const modelPackage = ModelPackage.fromModelPackageArn(
      stack,
      'P',
      'arn:aws:sagemaker:eu-west-1:111122223333:model-package/a',
    );
    const props = { modelPackage, modelData: modelArchive(stack) };
    expect(errorOf(() => new Model(stack, 'Model', props))).toContain(
      '`modelData` must not be specified with `modelPackage`',
    );
  });

  test('a message that lists at most 20 validation errors', () => {
    const environment = Object.fromEntries([...Array(25).keys()].map((i) => [`${i}`, '']));
    const message = errorOf(() => new Model(newStack(), 'Model', { image: image(), environment }));
    expect(message).toMatch(/^Model Stack\/Model has 25 validation errors:(\n {2}- .*){20}\n {2}and 5 more$/);
  });
});
