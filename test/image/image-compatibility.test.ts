import { App, Duration, Size, Stack, aws_kms as kms, aws_ecr as ecr, aws_s3 as s3 } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import {
  Algorithm,
  AlgorithmImages,
  BuiltInAlgorithm,
  ContainerImage,
  DeepLearningFramework,
  Endpoint,
  EndpointConfig,
  HyperparameterRange,
  ImagePurpose,
  InferenceComponent,
  InstanceType,
  MetricDefinition,
  Model,
  ModelApprovalStatus,
  ModelData,
  ModelPackage,
  ModelPackageGroup,
  Objective,
  Processor,
  ProductionVariant,
  Script,
  TrainingInput,
  TrainingJob,
  type TrainingJobProps,
  TrainingResources,
  TransformInput,
  TransformJob,
  TransformOutput,
  TransformResources,
  type TuningDefinition,
  TuningJob,
} from '../../lib';
import {
  ACCOUNT,
  IMAGE_DIRECTORY,
  PlainImage,
  REGION,
  algorithmProps,
  errorOf,
  image,
  newStack,
  placedStack,
  startJson,
} from '../stacks';

const { ML_M5_LARGE: M5, ML_G5_XLARGE: G5, ML_INF2_XLARGE: INF2, ML_C7G_LARGE: GRAVITON } = InstanceType;
const INFERENCE = { contentTypes: ['text/csv'], responseMimeTypes: ['text/csv'] };

/** The constructs that run an image on an instance type, each in the form of a function that creates one. */
const USES: Record<string, (stack: Stack, one: ContainerImage, type: InstanceType) => unknown> = {
  'a training job': (stack, one, type) => job(stack, { image: one, resources: TrainingResources.of(type) }),
  'a tuning job': (stack, one, type) => tuning(stack, { image: one, resources: TrainingResources.of(type) }),
  'an algorithm': (stack, one, type) =>
    new Algorithm(
      stack,
      'Algorithm',
      algorithmProps({
        images: AlgorithmImages.trainingOnly(one),
        inference: undefined,
        trainingInstanceTypes: [type],
      }),
    ),
  'the variant of a model': (stack, one, type) =>
    ProductionVariant.instances('main', { model: new Model(stack, 'Model', { image: one }), instanceType: type }),
  'a transform job': (stack, one, type) => transform(stack, new Model(stack, 'Model', { image: one }), type),
  'a model package': (stack, one, type) =>
    new ModelPackage(stack, 'Version', {
      group: new ModelPackageGroup(stack, 'Group'),
      image: one,
      inference: { ...INFERENCE, realtimeInstanceTypes: [type] },
    }),
  'an additional inference specification': (stack, one, type) =>
    new ModelPackage(stack, 'Version', {
      group: new ModelPackageGroup(stack, 'Group'),
      image: image(),
      inference: INFERENCE,
      additionalInferenceSpecifications: [
        { name: 'other', containers: [{ image: one }], transformInstanceTypes: [type] },
      ],
    }),
  'the container of an inference component': (stack, one, type) =>
    component(stack, type, { container: { image: one } }),
  'the model of an inference component': (stack, one, type) =>
    component(stack, type, { model: new Model(stack, 'Model', { image: one }) }),
};

function job(stack: Stack, props: Partial<TrainingJobProps> = {}): TrainingJob {
  return new TrainingJob(stack, 'Job', {
    image: props.algorithm === undefined ? image() : undefined,
    resources: TrainingResources.of(M5),
    ...props,
  });
}

function tuning(stack: Stack, definition: Pick<TuningDefinition, 'image' | 'resources'>): TuningJob {
  return new TuningJob(stack, 'Job', {
    definitions: [
      {
        image: image(),
        metrics: [MetricDefinition.of('loss', 'loss=(.*)')],
        objective: Objective.minimize('loss'),
        ranges: [HyperparameterRange.continuous('eta', { min: 0, max: 1 })],
        ...definition,
      },
    ],
  });
}

function withJob(props: Partial<TrainingJobProps>): Stack {
  const stack = newStack();
  job(stack, props);
  return stack;
}

const bucket = (stack: Stack): s3.IBucket => s3.Bucket.fromBucketName(stack, 'Bucket', 'data');

function transform(stack: Stack, model: Model, type = M5): TransformJob {
  return new TransformJob(stack, 'Transform', {
    model,
    input: TransformInput.fromBucket(bucket(stack), 'in/'),
    output: TransformOutput.toBucket(s3.Bucket.fromBucketName(stack, 'Out', 'out'), 'out'),
    resources: TransformResources.of(type),
  });
}

