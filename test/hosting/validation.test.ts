import { Duration, Size, Stack, aws_ec2 as ec2, aws_iam as iam } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  Algorithm,
  AsyncNotificationTopic,
  CapacitySize,
  ContainerImage,
  DeploymentPolicy,
  Endpoint,
  EndpointConfig,
  type EndpointConfigProps,
  ExplainerBaseline,
  FileSource,
  type IEndpoint,
  type IModel,
  InferenceComponent,
  type InferenceComponentProps,
  InferenceExecutionMode,
  type InstanceOptions,
  InstanceType,
  Model,
  ModelApprovalStatus,
  ModelCard,
  ModelData,
  ModelPackage,
  ModelPackageGroup,
  type ModelPackageProps,
  type ModelProps,
  Processor,
  ProductionVariant,
  S3Location,
  VariantProperty,
} from '../../lib';
import { bucket, newConfig } from '../features';
import { IMAGE_DIRECTORY, errorOf, image, newAlgorithm, newStack } from '../stacks';

const vpc = (stack: Stack): ec2.IVpc => new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
const prefix = (stack: Stack): ModelData => ModelData.fromUncompressedPrefix(bucket(stack), 'many');
const archive = (stack: Stack): ModelData => ModelData.fromObject(bucket(stack), 'model.tar.gz');
const bought = (stack: Stack) =>
  ModelPackage.fromModelPackageAttributes(stack, 'Bought', {
    modelPackageArn: 'arn:aws:sagemaker:eu-west-1:999988887777:model-package/bought',
    isMarketplaceProduct: true,
  });
const packaged = (stack: Stack, props: Partial<ModelPackageProps> = {}): ModelPackage =>
  new ModelPackage(stack, 'Package', {
    group: new ModelPackageGroup(stack, 'Group'),
    algorithm: newAlgorithm(stack),
    modelData: archive(stack),
    ...props,
  });

describe('A model is refused', () => {
  test.each<[string, (stack: Stack) => ModelProps, string]>([
    [
      'with a version that nobody has approved',
      (stack) => ({ modelPackage: packaged(stack) }),
      '`modelPackage` must be approved, got: Stack/Package with status PendingManualApproval. Set ' +
        '`approvalStatus: ModelApprovalStatus.APPROVED` on the model package',
    ],
    [
      'with a version that was rejected',
      (stack) => ({ modelPackage: packaged(stack, { approvalStatus: ModelApprovalStatus.REJECTED }) }),
      'got: Stack/Package with status Rejected',
    ],
    [
      'with an additional specification that the package does not have',
      (stack) => ({
        modelPackage: packaged(stack, { approvalStatus: ModelApprovalStatus.APPROVED }),
        inferenceSpecificationName: 'gpu',
      }),
      '`inferenceSpecificationName` must be the name of an additional inference specification of the model package (it has none), got: "gpu"',
    ],
    [
      'with the name of a specification and no package',
      () => ({ image: image(), inferenceSpecificationName: 'gpu' }),
      '`inferenceSpecificationName` requires `modelPackage`',
    ],
    [
      'with an algorithm and nothing that it has trained',
      (stack) => ({ algorithm: newAlgorithm(stack) }),
      '`modelData` is required with `algorithm`',
    ],
    [
      'with an algorithm of which nothing is known',
      (stack) => ({ algorithm: Algorithm.fromAlgorithmName(stack, 'A', 'a'), modelData: archive(stack) }),
      'the inference image of `algorithm` Stack/A is unknown. Specify `image`, or create a `ModelPackage` from the algorithm',
    ],
    [
      'with many models that are one archive',
      (stack) => ({ image: image(), modelData: archive(stack), multiModel: {} }),
      '`modelData` must be created with ModelData.fromUncompressedPrefix()',
    ],
    [
      'with many models that are nowhere',
      () => ({ image: image(), multiModel: {} }),
      '`multiModel` requires `image` and `modelData`: specify the archives with ModelData.fromUncompressedPrefix()',
    ],
    [
      'with containers that callers cannot choose',
      () => ({
        containers: [{ image: image('a'), containerHostname: 'a' }, { image: image('b') }],
        inferenceExecutionMode: InferenceExecutionMode.DIRECT,
      }),
      '`inferenceExecutionMode` DIRECT requires a `containerHostname` for each of `containers`',
    ],
    [
      'with containers of which some have names',
      () => ({ containers: [{ image: image('a'), containerHostname: 'a' }, { image: image('b') }] }),
      'either all `containers` or none must have a `containerHostname`, got 1 of 2',
    ],
    [
      'with containers of one name',
      () => ({ containers: ['x', 'y'].map((tag) => ({ image: image(tag), containerHostname: 'same' })) }),
      '`containers.containerHostname` must be unique, got more than one "same"',
    ],
    ['without containers', () => ({ containers: [] }), '`containers` must have 1 to 15 entries, got 0'],
    [
      'with more than fifteen containers',
      () => ({ containers: [...Array(16).keys()].map((i) => ({ image: image(String(i)) })) }),
      '`containers` must have at most 15 entries, got 16',
    ],
    [
      'with containers and an image',
      () => ({ containers: [{ image: image() }], image: image() }),
      '`image` must not be specified with `containers`: specify it for each container',
    ],
    [
      'with a pipeline of one container',
      () => ({ image: image(), inferenceExecutionMode: InferenceExecutionMode.SERIAL }),
      '`inferenceExecutionMode` requires `containers`',
    ],
    [
      'with many models in a pipeline',
      (stack) => ({
        containers: [{ image: image('a'), modelData: prefix(stack), multiModel: {} }, { image: image('b') }],
      }),
      '`multiModel` requires a single container, or `inferenceExecutionMode` DIRECT',
    ],
    [
      'with images that cannot run on one machine',
      () => ({
        containers: [
          { image: ContainerImage.fromAsset(IMAGE_DIRECTORY) },
          { image: ContainerImage.fromAsset(IMAGE_DIRECTORY, { platform: { platform: 'linux/arm64' } }) },
        ],
      }),
      'the containers of a model run on the same instance, but their images are built for x86_64 and arm64',
    ],
    [
      'with subnets of no network',
      () => ({ image: image(), vpcSubnets: {} }),
      '`vpcSubnets` and `securityGroups` require `vpc`',
    ],
    [
      'with an image of a private registry and no network',
      () => ({ image: ContainerImage.fromPrivateRegistry('registry.example.com/churn:1') }),
      '`image` in a private registry requires a `vpc`',
    ],
    [
      'with a bought package and a network',
      (stack) => ({ modelPackage: bought(stack), networkIsolation: false }),
      '`networkIsolation` must not be false for a product from AWS Marketplace',
    ],
  ])('%s', (_, props, fault) => {
    const stack = newStack();
    expect(errorOf(() => new Model(stack, 'Model', props(stack)))).toContain(fault);
  });
});

