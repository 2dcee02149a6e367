import { Duration, Size, type Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import {
  ContainerImage,
  EndpointConfig,
  type IModel,
  InstanceType,
  type InstanceVariantOptions,
  Model,
  ModelApprovalStatus,
  ModelPackage,
  ModelPackageGroup,
  Processor,
  ProductionVariant,
  RoutingStrategy,
} from '../../../lib';
import { CONFIG, newConfig } from '../../features';
import { marketplacePackage, modelArchive, newModel, newVpc, uncompressedData } from '../../hosting-fixtures';
import { errorOf, image, IMAGE_DIRECTORY, newStack, onlyResource, PlainImage } from '../../stacks';

function serverless(make: (stack: Stack) => IModel, memory = Size.gibibytes(1), max = 1, provisioned?: number) {
  return (stack: Stack): ProductionVariant =>
    ProductionVariant.serverless('main', {
      model: make(stack),
      memory,
      maxConcurrency: max,
      provisionedConcurrency: provisioned,
    });
}

function instances(options: Partial<InstanceVariantOptions>, name = 'main') {
  return (stack: Stack): ProductionVariant =>
    ProductionVariant.instances(name, {
      model: newModel(stack),
      instanceType: options.instancePools ? undefined : InstanceType.ML_M5_LARGE,
      ...options,
    });
}

const gpu = new PlainImage('example.com/a:1', { processor: Processor.GPU });

describe('A serverless variant is rejected with', () => {
  test.each<[string, (stack: Stack) => ProductionVariant, string]>([
    [
      'an image that requires a GPU',
      serverless((stack) => newModel(stack, { image: gpu })),
      '`model` Stack/Model is not supported for a serverless variant: its image requires a GPU',
    ],
    [
      'a model in a VPC',
      serverless((stack) => newModel(stack, { vpc: newVpc(stack) })),
      'is not supported for a serverless variant: it is in a `vpc`',
    ],
    [
      'a model with network isolation',
      serverless((stack) => newModel(stack, { networkIsolation: true })),
      'is not supported for a serverless variant: it has `networkIsolation`',
    ],
    [
      'a model with several containers',
      serverless((stack) => newModel(stack, { containers: [{ image: image('a') }, { image: image('b') }] })),
      'is not supported for a serverless variant: it has 2 containers',
    ],
    [
      'a multi-model container',
      serverless((stack) => newModel(stack, { modelData: uncompressedData(stack), multiModel: {} })),
      'is not supported for a serverless variant: it is a multi-model container',
    ],
    [
      'a model from AWS Marketplace',
      serverless((stack) => newModel(stack, { modelPackage: marketplacePackage(stack) })),
      'is not supported for a serverless variant: it is a product from AWS Marketplace',
    ],
    [
      'an image in a private registry',
      serverless((stack) =>
        newModel(stack, { vpc: newVpc(stack), image: ContainerImage.fromPrivateRegistry('registry.example.com/a:1') }),
      ),
      'is not supported for a serverless variant: its image is in a private registry instead of Amazon ECR',
    ],
    [
      'a memory size that is not a whole number of GiB',
      serverless((stack) => newModel(stack), Size.mebibytes(1536)),
      '`memory` must be a whole number of GiB, got 1536 MiB',
    ],
    [
      'a memory size above the maximum',
      serverless((stack) => newModel(stack), Size.gibibytes(7)),
      '`memory (MiB)` must be 1024 to 6144, got 7168',
    ],
    [
      'more provisioned concurrency than concurrency',
      serverless((stack) => newModel(stack), Size.gibibytes(1), 2, 3),
      '`provisionedConcurrency` must be at most `maxConcurrency` 2, got 3',
    ],
    [
      'a concurrency above the maximum',
      serverless((stack) => newModel(stack), Size.gibibytes(1), 201),
      '`maxConcurrency` must be 1 to 200, got 201',
    ],
    [
      'prefix-aware routing options with another routing strategy',
      instances({ routing: RoutingStrategy.KV_AWARE, prefixAwareRouting: { prefixLength: 2048 } }),
      '`prefixAwareRouting` requires `routing` RoutingStrategy.PREFIX_AWARE, got: KV_AWARE. Remove one of them',
    ],
  ])('%s', (_, make, error) => {
    const stack = newStack();
    expect(errorOf(() => make(stack))).toContain(error);
  });
});

describe('A variant on instances is rejected with', () => {
  test.each<[string, (stack: Stack) => ProductionVariant, string]>([
    ['an invalid name', instances({}, 'a b'), '`variantName` must start and end with a letter or digit'],
    ['an underscore in its name', instances({}, 'a_b'), '`variantName` must start and end with a letter or digit'],
    ['an instance count of 0', instances({ instanceCount: 0 }), '`instanceCount` must be at least 1, got 0'],
    ['an instance count with a fraction', instances({ instanceCount: 1.5 }), '`instanceCount` must be a whole number'],
    ['a negative weight', instances({ weight: -1 }), '`weight` must be at least 0, got -1'],
    [
      'no instance type and no instance pools',
      instances({ instanceType: undefined }),
      'exactly one of `instanceType` and `instancePools` must be specified',
    ],
    [
      'a volume size and an instance type with local storage',
      instances({ instanceType: InstanceType.ML_G5_XLARGE, volumeSize: Size.gibibytes(10) }),
      '`volumeSize` is not supported for ml.g5.xlarge, which has local storage of a fixed size',
    ],
    [
      'a volume size and an instance pool with local storage',
      instances({
        instancePools: [{ instanceType: InstanceType.ML_G5_XLARGE, priority: 1 }],
        volumeSize: Size.gibibytes(10),
      }),
      '`volumeSize` is not supported for ml.g5.xlarge',
    ],
    [
      'a volume size above the maximum',
      instances({ volumeSize: Size.gibibytes(513) }),
      '`volumeSize (GiB)` must be 1 to 512, got 513',
    ],
    [
      'timeouts outside their limits',
      instances({
        modelDataDownloadTimeout: Duration.seconds(59),
        startupHealthCheckTimeout: Duration.seconds(3601),
        instanceProvisionTimeout: Duration.seconds(299),
      }),
      'has 3 validation errors:\n  - `instanceProvisionTimeout (seconds)` must be 300 to 3600, got 299\n' +
        '  - `modelDataDownloadTimeout (seconds)` must be 60 to 3600, got 59\n' +
        '  - `startupHealthCheckTimeout (seconds)` must be 60 to 3600, got 3601',
    ],
    [
      'a minimum of managed scaling above its maximum',
      instances({ managedScaling: { minInstanceCount: 3, maxInstanceCount: 2 } }),
      '`managedScaling.minInstanceCount` must be at most `maxInstanceCount` 2, got 3',
    ],
    [
      'numbers of instances with a fraction',
      instances({
        instancePools: [{ instanceType: InstanceType.ML_M5_LARGE, priority: 1.5 }],
        managedScaling: { minInstanceCount: 0.5, maxInstanceCount: 1.5 },
        instanceCount: 1.5,
      }),
      'has 5 validation errors',
    ],
    [
      'an instance pool priority above the maximum',
      instances({ instancePools: [{ instanceType: InstanceType.ML_M5_LARGE, priority: 6 }] }),
      '`instancePools[0].priority` must be 1 to 5, got 6',
    ],
    [
      'a prefix length below the minimum',
      instances({ prefixAwareRouting: { prefixLength: 100, concurrencyThreshold: 0 } }),
      'has 2 validation errors:\n  - `prefixAwareRouting.prefixLength` must be 1024 to 65536, got 100',
    ],
  ])('%s', (_, make, error) => {
    const stack = newStack();
    expect(errorOf(() => make(stack))).toContain(error);
  });
});

describe('The image of a variant', () => {
  function on(instanceType: InstanceType, processor?: Processor): Stack {
    const stack = newStack();
    const model = new Model(stack, 'Model', { image: ContainerImage.fromAsset(IMAGE_DIRECTORY, { processor }) });
    new EndpointConfig(stack, 'Config', { variants: [ProductionVariant.instances('cpu', { model, instanceType })] });
    return stack;
  }

  test('is rejected on a Graviton instance type if it is built for x86_64', () => {
    expect(errorOf(() => on(InstanceType.ML_C7G_LARGE))).toContain(
      '`instanceType`: ml.c7g.large has the architecture arm64, and the image is built for x86_64: the container would fail with "exec format error"',
    );
  });

  test('is rejected on a CPU instance type if it requires a GPU', () => {
    expect(errorOf(() => on(InstanceType.ML_C7I_LARGE, Processor.GPU))).toContain('ml.c7i.large has no GPU');
  });

  test('causes a warning on a GPU instance type if it requires a CPU', () => {
    const stack = on(InstanceType.ML_G5_XLARGE, Processor.CPU);
    Annotations.fromStack(stack).hasWarning('*', Match.stringLikeRegexp('the GPU of ml.g5.xlarge would be idle'));
  });

  test('causes no warning if its processor is unknown', () => {
    Annotations.fromStack(on(InstanceType.ML_G5_XLARGE)).hasNoWarning('*', Match.anyValue());
  });

  test('causes a warning on an unknown instance type', () => {
    const stack = on(InstanceType.of('ml.z9.large'));
    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp('Instance types for endpoint that were unknown.*ml.z9.large'),
    );
  });

  test('is validated if it is part of a model package', () => {
    const stack = newStack();
    const modelPackage = new ModelPackage(stack, 'Package', {
      image: ContainerImage.fromAsset(IMAGE_DIRECTORY),
      inference: { contentTypes: ['text/csv'], responseMimeTypes: ['text/csv'] },
      modelData: modelArchive(stack),
      group: new ModelPackageGroup(stack, 'Group'),
      approvalStatus: ModelApprovalStatus.APPROVED,
    });
    const model = new Model(stack, 'Model', { modelPackage });
    expect(
      errorOf(() => ProductionVariant.instances('cpu', { model, instanceType: InstanceType.ML_C7G_LARGE })),
    ).toContain('exec format error');
  });
});

describe('A production variant', () => {
  test('can have a weight of 0', () => {
    const stack = newStack();
    newConfig(stack, {
      variants: ['a', 'b'].map((name, weight) =>
        ProductionVariant.instances(name, {
          model: newModel(stack, {}, name),
          instanceType: InstanceType.ML_M5_LARGE,
          weight,
        }),
      ),
    });
    expect(onlyResource(stack, CONFIG)).toMatchObject({
      ProductionVariants: [{ InitialVariantWeight: 0 }, { InitialVariantWeight: 1 }],
    });
  });
});