function component(
  stack: Stack,
  instanceType: InstanceType,
  source: { model: Model } | { container: { image: ContainerImage; modelData?: ModelData } },
): InferenceComponent {
  const variants = [ProductionVariant.inferenceComponents('shared', { instanceType })];
  return new InferenceComponent(stack, 'Component', {
    endpoint: new Endpoint(stack, 'Endpoint', { endpointConfig: new EndpointConfig(stack, 'Config', { variants }) }),
    variantName: 'shared',
    compute: { minMemory: Size.gibibytes(1) },
    ...source,
  });
}

describe.each(Object.entries(USES))('The image of %s', (_, use) => {
  test.each([
    ['requires a GPU', { processor: Processor.GPU }, M5, 'ml.m5.large has no GPU, which the image requires'],
    ['requires a GPU', { processor: Processor.GPU }, INF2, 'ml.inf2.xlarge has no GPU'],
    ['requires Neuron', { processor: Processor.NEURON }, M5, 'ml.m5.large has no AWS Neuron accelerator'],
    ['requires Neuron', { processor: Processor.NEURON }, G5, 'ml.g5.xlarge has no AWS Neuron accelerator'],
  ])('that %s (%j) is rejected on %s', (_requirement, characteristics, type, error) => {
    const own = new PlainImage('example.com/own:1', characteristics);
    expect(errorOf(() => use(newStack(), own, type))).toContain(error);
  });

  test('that is built for x86_64 is rejected on a Graviton instance', () => {
    const own = ContainerImage.fromAsset(IMAGE_DIRECTORY);
    expect(errorOf(() => use(newStack(), own, GRAVITON))).toContain('ml.c7g.large has the architecture arm64');
  });

  test('that requires nothing runs on every instance type', () => {
    for (const type of [M5, G5, INF2, GRAVITON]) expect(() => use(newStack(), image(), type)).not.toThrow();
  });

  test('that runs on the instance type is accepted', () => {
    const requiring = (processor: Processor): ContainerImage => new PlainImage('example.com/own:1', { processor });
    expect(() => use(newStack(), requiring(Processor.GPU), G5)).not.toThrow();
    expect(() => use(newStack(), requiring(Processor.NEURON), INF2)).not.toThrow();
  });
});

describe.each(Object.entries(USES))('The region of the image of %s', (_, use) => {
  const uri = (region: string): string => `${ACCOUNT}.dkr.ecr.${region}.amazonaws.com/churn:1`;

  test('must be that of the stack', () => {
    const other = ContainerImage.fromRegistry(uri('us-east-1'));
    expect(errorOf(() => use(placedStack(), other, M5))).toContain(
      'is in region us-east-1, and this stack in eu-west-1, and SageMaker only pulls images of its own region. Build the image ' +
        'with ContainerImage.fromAsset(), which pushes it to the region of each stack, or replicate the repository',
    );
    expect(() => use(placedStack(), ContainerImage.fromRegistry(uri(REGION)), M5)).not.toThrow();
  });

  test('is not validated in a stack whose region is only known at deployment', () => {
    expect(() => use(newStack(), ContainerImage.fromRegistry(uri('us-east-1')), M5)).not.toThrow();
  });

  test('is that of an imported repository', () => {
    const stack = placedStack();
    const arn = `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/churn`;
    const repository = ecr.Repository.fromRepositoryArn(stack, 'Repository', arn);
    const other = ContainerImage.fromEcrRepository(repository, { tag: '1' });
    expect(errorOf(() => use(stack, other, M5))).toContain('in region us-east-1, and this stack in eu-west-1');
  });
});