describe('A variant is refused', () => {
  const model = (stack: Stack, props: ModelProps = {}): Model =>
    new Model(stack, 'Model', { image: props.containers || props.modelPackage ? undefined : image(), ...props });
  const serverless = (make: (stack: Stack) => IModel, memory = Size.gibibytes(1), max = 1, provisioned?: number) => {
    const variant = (stack: Stack): ProductionVariant =>
      ProductionVariant.serverless('main', {
        model: make(stack),
        memory,
        maxConcurrency: max,
        provisionedConcurrency: provisioned,
      });
    return variant;
  };
  const instances = (options: Partial<InstanceOptions>) => (stack: Stack) =>
    ProductionVariant.instances('main', {
      model: model(stack),
      instanceType: options.instancePools ? undefined : InstanceType.ML_M5_LARGE,
      ...options,
    });
  const gpu = ContainerImage.fromRegistry('example.com/a:1', { processor: Processor.GPU });

  test.each<[string, (stack: Stack) => ProductionVariant, string]>([
    [
      'without servers when its image needs a GPU',
      serverless((stack) => model(stack, { image: gpu })),
      '`model` Stack/Model is not supported for a serverless variant: its image requires a GPU',
    ],
    [
      'without servers when it is in a network',
      serverless((stack) => model(stack, { vpc: vpc(stack) })),
      'is not supported for a serverless variant: it is in a `vpc`',
    ],
    [
      'without servers when it has no network',
      serverless((stack) => model(stack, { networkIsolation: true })),
      'is not supported for a serverless variant: it has `networkIsolation`',
    ],
    [
      'without servers when it has several containers',
      serverless((stack) => model(stack, { containers: [{ image: image('a') }, { image: image('b') }] })),
      'is not supported for a serverless variant: it has 2 containers',
    ],
    [
      'without servers when it holds many models',
      serverless((stack) => model(stack, { modelData: prefix(stack), multiModel: {} })),
      'is not supported for a serverless variant: it is a multi-model container',
    ],
    [
      'without servers when it was bought',
      serverless((stack) => model(stack, { modelPackage: bought(stack) })),
      'is not supported for a serverless variant: it is a product from AWS Marketplace',
    ],
    [
      'without servers when its image is in a private registry',
      serverless((stack) =>
        model(stack, { vpc: vpc(stack), image: ContainerImage.fromPrivateRegistry('registry.example.com/a:1') }),
      ),
      'is not supported for a serverless variant: its image is in a private registry instead of Amazon ECR',
    ],
    [
      'without servers when its memory is half a step',
      serverless((stack) => model(stack), Size.mebibytes(1536)),
      '`memory` must be a whole number of GiB, got 1536 MiB',
    ],
    [
      'without servers when its memory is too large',
      serverless((stack) => model(stack), Size.gibibytes(7)),
      '`memory (MiB)` must be 1024 to 6144, got 7168',
    ],
    [
      'without servers when more is warm than runs',
      serverless((stack) => model(stack), Size.gibibytes(1), 2, 3),
      '`provisionedConcurrency` must be at most `maxConcurrency` 2, got 3',
    ],
    [
      'without servers when it answers too much at a time',
      serverless((stack) => model(stack), Size.gibibytes(1), 201),
      '`maxConcurrency` must be 1 to 200, got 201',
    ],
    [
      'without instances',
      instances({ instanceType: undefined }),
      'exactly one of `instanceType` and `instancePools` must be specified',
    ],
    [
      'with a volume that the instances do not allow',
      instances({ instanceType: InstanceType.ML_G5_XLARGE, volumeSize: Size.gibibytes(10) }),
      '`volumeSize` is not supported for ml.g5.xlarge, which has local storage of a fixed size',
    ],
    [
      'with a volume that is too large',
      instances({ volumeSize: Size.gibibytes(513) }),
      '`volumeSize` must be 1 to 512, got 513',
    ],
    [
      'with times that are too short',
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
      'with bounds in the wrong order',
      instances({ managedScaling: { minInstanceCount: 3, maxInstanceCount: 2 } }),
      '`managedScaling.minInstanceCount` must be at most `maxInstanceCount` 2, got 3',
    ],
    [
      'with a volume that the instances of a pool do not allow',
      instances({
        instancePools: [{ instanceType: InstanceType.ML_G5_XLARGE, priority: 1 }],
        volumeSize: Size.gibibytes(10),
      }),
      '`volumeSize` is not supported for ml.g5.xlarge',
    ],
    [
      'with parts of instances',
      instances({
        instancePools: [{ instanceType: InstanceType.ML_M5_LARGE, priority: 1.5 }],
        managedScaling: { minInstanceCount: 0.5, maxInstanceCount: 1.5 },
        instanceCount: 1.5,
      }),
      'has 4 validation errors',
    ],
    [
      'with a priority that is none',
      instances({ instancePools: [{ instanceType: InstanceType.ML_M5_LARGE, priority: 6 }] }),
      '`instancePools[0].priority` must be 1 to 5, got 6',
    ],
    [
      'with a prefix that is too short',
      instances({ prefixAwareRouting: { prefixLength: 100, concurrencyThreshold: 0 } }),
      'has 2 validation errors:\n  - `prefixAwareRouting.prefixLength` must be 1024 to 65536, got 100',
    ],
  ])('%s', (_, make, fault) => {
    const stack = newStack();
    expect(errorOf(() => make(stack))).toContain(fault);
  });
});