describe('An image that AWS provides', () => {
  const pytorch = (purpose: ImagePurpose): ContainerImage =>
    ContainerImage.fromDeepLearningContainer(DeepLearningFramework.PYTORCH, {
      purpose,
      version: '2.5.1',
      processor: Processor.CPU,
    });

  test('for inference is rejected in a training job', () => {
    expect(errorOf(() => job(newStack(), { image: pytorch(ImagePurpose.INFERENCE) }))).toContain(
      '`image` must be an image for training, got an image that AWS provides for inference: use `purpose: ImagePurpose.TRAINING`',
    );
  });

  test('for training is rejected in a model', () => {
    const model = (): Model => new Model(newStack(), 'Model', { image: pytorch(ImagePurpose.TRAINING) });
    expect(errorOf(model)).toContain('`image` must be an image for inference');
  });

  test('is also recognized by its URI', () => {
    const uri = '763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-training:2.5.1-gpu-py311';
    const model = (): Model => new Model(newStack(), 'Model', { image: ContainerImage.fromRegistry(uri) });
    expect(errorOf(model)).toContain('`image` must be an image for inference');
    const training = (): TrainingJob => job(newStack(), { image: ContainerImage.fromRegistry(uri) });
    expect(errorOf(training)).toContain('ml.m5.large has no GPU');
  });

  test('for training and inference is accepted in both', () => {
    const xgboost = ContainerImage.fromBuiltInAlgorithm(BuiltInAlgorithm.XGBOOST, {
      purpose: ImagePurpose.TRAINING,
      version: '1.7-1',
    });
    const stack = newStack();
    expect(() => job(stack, { image: xgboost })).not.toThrow();
    expect(() => new Model(stack, 'Model', { image: xgboost })).not.toThrow();
  });

  test('for Neuron is rejected on an instance without an accelerator', () => {
    const neuron = ContainerImage.fromDeepLearningContainer(DeepLearningFramework.DJL_NEURONX, {
      purpose: ImagePurpose.INFERENCE,
      version: '0.24.0',
    });
    const model = new Model(newStack(), 'Model', { image: neuron });
    expect(errorOf(() => ProductionVariant.instances('main', { model, instanceType: M5 }))).toContain(
      'ml.m5.large has no AWS Neuron accelerator',
    );
  });

  test('for all processors runs on instance types other than the one that selected it', () => {
    const xgboost = ContainerImage.fromBuiltInAlgorithm(BuiltInAlgorithm.XGBOOST, {
      purpose: ImagePurpose.TRAINING,
      version: '1.7-1',
      instanceType: G5,
    });
    expect(() => job(newStack(), { image: xgboost })).not.toThrow();
  });
});

describe('A script', () => {
  const script = (): Script => Script.fromDirectory(IMAGE_DIRECTORY, 'Dockerfile');
  const provided = (family: DeepLearningFramework, version: string, baseFramework?: string): ContainerImage =>
    ContainerImage.fromDeepLearningContainer(family, {
      purpose: ImagePurpose.INFERENCE,
      version,
      baseFramework,
      processor: Processor.CPU,
    });

  test.each([
    ['PyTorch', () => provided(DeepLearningFramework.PYTORCH, '2.5.1')],
    ['TensorFlow', () => provided(DeepLearningFramework.TENSORFLOW, '2.18.0')],
    ['MXNet', () => provided(DeepLearningFramework.MXNET, '1.9.0')],
    ['Hugging Face', () => provided(DeepLearningFramework.HUGGING_FACE, '4.49.0', 'pytorch2.6.0')],
  ])('from a directory is rejected for the inference image of %s, which does not download it', (_, one) => {
    const model = (source: Script): Model => new Model(newStack(), 'Model', { image: one(), script: source });
    expect(errorOf(() => model(script()))).toContain(
      '`script` must be part of the model data, since the image does not download it: write the script to the folder `code` of ' +
        'the model artifact (a training script writes it to /opt/ml/model/code), and use Script.fromModel()',
    );
    expect(() => model(Script.fromModel('inference.py'))).not.toThrow();
  });

  test('from a directory is accepted for the inference image of scikit-learn, which downloads it', () => {
    const options = { purpose: ImagePurpose.INFERENCE, version: '1.2-1' };
    const sklearn = ContainerImage.fromBuiltInAlgorithm(BuiltInAlgorithm.SCIKIT_LEARN, options);
    expect(() => new Model(newStack(), 'Model', { image: sklearn, script: script() })).not.toThrow();
  });

  test('for an own image causes a warning', () => {
    const stack = newStack();
    job(stack, { script: script() });
    const ignored = Match.stringLikeRegexp(
      'it ignores `script` unless it contains the SageMaker training or inference',
    );
    Annotations.fromStack(stack).hasWarning('/Stack/Job', ignored);
  });
});

describe('Local storage', () => {
  const volumeEncryptionKey = (stack: Stack): kms.IKey => new kms.Key(stack, 'Key');
  const error =
    '`volumeEncryptionKey` is not supported for ml.g5.xlarge, whose local storage is encrypted by the hardware';

  test('excludes a KMS key of training instances', () => {
    const stack = newStack();
    const options = { volumeEncryptionKey: volumeEncryptionKey(stack) };
    expect(errorOf(() => TrainingResources.of(G5, options))).toContain(error);
    const groups = [M5, G5].map((instanceType, index) => ({ name: `group-${index}`, instanceType }));
    expect(errorOf(() => TrainingResources.ofGroups(groups, options))).toContain(error);
    expect(() => TrainingResources.of(M5, options)).not.toThrow();
  });

  test('excludes a KMS key of transform instances', () => {
    const stack = newStack();
    const options = { volumeEncryptionKey: volumeEncryptionKey(stack) };
    expect(errorOf(() => TransformResources.of(G5, options))).toContain(error);
    expect(() => TransformResources.of(M5, options)).not.toThrow();
  });
});

describe('A warm pool', () => {
  const keepAlive = Duration.minutes(30);

  test('is rejected for a heterogeneous cluster', () => {
    const groups = [{ name: 'one', instanceType: M5 }];
    expect(errorOf(() => TrainingResources.ofGroups(groups, { keepAlive }))).toContain(
      '`keepAlive` is not supported for a heterogeneous cluster',
    );
  });

  test('is rejected for Spot Instances', () => {
    const resources = TrainingResources.of(M5, { keepAlive });
    expect(errorOf(() => job(newStack(), { resources, useSpotInstances: true }))).toContain(
      '`useSpotInstances` must not be set with `keepAlive` of `resources`: Spot Instances are not kept alive',
    );
    expect(startJson(withJob({ resources }), 'Custom::SageMakerTrainingJob', 'Request')).toMatchObject({
      ResourceConfig: { KeepAlivePeriodInSeconds: 1800 },
    });
  });

  test('of a tuning job causes a warning', () => {
    const stack = newStack();
    tuning(stack, { resources: TrainingResources.of(M5, { keepAlive }) });
    Annotations.fromStack(stack).hasWarning('/Stack/Job', Match.stringLikeRegexp('`keepAlive` has no effect'));
  });
});

describe('Data in another region', () => {
  const remote = (stack: Stack): s3.IBucket =>
    s3.Bucket.fromBucketAttributes(stack, 'Remote', { bucketName: 'remote', region: 'us-east-1' });
  const USERS: Record<string, (stack: Stack) => unknown> = {
    'the input of a training job': (stack) =>
      job(stack, { inputs: { train: TrainingInput.fromBucket(remote(stack), 'train/') } }),
    'the manifest of a training job': (stack) =>
      job(stack, { inputs: { train: TrainingInput.fromManifest(remote(stack), 'train.json') } }),
    'the archive of a model': (stack) =>
      new Model(stack, 'Model', { image: image(), modelData: ModelData.fromObject(remote(stack), 'm.tar.gz') }),
    'the files of a model': (stack) =>
      new Model(stack, 'Model', { image: image(), modelData: ModelData.fromUncompressedPrefix(remote(stack), 'm') }),
    'the model data of a container of a model package': (stack) =>
      new ModelPackage(stack, 'Version', {
        group: new ModelPackageGroup(stack, 'Group'),
        containers: [{ image: image(), modelData: ModelData.fromObject(remote(stack), 'm.tar.gz') }],
        inference: INFERENCE,
      }),
    'the model data of an inference component': (stack) =>
      component(stack, M5, {
        container: { image: image(), modelData: ModelData.fromObject(remote(stack), 'm.tar.gz') },
      }),
    'the model data of a model package': (stack) =>
      new ModelPackage(stack, 'Version', {
        group: new ModelPackageGroup(stack, 'Group'),
        image: image(),
        modelData: ModelData.fromObject(remote(stack), 'm.tar.gz'),
        inference: INFERENCE,
      }),
    'the input of a transform job': (stack) =>
      new TransformJob(stack, 'Transform', {
        model: new Model(stack, 'Model', { image: image() }),
        input: TransformInput.fromBucket(remote(stack), 'in/'),
        output: TransformOutput.toBucket(bucket(stack), 'out'),
        resources: TransformResources.of(M5),
      }),
  };

  test.each(Object.entries(USERS))('is rejected as %s', (_, use) => {
    expect(errorOf(() => use(placedStack()))).toContain(
      'bucket Stack/Remote is in region us-east-1, and this stack in eu-west-1, and SageMaker only reads data of its own region',
    );
    expect(() => use(newStack())).not.toThrow();
  });
});

describe('A model artifact', () => {
  test('of a job in another region is rejected, with the way to use it', () => {
    const app = new App();
    const train = new Stack(app, 'Train', { env: { account: ACCOUNT, region: 'us-east-1' } });
    const serve = new Stack(app, 'Serve', { env: { account: ACCOUNT, region: REGION } });
    const { modelData } = job(train);
    expect(errorOf(() => new Model(serve, 'Model', { image: image(), modelData }))).toBe(
      `The model artifact of job Train/Job (account ${ACCOUNT}, region us-east-1) cannot be used by Serve/Model, which is in ` +
        `another environment (account ${ACCOUNT}, region ${REGION}): SageMaker reads the model data of a model from its own region, ` +
        'and a stack only knows the jobs of its own account. Copy the artifact to a bucket of that environment after the ' +
        'deployment, and use it with ModelData.fromObject(), or run the job in that environment.',
    );
  });
});