describe('An endpoint configuration is refused', () => {
  const model = (stack: Stack, props: ModelProps = {}, id = 'Model'): Model =>
    new Model(stack, id, { image: props.containers || props.modelPackage ? undefined : image(), ...props });
  const on = (hosted: IModel, name = 'main', instanceType = InstanceType.ML_M5_LARGE): ProductionVariant =>
    ProductionVariant.instances(name, { model: hosted, instanceType });
  const serverless = (stack: Stack, name = 'main'): ProductionVariant =>
    ProductionVariant.serverless(name, {
      model: model(stack, {}, `Model${name}`),
      memory: Size.gibibytes(1),
      maxConcurrency: 1,
    });
  const async = (stack: Stack): EndpointConfigProps['asyncInference'] => ({
    input: S3Location.fromBucket(bucket(stack), 'in'),
    output: S3Location.fromBucket(bucket(stack), 'out'),
  });
  const shared = ProductionVariant.inferenceComponents('main', { instanceType: InstanceType.ML_M5_LARGE });

  test.each<[string, (stack: Stack) => EndpointConfigProps, string]>([
    [
      'with a serverless variant beside another',
      (stack) => ({ variants: [serverless(stack), on(model(stack), 'other')] }),
      'a serverless variant must be the only one of `variants`',
    ],
    [
      'when a serverless endpoint is to keep requests',
      (stack) => ({
        variants: [serverless(stack)],
        dataCapture: { destination: S3Location.fromBucket(bucket(stack)) },
      }),
      '`dataCapture` is not supported for a serverless variant',
    ],
    [
      'when a serverless endpoint is to have no network',
      (stack) => ({ variants: [serverless(stack)], networkIsolation: true }),
      '`networkIsolation` is not supported for a serverless variant',
    ],
    [
      'when a serverless endpoint is to answer later',
      (stack) => ({ variants: [serverless(stack)], asyncInference: async(stack) }),
      '`asyncInference` requires a variant that hosts a model on instances',
    ],
    [
      'when two variants are to answer later',
      (stack) => ({ variants: [on(model(stack)), on(model(stack, {}, 'B'), 'b')], asyncInference: async(stack) }),
      '`asyncInference` requires exactly 1 entry in `variants`, got 2',
    ],
    [
      'when a shadow is to answer later',
      (stack) => ({
        variants: [on(model(stack))],
        shadowVariant: on(model(stack, {}, 'B'), 'b'),
        asyncInference: async(stack),
      }),
      '`asyncInference` must not be specified with `shadowVariant`',
    ],
    [
      'when a bought model is to answer later',
      (stack) => ({ variants: [on(model(stack, { modelPackage: bought(stack) }))], asyncInference: async(stack) }),
      '`asyncInference` is not supported for a product from AWS Marketplace',
    ],
    [
      'when notifications carry answers and nobody gets them',
      (stack) => ({
        variants: [on(model(stack))],
        asyncInference: { ...async(stack)!, includeInferenceResponseIn: [AsyncNotificationTopic.ERROR] },
      }),
      '`asyncInference.includeInferenceResponseIn` with ERROR_NOTIFICATION_TOPIC requires `errorTopic`',
    ],
    [
      'with a shadow of two variants',
      (stack) => ({
        variants: [on(model(stack)), on(model(stack, {}, 'B'), 'b')],
        shadowVariant: on(model(stack, {}, 'C'), 'c'),
      }),
      '`shadowVariant` requires exactly 1 entry in `variants`, got 2',
    ],
    [
      'with a shadow without servers',
      (stack) => ({ variants: [on(model(stack))], shadowVariant: serverless(stack, 'shadow') }),
      '`shadowVariant`: "shadow" is serverless, which shadow tests do not support',
    ],
    [
      'with a shadow of several containers',
      (stack) => ({
        variants: [on(model(stack))],
        shadowVariant: on(model(stack, { containers: [{ image: image('a') }, { image: image('b') }] }, 'B'), 'b'),
      }),
      '"b" has 2 containers, which shadow tests do not support',
    ],
    [
      'with the shadow of a variant with many models',
      (stack) => ({
        variants: [on(model(stack, { modelData: prefix(stack), multiModel: {} }))],
        shadowVariant: on(model(stack, {}, 'B'), 'b'),
      }),
      '`variants`: "main" has a multi-model container, which shadow tests do not support',
    ],
    [
      'with a bought shadow',
      (stack) => ({
        variants: [on(model(stack))],
        shadowVariant: on(model(stack, { modelPackage: bought(stack) }, 'B'), 'b'),
      }),
      '"b" hosts a product from AWS Marketplace, which shadow tests do not support',
    ],
    [
      'with a shadow on Inf1',
      (stack) => ({
        variants: [on(model(stack))],
        shadowVariant: on(model(stack, {}, 'B'), 'b', InstanceType.ML_INF1_XLARGE),
      }),
      '"b" runs on Inf1, which shadow tests do not support',
    ],
    [
      'with a shadow of the name of the other',
      (stack) => ({ variants: [on(model(stack))], shadowVariant: on(model(stack, {}, 'B')) }),
      '`variants` must be unique, got more than one "main"',
    ],
    [
      'with a key for storage that is local',
      (stack) => ({
        variants: [on(model(stack), 'main', InstanceType.ML_M5D_LARGE)],
        encryptionKey: { keyArn: 'arn' } as never,
      }),
      '`encryptionKey` is not supported for ml.m5d.large of variant "main"',
    ],
    [
      'with a key for a shadow whose storage is local',
      (stack) => ({
        variants: [on(model(stack))],
        shadowVariant: on(model(stack, {}, 'B'), 'b', InstanceType.ML_G5_XLARGE),
        encryptionKey: { keyArn: 'arn' } as never,
      }),
      '`encryptionKey` is not supported for ml.g5.xlarge of variant "b"',
    ],
    [
      'with one variant that gets no requests',
      (stack) => ({
        variants: [
          ProductionVariant.instances('main', {
            model: model(stack),
            instanceType: InstanceType.ML_M5_LARGE,
            weight: 0,
          }),
        ],
      }),
      '`variants` must not all have a weight of 0',
    ],
    [
      'with no security group',
      (stack) => ({ variants: [shared], vpc: vpc(stack), securityGroups: [] }),
      '`securityGroups` must have 1 to 5 entries, got 0',
    ],
    [
      'with inference components beside a model',
      (stack) => ({ variants: [shared, on(model(stack), 'b')] }),
      'either all `variants` or none must be for inference components',
    ],
    [
      'with a network for models, which have their own',
      (stack) => ({ variants: [on(model(stack))], vpc: vpc(stack) }),
      '`vpc` requires variants for inference components: specify it for the `Model` instead',
    ],
    [
      'with subnets of no network',
      () => ({ variants: [shared], vpcSubnets: {} }),
      '`vpcSubnets` and `securityGroups` require `vpc`',
    ],
    [
      'when more than everything is kept',
      (stack) => ({
        variants: [on(model(stack))],
        dataCapture: { destination: S3Location.fromBucket(bucket(stack)), samplingPercentage: 101, captureModes: [] },
      }),
      'has 2 validation errors:\n  - `dataCapture.samplingPercentage` must be at most 100, got 101',
    ],
    [
      'when explanations start from nothing',
      (stack) => ({
        variants: [on(model(stack))],
        explainer: { baseline: ExplainerBaseline.inline('') },
      }),
      '`explainer.baseline` must have 1 to 4096 characters, got 0',
    ],
    [
      'when metrics come too often',
      (stack) => ({ variants: [on(model(stack))], metrics: { publishFrequency: Duration.seconds(5) } }),
      '`metrics.publishFrequency` must be one of 10, 30, 60, 120, 180, 240, 300 seconds, got 5',
    ],
  ])('%s', (_, props, fault) => {
    const stack = newStack();
    expect(errorOf(() => new EndpointConfig(stack, 'Config', props(stack)))).toContain(fault);
  });
});