test('An algorithm in another region is rejected by a training job', () => {
  const stack = placedStack();
  const arn = `arn:aws:sagemaker:us-east-1:${ACCOUNT}:algorithm/churn`;
  const algorithm = Algorithm.fromAlgorithmArn(stack, 'Algorithm', arn);
  expect(errorOf(() => job(stack, { algorithm }))).toContain(
    '`algorithm` Stack/Algorithm is in region us-east-1, and this stack in eu-west-1: a job must be in the region of its algorithm',
  );
});

test('A model package in another region is rejected by a model', () => {
  const stack = placedStack();
  const arn = `arn:aws:sagemaker:us-east-1:${ACCOUNT}:model-package/churn/1`;
  const modelPackage = ModelPackage.fromModelPackageArn(stack, 'Version', arn);
  expect(errorOf(() => new Model(stack, 'Model', { modelPackage }))).toContain(
    '`modelPackage` Stack/Version is in region us-east-1, and this stack in eu-west-1: a model must be in the region of its model package',
  );
});

describe('A serverless variant', () => {
  const serverless = (model: Model): ProductionVariant =>
    ProductionVariant.serverless('main', { model, memory: Size.gibibytes(2), maxConcurrency: 5 });

  test('rejects an own image in the registry of another account', () => {
    const uri = (account: string): string => `${account}.dkr.ecr.${REGION}.amazonaws.com/churn:1`;
    const model = (account: string): Model =>
      new Model(placedStack(), 'Model', { image: ContainerImage.fromRegistry(uri(account)) });
    expect(errorOf(() => serverless(model('999988887777')))).toContain(
      '`model` Stack/Model is not supported for a serverless variant: its image is in the Amazon ECR registry of another account',
    );
    expect(() => serverless(model(ACCOUNT))).not.toThrow();
  });

  test('accepts an image that AWS provides, which is in the registry of another account', () => {
    const uri = `763104351884.dkr.ecr.${REGION}.amazonaws.com/pytorch-inference:2.5.1-cpu-py311`;
    const model = new Model(placedStack(), 'Model', { image: ContainerImage.fromRegistry(uri) });
    expect(() => serverless(model)).not.toThrow();
  });

  test('rejects uncompressed model data', () => {
    const stack = newStack();
    const modelData = ModelData.fromUncompressedPrefix(bucket(stack), 'model/');
    expect(errorOf(() => serverless(new Model(stack, 'Model', { image: image(), modelData })))).toContain(
      'its model data is not an archive',
    );
  });

  test('rejects a model package with uncompressed model data and an image of another account', () => {
    const stack = placedStack();
    const modelPackage = new ModelPackage(stack, 'Version', {
      group: new ModelPackageGroup(stack, 'Group'),
      approvalStatus: ModelApprovalStatus.APPROVED,
      image: ContainerImage.fromRegistry(`999988887777.dkr.ecr.${REGION}.amazonaws.com/churn:1`),
      modelData: ModelData.fromUncompressedPrefix(bucket(stack), 'model/'),
      inference: INFERENCE,
    });
    const error = errorOf(() => serverless(new Model(stack, 'Model', { modelPackage })));
    expect(error).toContain('its image is in the Amazon ECR registry of another account');
    expect(error).toContain('its model data is not an archive');
  });
});

test('A transform job rejects a model with uncompressed model data', () => {
  const stack = newStack();
  const models = s3.Bucket.fromBucketName(stack, 'Models', 'models');
  const modelData = ModelData.fromUncompressedPrefix(models, 'model/');
  const model = new Model(stack, 'Model', { image: image(), modelData });
  expect(errorOf(() => transform(stack, model))).toContain(
    '`model` Stack/Model must have its model data in an archive (`.tar.gz`): a transform job does not support uncompressed model data',
  );
});

test('Managed instance scaling is rejected for a variant that hosts a model', () => {
  const model = new Model(newStack(), 'Model', { image: image() });
  const options = { model, instanceType: M5, managedScaling: { minInstanceCount: 1, maxInstanceCount: 2 } };
  expect(errorOf(() => ProductionVariant.instances('main', options))).toContain(
    '`managedScaling` is only supported for inference components',
  );
});