describe('What a pool runs is looked at as well', () => {
  const pool = (stack: Stack, pooled: Model, more: Partial<EndpointConfigProps> = {}): EndpointConfig =>
    newConfig(stack, {
      variants: [
        ProductionVariant.instances('main', {
          model: new Model(stack, 'Model', { image: image() }),
          instancePools: [{ instanceType: InstanceType.ML_M5_LARGE, priority: 1, model: pooled }],
        }),
      ],
      ...more,
    });

  test('when it is of another stack', () => {
    const stack = newStack();
    const other = new Stack(stack.node.root, 'Other');
    expect(errorOf(() => pool(stack, new Model(other, 'Pool', { image: image() })))).toContain(
      'model Other/Pool must be in the same stack as the endpoint configuration',
    );
  });

  test('when it was bought, and answers are to come later', () => {
    const stack = newStack();
    const location = S3Location.fromBucket(bucket(stack));
    const asyncInference = { input: location, output: location };
    const pooled = new Model(stack, 'Pool', { modelPackage: bought(stack) });
    expect(errorOf(() => pool(stack, pooled, { asyncInference }))).toContain('a product from AWS Marketplace');
  });
});

describe('A deployment policy is refused', () => {
  const config = (stack: Stack, instanceCount: number, instanceType = InstanceType.ML_M5_LARGE, modelPackage?: never) =>
    newConfig(stack, {
      variants: [
        ProductionVariant.instances('main', {
          model: new Model(stack, 'Model', modelPackage ? { modelPackage } : { image: image() }),
          instanceType,
          instanceCount,
        }),
      ],
    });
  const endpoint = (deployment: DeploymentPolicy, make: (stack: Stack) => EndpointConfig) => (): unknown => {
    const stack = newStack();
    return new Endpoint(stack, 'Endpoint', { endpointConfig: make(stack), deployment });
  };
  const many = (count: number) => (stack: Stack) => config(stack, count);
  const oneInstance = 'which has 1 instance. Set an `instanceCount` of at least 2';

  test.each<[string, () => unknown, string]>([
    [
      'that is a canary of one instance',
      endpoint(DeploymentPolicy.canary(), many(1)),
      `canary is not supported for variant "main", ${oneInstance}`,
    ],
    [
      'that is linear with one instance',
      endpoint(DeploymentPolicy.linear(), many(1)),
      `linear is not supported for variant "main", ${oneInstance}`,
    ],
    [
      'that is rolling with one instance',
      endpoint(DeploymentPolicy.rolling(), many(1)),
      `rolling is not supported for variant "main", ${oneInstance}`,
    ],
    [
      'that is a canary of most instances',
      endpoint(DeploymentPolicy.canary({ size: CapacitySize.count(3) }), many(4)),
      '`deployment.size` must be at most 50 % of the instances, got 3 of the 4 instances of variant "main"',
    ],
    [
      'that is linear in steps that are too small',
      endpoint(DeploymentPolicy.linear({ stepSize: CapacitySize.percent(9) }), many(20)),
      '`deployment.stepSize` must be 10 to 50 % of the instances, got 9 %',
    ],
    [
      'that is rolling in batches that are too large',
      endpoint(DeploymentPolicy.rolling({ batchSize: CapacitySize.percent(51) }), many(4)),
      '`deployment.batchSize` must be 5 to 50 % of the instances, got 51 %',
    ],
    [
      'that is rolling over two variants',
      endpoint(DeploymentPolicy.rolling(), (stack) =>
        newConfig(stack, {
          variants: ['a', 'b'].map((name) =>
            ProductionVariant.instances(name, {
              model: new Model(stack, name, { image: image() }),
              instanceType: InstanceType.ML_M5_LARGE,
              instanceCount: 2,
            }),
          ),
        }),
      ),
      'rolling deployments require exactly 1 variant, got 2',
    ],
    [
      'that is rolling without servers',
      endpoint(DeploymentPolicy.rolling(), (stack) =>
        newConfig(stack, {
          variants: [
            ProductionVariant.serverless('main', {
              model: new Model(stack, 'Model', { image: image() }),
              memory: Size.gibibytes(1),
              maxConcurrency: 1,
            }),
          ],
        }),
      ),
      'which is serverless and has no instances',
    ],
    [
      'that is a canary of a bought model',
      endpoint(DeploymentPolicy.canary(), (stack) =>
        config(stack, 2, InstanceType.ML_M5_LARGE, bought(stack) as never),
      ),
      'whose model is a product from AWS Marketplace. Use DeploymentPolicy.allAtOnce()',
    ],
    [
      'that is linear on Inf1',
      endpoint(DeploymentPolicy.linear(), (stack) => config(stack, 2, InstanceType.ML_INF1_XLARGE)),
      'which runs on Inf1',
    ],
    [
      'that takes too long',
      endpoint(
        DeploymentPolicy.allAtOnce({
          bakeTime: Duration.hours(2),
          terminationWait: Duration.hours(2),
          maximumExecutionTimeout: Duration.minutes(5),
        }),
        many(1),
      ),
      'has 3 validation errors:\n  - `deployment.bakeTime (seconds)` must be at most 3600, got 7200',
    ],
    ['of no percent', () => CapacitySize.percent(0), '`percent` must be at least 1, got 0'],
    ['of more than all', () => CapacitySize.percent(101), '`percent` must be at most 100, got 101'],
  ])('%s', (_, make, fault) => {
    expect(errorOf(make)).toContain(fault);
  });

  test('when it moves step by step and no alarm would stop it', () => {
    const stack = newStack();
    new Endpoint(stack, 'Endpoint', { endpointConfig: config(stack, 2), deployment: DeploymentPolicy.canary() });
    const fault = errorOf(() => Template.fromStack(stack));
    expect(fault).toContain('`deployment` requires at least one alarm, which rolls back a failed update');
    expect(fault).toContain('addRollbackAlarm(endpoint.variant(…).createErrorAlarm(…))');
  });

  test('not when nobody wants to be rolled back', () => {
    const stack = newStack();
    const deployment = DeploymentPolicy.canary({ automaticRollback: false });
    new Endpoint(stack, 'Endpoint', { endpointConfig: config(stack, 2), deployment });
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('not when an alarm was added afterwards', () => {
    const stack = newStack();
    const endpointOf2 = new Endpoint(stack, 'Endpoint', {
      endpointConfig: config(stack, 2),
      deployment: DeploymentPolicy.canary(),
    });
    endpointOf2.addRollbackAlarm(endpointOf2.variant('main').createErrorAlarm('Errors'));
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  test('with more than ten alarms', () => {
    const stack = newStack();
    const endpointOf2 = new Endpoint(stack, 'Endpoint', { endpointConfig: config(stack, 2) });
    for (let i = 0; i < 11; i++)
      endpointOf2.addRollbackAlarm(endpointOf2.variant('main').createErrorAlarm(`Errors${i}`));
    expect(errorOf(() => Template.fromStack(stack))).toContain('`deployment.alarms` must have 1 to 10 entries, got 11');
  });
});

describe('An endpoint is refused', () => {
  test('with a configuration of another stack', () => {
    const stack = newStack();
    const config = newConfig(stack);
    const other = new Stack(stack.node.root, 'Other');
    expect(errorOf(() => new Endpoint(other, 'Endpoint', { endpointConfig: config }))).toContain(
      '`endpointConfig` Stack/Config must be in the same stack as the endpoint',
    );
  });

  test('when it keeps the same thing twice', () => {
    const stack = newStack();
    const retainedVariantProperties = [VariantProperty.DESIRED_WEIGHT, VariantProperty.DESIRED_WEIGHT];
    const props = { endpointConfig: newConfig(stack), retainedVariantProperties };
    expect(errorOf(() => new Endpoint(stack, 'Endpoint', props))).toContain(
      '`retainedVariantProperties` must be unique, got more than one "DesiredWeight"',
    );
  });

  test('when it is asked for a variant that it does not have', () => {
    const stack = newStack();
    const endpoint = new Endpoint(stack, 'Endpoint', { endpointConfig: newConfig(stack) });
    expect(errorOf(() => endpoint.variant('none'))).toBe(
      'Endpoint Stack/Endpoint has no variant "none". Its variants are: main.',
    );
  });
});

test('An alarm of more bad values than it looks at is refused', () => {
  const stack = newStack();
  const variant = new Endpoint(stack, 'Endpoint', { endpointConfig: newConfig(stack) }).variant('main');
  expect(errorOf(() => variant.createErrorAlarm('A', { evaluationPeriods: 1, datapointsToAlarm: 5 }))).toContain(
    '`datapointsToAlarm` must be at most `evaluationPeriods` 1, got 5',
  );
});

test('Two resources of one definition under one prefix are refused', () => {
  const stack = newStack();
  for (const id of ['A', 'B']) new Model(stack, id, { image: image(), modelName: 'churn', role: sameRole(stack) });
  expect(errorOf(() => Template.fromStack(stack))).toContain(
    '[Stack/B] has the same properties and the same name prefix as Stack/A, so both would have the same name',
  );
});

function sameRole(stack: Stack): iam.IRole {
  const existing = stack.node.tryFindChild('Same') as iam.IRole | undefined;
  return existing ?? iam.Role.fromRoleArn(stack, 'Same', 'arn:aws:iam::111122223333:role/same');
}

describe('Scaling is refused', () => {
  const scaled = (
    variant: (model: Model) => ProductionVariant,
    bounds: object,
    more: Partial<EndpointConfigProps> = {},
  ) => {
    const stack = newStack();
    const config = newConfig(stack, { variants: [variant(new Model(stack, 'Model', { image: image() }))], ...more });
    return new Endpoint(stack, 'Endpoint', { endpointConfig: config }).variant('main').autoScale(bounds as never);
  };
  const on = (instanceType: InstanceType) => (model: Model) =>
    ProductionVariant.instances('main', { model, instanceType });
  const M5 = on(InstanceType.ML_M5_LARGE);

  test.each<[string, () => unknown, string]>([
    [
      'below nothing',
      () => scaled(M5, { minCapacity: -1, maxCapacity: 2 }),
      '`minCapacity` must be a whole number of at least 0, got -1',
    ],
    ['to nothing', () => scaled(M5, { maxCapacity: 0 }), '`maxCapacity` must be at least 1, got 0'],
    [
      'in the wrong order',
      () => scaled(M5, { minCapacity: 3, maxCapacity: 2 }),
      '`minCapacity` must be at most `maxCapacity` 2, got 3',
    ],
    [
      'to zero when somebody waits',
      () => scaled(M5, { minCapacity: 0, maxCapacity: 2 }),
      '`minCapacity` must be at least 1: only asynchronous endpoints can scale to zero',
    ],
    [
      'of types that save up power',
      () => scaled(on(InstanceType.ML_T2_MEDIUM), { maxCapacity: 2 }),
      '`autoScale` is not supported for the burstable instance type ml.t2.medium',
    ],
    [
      'without servers',
      () =>
        scaled(
          (model) => ProductionVariant.serverless('main', { model, memory: Size.gibibytes(1), maxConcurrency: 1 }),
          { maxCapacity: 2 },
        ),
      '`autoScale` is not supported for a serverless variant',
    ],
    [
      'of instances that models share',
      () =>
        scaled(() => ProductionVariant.inferenceComponents('main', { instanceType: InstanceType.ML_M5_LARGE }), {
          maxCapacity: 2,
        }),
      '`autoScale` is not supported for a variant for inference components: scale its instances with `managedScaling`',
    ],
    [
      'by what waits, when nothing does',
      () => scaled(M5, { maxCapacity: 2 }).scaleOnBacklog('B', { targetBacklogPerInstance: 1 }),
      '`scaleOnBacklog` requires an asynchronous endpoint: specify `asyncInference` in the endpoint configuration',
    ],
    [
      'by no requests',
      () => scaled(M5, { maxCapacity: 2 }).scaleOnInvocations('I', { maxRequestsPerSecond: 0, safetyFactor: 2 }),
      'has 2 validation errors:\n  - `maxRequestsPerSecond` must be more than 0, got 0\n  - `safetyFactor` must be at most 1, got 2',
    ],
    [
      'by no concurrency',
      () => scaled(M5, { maxCapacity: 2 }).scaleOnConcurrency('C', { targetConcurrency: 0 }),
      '`targetConcurrency` must be more than 0, got 0',
    ],
  ])('%s', (_, make, fault) => {
    expect(errorOf(make)).toContain(fault);
  });

  test('to zero without a way back', () => {
    const stack = newStack();
    const location = S3Location.fromBucket(bucket(stack));
    const config = newConfig(stack, { asyncInference: { input: location, output: location } });
    new Endpoint(stack, 'Endpoint', { endpointConfig: config })
      .variant('main')
      .autoScale({ minCapacity: 0, maxCapacity: 2 });
    expect(errorOf(() => Template.fromStack(stack))).toContain(
      '`minCapacity` of 0 requires `scaleOnBacklog` or a schedule that raises the bounds',
    );
  });

  test('twice', () => {
    const stack = newStack();
    const variant = new Endpoint(stack, 'Endpoint', { endpointConfig: newConfig(stack) }).variant('main');
    variant.autoScale({ maxCapacity: 2 });
    expect(errorOf(() => variant.autoScale({ maxCapacity: 3 }))).toContain('`autoScale` must be called only once');
  });
});

describe('A model package is refused', () => {
  const INFERENCE = { contentTypes: ['text/csv'], responseMimeTypes: ['text/csv'] };
  test.each<[string, (stack: Stack) => Partial<ModelPackageProps>, string]>([
    ['with an algorithm and no data', () => ({ modelData: undefined }), '`modelData` is required with `algorithm`'],
    [
      'with containers and data beside them',
      (stack) => ({
        algorithm: undefined,
        containers: [{ image: image() }],
        inference: { ...INFERENCE, environment: { A: '1' } },
        modelData: archive(stack),
      }),
      'has 2 validation errors:\n  - `modelData` must not be specified with `containers`: specify it for each container',
    ],
    [
      'when a version is validated',
      (stack) => ({ validationProfile: { profileName: 'a b', transform: {} as never }, modelData: archive(stack) }),
      'has 2 validation errors:\n  - `validationProfile`: `profileName` must start and end with a letter or digit',
    ],
    [
      'with an image of a private registry',
      () => ({
        algorithm: undefined,
        image: ContainerImage.fromPrivateRegistry('registry.example.com/a:1'),
        inference: INFERENCE,
      }),
      'the images of a model package must be in Amazon ECR',
    ],
    [
      'with another way to host it by an image of a private registry',
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
      'with two specifications of one name',
      () => ({
        additionalInferenceSpecifications: ['a', 'a'].map((name) => ({ name, containers: [{ image: image() }] })),
      }),
      '`additionalInferenceSpecifications` must be unique, got more than one "a"',
    ],
    [
      'with an unpacked model of an algorithm that is only named',
      (stack) => ({ group: undefined, modelData: prefix(stack) }),
      '`modelData` must be a model.tar.gz archive for a model package that refers to an algorithm',
    ],
    [
      'with metadata that is too long',
      () => ({ customerMetadata: { a: 'x'.repeat(257) }, metadata: { commitId: 'x'.repeat(1025) } }),
      'has 2 validation errors:\n  - `customerMetadata["a"]` must have 1 to 256 characters, got 257',
    ],
    [
      'with a role for no validation',
      () => ({ validationRole: {} as never }),
      '`validationRole` requires `validationProfile`',
    ],
    [
      'when an unversioned package has a card',
      () => ({ group: undefined, modelCard: ModelCard.fromJson('{}') }),
      '`modelCard` requires a `group`',
    ],
  ])('%s', (_, props, fault) => {
    const stack = newStack();
    expect(errorOf(() => packaged(stack, props(stack)))).toContain(fault);
  });

  test.each<[string, () => unknown, string]>([
    ['A card that is no JSON', () => ModelCard.fromJson('card'), '`content` must be a JSON object, got: "card"'],
    ['A card that is a list', () => ModelCard.fromJson('[]'), '`content` must be a JSON object, got: "[]"'],
    [
      'A digest that is none',
      () => FileSource.fromObject(bucket(newStack()), 'a', { contentDigest: 'md5' }),
      '`contentDigest` must match',
    ],
    [
      'An object without a key',
      () => ModelData.fromUncompressedObject(bucket(newStack()), ''),
      '`objectKey` must not be empty',
    ],
  ])('%s is refused', (_, make, fault) => {
    expect(errorOf(make)).toContain(fault);
  });
});

describe('An inference component is refused', () => {
  const component = (stack: Stack, props: Partial<InferenceComponentProps>): InferenceComponent => {
    const endpoint: IEndpoint = Endpoint.fromEndpointName(stack, 'Endpoint', 'shared');
    return new InferenceComponent(stack, 'Component', { endpoint, variantName: 'main', ...props });
  };
  const compute = { minMemory: Size.gibibytes(1) };
  const base = (stack: Stack) => InferenceComponent.fromInferenceComponentName(stack, 'Base', 'base');

  test.each<[string, (stack: Stack) => Partial<InferenceComponentProps>, string]>([
    ['without a model', () => ({ compute }), 'exactly one of `model` and `container` must be specified'],
    [
      'when it does not say what it needs',
      () => ({ container: { image: image() } }),
      '`compute` is required: specify the resources of a copy',
    ],
    [
      'when it needs more than it gets',
      () => ({ container: { image: image() }, compute: { ...compute, maxMemory: Size.mebibytes(512) } }),
      '`compute.minMemory` must be at most `maxMemory` 512 MiB, got 1024 MiB',
    ],
    [
      'as an adapter of nothing',
      (stack) => ({ container: { image: image() }, compute, adapterData: archive(stack) }),
      '`adapterData` requires `baseComponent`',
    ],
    [
      'as an adapter without data',
      (stack) => ({ baseComponent: base(stack) }),
      '`adapterData` is required with `baseComponent`',
    ],
    [
      'as an adapter with resources of its own',
      (stack) => ({ baseComponent: base(stack), adapterData: archive(stack), compute }),
      '`compute` must not be specified with `baseComponent`',
    ],
  ])('%s', (_, props, fault) => {
    const stack = newStack();
    expect(errorOf(() => component(stack, props(stack)))).toContain(fault);
  });

  test.each<[string, Partial<InferenceComponentProps>, string]>([
    [
      'on a variant that is not there',
      { variantName: 'none' },
      '`variantName` must be the name of a variant of the endpoint (main), got: "none"',
    ],
    [
      'on a variant with a model',
      {},
      'a variant for inference components, got: "main". Create the variant with ProductionVariant.inferenceComponents()',
    ],
  ])('%s', (_, props, fault) => {
    const stack = newStack();
    const endpoint = new Endpoint(stack, 'Own', { endpointConfig: newConfig(stack) });
    expect(errorOf(() => component(stack, { endpoint, container: { image: image() }, compute, ...props }))).toContain(
      fault,
    );
  });

  test.each<[string, (stack: Stack) => Partial<InferenceComponentProps>, string]>([
    [
      'with an image of a private registry',
      () => ({ container: { image: ContainerImage.fromPrivateRegistry('registry.example.com/a:1') } }),
      '`container.image` must be in Amazon ECR',
    ],
    [
      'with data that is not packed',
      (stack) => ({ container: { image: image(), modelData: prefix(stack) } }),
      '`container.modelData` must be a `.tar.gz`',
    ],
    [
      'with a model of another stack',
      (stack) => ({ model: new Model(new Stack(stack.node.root, 'Other'), 'M', { image: image() }) }),
      '`model` Other/M must be in the same stack as the inference component',
    ],
    [
      'that is replaced in a hurry and nearly at once',
      () => ({
        container: { image: image() },
        deployment: DeploymentPolicy.rolling({
          batchSize: CapacitySize.percent(90),
          bakeTime: Duration.minutes(1),
          maximumExecutionTimeout: Duration.seconds(5),
        }),
      }),
      '- `deployment.batchSize` must be 5 to 50 % of the copies, got 90 %',
    ],
  ])('%s', (_, props, fault) => {
    const stack = newStack();
    expect(errorOf(() => component(stack, { compute, ...props(stack) }))).toContain(fault);
  });

  test('when it is an adapter that is to be scaled', () => {
    const stack = newStack();
    const adapter = component(stack, { baseComponent: base(stack), adapterData: archive(stack) });
    expect(errorOf(() => adapter.autoScale({ maxCapacity: 2 }))).toContain(
      '`autoScale` is not supported for an adapter: scale its `baseComponent`',
    );
  });

  test('not as an adapter of another', () => {
    const stack = newStack();
    component(stack, { baseComponent: base(stack), adapterData: archive(stack) });
    Template.fromStack(stack).hasResourceProperties('AWS::SageMaker::InferenceComponent', {
      Specification: { BaseInferenceComponentName: 'base', Container: { ArtifactUrl: 's3://models/model.tar.gz' } },
    });
  });
});
