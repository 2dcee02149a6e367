import {
  Duration,
  Size,
  type Stack,
  aws_ec2 as ec2,
  aws_efs as efs,
  aws_fsx as fsx,
  aws_kms as kms,
  aws_lambda as lambda,
  aws_s3 as s3,
} from 'aws-cdk-lib';
import {
  Algorithm,
  AlgorithmImages,
  type AlgorithmProps,
  AlgorithmProvisioning,
  AssembleWith,
  BatchStrategy,
  Channel,
  ContainerImage,
  ContentCompression,
  Hyperparameter,
  HyperparameterRange,
  InputMode,
  InstanceType,
  JobWait,
  JoinSource,
  MetricDefinition,
  Model,
  ModelData,
  Objective,
  ProcessingInput,
  ProcessingJob,
  type ProcessingJobProps,
  ProcessingOutput,
  ProcessingResources,
  ProcessingUploadMode,
  Profiler,
  S3DataDistribution,
  S3Location,
  ScalingType,
  SplitType,
  TrainingInput,
  TrainingJob,
  type TrainingJobProps,
  TrainingOutput,
  TrainingOutputCompression,
  TrainingResources,
  TransformAmi,
  TransformInput,
  TransformJob,
  type TransformJobProps,
  TransformOutput,
  TransformResources,
  type TuningDefinition,
  TuningJob,
  type TuningJobProps,
  TuningStrategy,
  ValidationProfile,
  WarmStart,
} from '../lib';
import { algorithmProps, image, newAlgorithm } from './stacks';

type PropsOf<Props = TrainingJobProps> = (stack: Stack) => Partial<Props>;

function once<T>(stack: Stack, id: string, make: () => T): T {
  return (stack.node.tryFindChild(id) as T | undefined) ?? make();
}
const bucket = (stack: Stack): s3.IBucket => once(stack, 'Data', () => new s3.Bucket(stack, 'Data'));
const key = (stack: Stack): kms.IKey => once(stack, 'Key', () => new kms.Key(stack, 'Key'));
const vpc = (stack: Stack): ec2.IVpc => once(stack, 'Vpc', () => new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 }));
const prefix = (stack: Stack, options: Parameters<typeof TrainingInput.fromBucket>[2] = {}): TrainingInput =>
  TrainingInput.fromBucket(bucket(stack), 'train/', options);
const input =
  (options: Parameters<typeof TrainingInput.fromBucket>[2]): PropsOf =>
  (stack) => ({
    inputs: { train: prefix(stack, options) },
  });
const resources =
  (type: InstanceType, options: Parameters<typeof TrainingResources.of>[1] = {}): PropsOf =>
  () => ({
    resources: TrainingResources.of(type, options),
  });

/** Training jobs that together use every property. */
const PLAN = 'arn:aws:sagemaker:eu-west-1:111122223333:training-plan/p5-in-may';
const PREFERENCES = [{ instanceType: InstanceType.ML_G5_12XLARGE }, { instanceType: InstanceType.ML_G6_12XLARGE }];

const TRAINING_JOBS: Record<string, PropsOf> = {
  'only an image': () => ({}),
  'a key prefix': input({}),
  'a content type': input({ contentType: 'text/csv' }),
  'sharded by S3 key': input({ distribution: S3DataDistribution.SHARDED_BY_S3_KEY }),
  'fully replicated': input({ distribution: S3DataDistribution.FULLY_REPLICATED }),
  'FastFile mode': input({ inputMode: InputMode.FAST_FILE }),
  'Pipe mode': input({ inputMode: InputMode.PIPE }),
  'Pipe mode with Gzip compression': input({ inputMode: InputMode.PIPE, compression: ContentCompression.GZIP }),
  'Pipe mode with RecordIO wrapping': input({ inputMode: InputMode.PIPE, recordIoWrapped: true }),
  'a shuffle seed': input({ inputMode: InputMode.PIPE, shuffleSeed: 0 }),
  'a manifest': (stack) => ({ inputs: { train: TrainingInput.fromManifest(bucket(stack), 'manifest.json') } }),
  'an augmented manifest': (stack) => ({
    inputs: {
      train: TrainingInput.fromAugmentedManifest(bucket(stack), 'a.json', {
        attributeNames: ['source-ref'],
        recordIoWrapped: true,
      }),
    },
  }),
  'several channels': (stack) => ({
    inputs: { train: prefix(stack), validation: prefix(stack), 'a.b-c_d': prefix(stack) },
  }),
  EFS: (stack) => ({
    vpc: vpc(stack),
    inputs: { train: TrainingInput.fromEfs(new efs.FileSystem(stack, 'Efs', { vpc: vpc(stack) }), '/train') },
  }),
  'FSx for Lustre': (stack) => ({
    vpc: vpc(stack),
    inputs: {
      train: TrainingInput.fromFsxLustre(
        fsx.LustreFileSystem.fromLustreFileSystemAttributes(stack, 'Fsx', {
          dnsName: 'fs',
          fileSystemId: 'fs-0123456789abcdef0',
          securityGroup: new ec2.SecurityGroup(stack, 'FsxGroup', { vpc: vpc(stack) }),
        }),
        '/mount/train',
      ),
    },
  }),
  hyperparameters: () => ({ hyperparameters: { eta: '0.1', name: '', objective: 'binary:logistic' } }),
  environment: () => ({ environment: { LOG_LEVEL: 'debug', EMPTY: '' } }),
  entrypoint: () => ({ entrypoint: ['python', 'train.py'] }),
  arguments: () => ({ arguments: ['--fast', '--epochs=3'] }),
  'entrypoint and arguments': () => ({ entrypoint: ['python'], arguments: ['train.py'] }),
  metrics: () => ({ metrics: [MetricDefinition.of('auc', 'auc=([0-9.]+)')] }),
  'several instances': resources(InstanceType.ML_G5_12XLARGE, { instanceCount: 4 }),
  'a large volume': resources(InstanceType.ML_M5_LARGE, { volumeSize: Size.gibibytes(500) }),
  'an encrypted volume': (stack) => resources(InstanceType.ML_M5_LARGE, { volumeEncryptionKey: key(stack) })(stack),
  'a warm pool': resources(InstanceType.ML_M5_LARGE, { keepAlive: Duration.hours(1) }),
  'a maximum run time': () => ({ maxRuntime: Duration.minutes(5) }),
  'a maximum run time of 28 days without a wait': () => ({ maxRuntime: Duration.days(28), wait: JobWait.none() }),
  'a job that may exceed its maximum run time': () => ({
    maxRuntime: Duration.hours(1),
    allowMaxRuntimeExceeded: true,
  }),
  'Spot Instances': () => ({ maxRuntime: Duration.hours(1), useSpotInstances: true, maxWaitTime: Duration.hours(3) }),
  'Spot Instances with checkpoints': (stack) => ({
    maxRuntime: Duration.hours(1),
    useSpotInstances: true,
    maxWaitTime: Duration.hours(3),
    checkpoints: { location: S3Location.fromBucket(bucket(stack), 'checkpoints/') },
  }),
  'checkpoints with a local path': (stack) => ({
    checkpoints: { location: S3Location.fromBucket(bucket(stack), 'c/'), localPath: '/opt/ml/state' },
  }),
  retries: () => ({ maxRetryAttempts: 30 }),
  'a VPC': (stack) => ({ vpc: vpc(stack) }),
  'subnets and security groups': (stack) => ({
    vpc: vpc(stack),
    vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
    securityGroups: [new ec2.SecurityGroup(stack, 'Own', { vpc: vpc(stack) })],
  }),
  'network isolation': () => ({ networkIsolation: true }),
  'encrypted inter-container traffic': () => ({ encryptInterContainerTraffic: true }),
  'an output with a KMS key': (stack) => ({
    output: TrainingOutput.toBucket(bucket(stack), 'models', { encryptionKey: key(stack) }),
  }),
  'an uncompressed output': (stack) => ({
    output: TrainingOutput.toBucket(bucket(stack), 'models', { compression: TrainingOutputCompression.NONE }),
  }),
  'a name and a revision': () => ({ trainingJobName: 'Churn', revision: '2' }),
  'instance groups': (stack) => ({
    resources: TrainingResources.ofGroups([
      { name: 'compute', instanceType: InstanceType.ML_G5_12XLARGE, instanceCount: 2 },
      { name: 'data', instanceType: InstanceType.ML_M5_LARGE },
    ]),
    inputs: { train: prefix(stack, { instanceGroups: ['data'] }) },
  }),
  'preferred instance types': () => ({
    resources: TrainingResources.preferring(PREFERENCES, { instanceCount: 2 }),
  }),
  'preferred instance types with training plans': () => ({
    resources: TrainingResources.preferring(
      PREFERENCES.map((preference) => ({ ...preference, instanceCount: 2, trainingPlanArn: PLAN })),
    ),
  }),
  'a training plan': resources(InstanceType.ML_G5_12XLARGE, {
    trainingPlanArn: PLAN,
  }),
  TensorBoard: (stack) => ({
    tensorBoard: { location: S3Location.fromBucket(bucket(stack), 'tensorboard/'), localPath: '/opt/ml/output/events' },
  }),
  'a profiler': (stack) => ({
    profiler: Profiler.toBucket(bucket(stack), 'profile', {
      interval: Duration.seconds(1),
      parameters: { DataloaderProfilingConfig: '{"StartStep": 1}' },
    }),
  }),
  'a disabled profiler': () => ({ profiler: Profiler.disabled() }),
  'remote debugging': () => ({ remoteDebug: true }),
  MLflow: () => ({
    mlflow: {
      resourceArn: 'arn:aws:sagemaker:eu-west-1:111122223333:mlflow-tracking-server/churn',
      experimentName: 'churn',
      runName: 'first',
    },
  }),
  'an infrastructure check and a time series of the metrics': () => ({ infraCheck: true, metricsTimeSeries: true }),
  'a maximum pending time': () => ({ maxPendingTime: Duration.hours(2) }),
  'an experiment': () => ({
    experiment: { experimentName: 'churn', trialName: 'first', trialComponentDisplayName: 'train', runName: 'run-1' },
  }),
  'an image in a private registry': (stack) => ({
    image: ContainerImage.fromPrivateRegistry('registry.example.com/churn:1', {
      credentialsProvider: lambda.Function.fromFunctionAttributes(stack, 'Credentials', {
        functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:credentials',
        sameEnvironment: true,
      }),
    }),
    vpc: vpc(stack),
  }),
  'an image in Amazon ECR': () => ({
    image: ContainerImage.fromRegistry('111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn:1'),
  }),
  'an algorithm of the stack': (stack) => ({
    image: undefined,
    algorithm: newAlgorithm(stack),
    inputs: { train: prefix(stack) },
    hyperparameters: { max_depth: '7' },
  }),
  'an algorithm with Pipe mode': (stack) => ({
    image: undefined,
    algorithm: newAlgorithm(stack, {
      images: AlgorithmImages.split({ training: image('a'), inference: image('b') }),
      channels: [Channel.of('train', { inputModes: [InputMode.PIPE, InputMode.FILE] })],
    }),
    inputs: { train: prefix(stack) },
  }),
  'an algorithm from AWS Marketplace': (stack) => ({
    image: undefined,
    algorithm: Algorithm.fromAlgorithmArn(
      stack,
      'Subscribed',
      'arn:aws:sagemaker:eu-west-1:999988887777:algorithm/churn',
    ),
  }),
};

const AUC = MetricDefinition.of('auc', 'auc=([0-9.]+)');

/** Inputs from Amazon S3 that together have every option. */
const s3Inputs = (stack: Stack): { [channel: string]: TrainingInput } => ({
  train: prefix(stack, {
    contentType: 'text/csv',
    inputMode: InputMode.PIPE,
    compression: ContentCompression.GZIP,
    recordIoWrapped: true,
    shuffleSeed: 7,
    instanceGroups: ['data'],
  }),
  images: TrainingInput.fromAugmentedManifest(bucket(stack), 'a.json', { attributeNames: ['source-ref'] }),
});
const groups = (stack: Stack): TrainingResources =>
  TrainingResources.ofGroups([{ name: 'data', instanceType: InstanceType.ML_M5_XLARGE }], {
    volumeEncryptionKey: key(stack),
    trainingPlanArn: PLAN,
  });

/** A definition of a tuning job with the required properties. */
export function tuningDefinition(overrides: Partial<TuningDefinition> = {}): TuningDefinition {
  return {
    image: image(),
    metrics: [AUC],
    objective: Objective.maximize('auc'),
    ranges: [HyperparameterRange.continuous('eta', { min: 0.01, max: 0.5 })],
    resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
    ...overrides,
  };
}
const withDefinition =
  (make: PropsOf<TuningDefinition>): PropsOf<TuningJobProps> =>
  (stack) => ({ definitions: [tuningDefinition(make(stack))] });

/** Tuning jobs that together use every property. */
const TUNING_JOBS: Record<string, PropsOf<TuningJobProps>> = {
  'one range': () => ({}),
  'every type of range': withDefinition(() => ({
    ranges: [
      HyperparameterRange.integer('depth', { min: 1, max: 64, scaling: ScalingType.LOGARITHMIC }),
      HyperparameterRange.continuous('momentum', { min: 0, max: 0.99, scaling: ScalingType.REVERSE_LOGARITHMIC }),
      HyperparameterRange.continuous('eta', { min: 0.1, max: 0.5, scaling: ScalingType.LINEAR }),
      HyperparameterRange.categorical('objective', ['a', 'b']),
    ],
    hyperparameters: { epochs: '3' },
  })),
  'grid search': () => ({
    strategy: TuningStrategy.GRID,
    definitions: [tuningDefinition({ ranges: [HyperparameterRange.categorical('booster', ['tree', 'linear'])] })],
  }),
  'random search': () => ({ strategy: TuningStrategy.RANDOM, randomSeed: 7, earlyStopping: true }),
  Hyperband: () => ({ strategy: TuningStrategy.hyperband({ minResource: 1, maxResource: 27 }) }),
  limits: () => ({ maxTrainingJobs: 50, maxParallelTrainingJobs: 5, maxRuntime: Duration.hours(3) }),
  'completion criteria': () => ({
    targetObjectiveValue: 0.99,
    maxTrainingJobsNotImproving: 5,
    completeOnConvergence: true,
  }),
  'a warm start with identical data and algorithm': () => ({
    warmStart: WarmStart.identicalDataAndAlgorithm('earlier-1', 'earlier-2'),
  }),
  'a warm start with transfer learning': () => ({ warmStart: WarmStart.transferLearning('earlier-1') }),
  autotune: () => ({
    autotune: true,
    definitions: [tuningDefinition({ ranges: [HyperparameterRange.auto('eta', '0.1')] })],
  }),
  'several definitions': (stack) => ({
    definitions: [
      tuningDefinition({ definitionName: 'small', vpc: vpc(stack) }),
      tuningDefinition({ definitionName: 'large', vpc: vpc(stack), environment: { SIZE: 'large' } }),
    ],
  }),
  'Spot Instances with checkpoints and retries': withDefinition((stack) => ({
    maxRuntime: Duration.hours(1),
    useSpotInstances: true,
    maxWaitTime: Duration.hours(2),
    maxRetryAttempts: 2,
    maxPendingTime: Duration.hours(2),
    checkpoints: { location: S3Location.fromBucket(bucket(stack), 'c/') },
    encryptInterContainerTraffic: true,
    networkIsolation: true,
  })),
  'preferred instance types': withDefinition((stack) => ({
    resources: TrainingResources.preferring(
      [
        { instanceType: InstanceType.ML_M5_4XLARGE, instanceCount: 2 },
        { instanceType: InstanceType.ML_C5_2XLARGE, instanceCount: 4 },
      ],
      { volumeEncryptionKey: key(stack) },
    ),
  })),
  'a warm pool': withDefinition(() => ({
    resources: TrainingResources.of(InstanceType.ML_M5_XLARGE, { keepAlive: Duration.hours(1) }),
  })),
  'every kind of input and instance group': withDefinition((stack) => ({
    vpc: vpc(stack),
    inputs: {
      ...s3Inputs(stack),
      shared: TrainingInput.fromEfs(new efs.FileSystem(stack, 'Efs', { vpc: vpc(stack) }), '/train'),
    },
    resources: groups(stack),
    checkpoints: { location: S3Location.fromBucket(bucket(stack), 'c/'), localPath: '/opt/ml/state' },
  })),
  'the tunable hyperparameters of an algorithm': (stack) => ({
    output: TrainingOutput.toBucket(bucket(stack), 'tuned', { encryptionKey: key(stack) }),
    definitions: [
      {
        algorithm: newAlgorithm(stack, {
          hyperparameters: [
            Hyperparameter.integer('max_depth', { min: 1, max: 64, tunable: true }),
            Hyperparameter.continuous('eta', { min: 0.1, max: 1, tunable: true }),
            Hyperparameter.categorical('booster', { values: ['tree', 'linear'], tunable: true, required: true }),
            Hyperparameter.freeText('note'),
          ],
        }),
        inputs: { train: prefix(stack) },
        objective: Objective.maximize('validation:auc'),
        resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
      },
    ],
  }),
  'no wait': () => ({ wait: JobWait.none(), maxRuntime: Duration.days(30), revision: '2' }),
};

/** Transform jobs that together use every property. */
const TRANSFORM_JOBS: Record<string, PropsOf<TransformJobProps>> = {
  'whole objects': () => ({}),
  'batches of lines': (stack) => ({
    input: TransformInput.fromBucket(bucket(stack), 'in/', { contentType: 'text/csv', splitType: SplitType.LINE }),
    output: TransformOutput.toBucket(bucket(stack), 'out', { accept: 'text/csv', assembleWith: AssembleWith.LINE }),
    batchStrategy: BatchStrategy.MULTI_RECORD,
    maxConcurrentTransforms: 10,
    maxPayload: Size.mebibytes(10),
  }),
  'a manifest of compressed RecordIO files': (stack) => ({
    input: TransformInput.fromManifest(bucket(stack), 'm.json', {
      compression: ContentCompression.GZIP,
      splitType: SplitType.RECORD_IO,
    }),
    batchStrategy: BatchStrategy.SINGLE_RECORD,
  }),
  'filters and a join': (stack) => ({
    input: TransformInput.fromBucket(bucket(stack), 'in/', { splitType: SplitType.LINE }),
    dataProcessing: { inputFilter: '$[1:]', outputFilter: '$[0,-1]', joinSource: JoinSource.INPUT },
  }),
  'an unlimited payload': () => ({ maxPayload: Size.mebibytes(0), maxConcurrentTransforms: 0 }),
  'data capture': (stack) => ({
    dataCapture: {
      destination: S3Location.fromBucket(bucket(stack), 'capture/'),
      encryptionKey: key(stack),
      generateInferenceId: true,
    },
  }),
  'KMS keys and several instances': (stack) => ({
    output: TransformOutput.toBucket(bucket(stack), 'out', { encryptionKey: key(stack) }),
    resources: TransformResources.of(InstanceType.ML_M5_XLARGE, {
      instanceCount: 4,
      volumeEncryptionKey: key(stack),
    }),
  }),
  'an experiment and an AMI': () => ({
    experiment: { experimentName: 'churn', trialName: 'first', trialComponentDisplayName: 'score', runName: 'run-1' },
    resources: TransformResources.of(InstanceType.ML_G5_XLARGE, { ami: TransformAmi.AL2_GPU_535 }),
  }),
  'timeout and retries of requests': () => ({ invocationTimeout: Duration.hours(1), invocationMaxRetries: 3 }),
  'environment variables, a name and a revision': () => ({
    environment: { LOG_LEVEL: 'debug' },
    transformJobName: 'Score',
    revision: '2',
    wait: JobWait.none(),
  }),
};

/** Processing jobs that together use every property. */
const PROCESSING_JOBS: Record<string, PropsOf<ProcessingJobProps>> = {
  'only an image': () => ({}),
  'inputs of every kind': (stack) => ({
    inputs: {
      prefix: ProcessingInput.fromBucket(bucket(stack), 'raw/', {
        distribution: S3DataDistribution.SHARDED_BY_S3_KEY,
      }),
      pipe: ProcessingInput.fromManifest(bucket(stack), 'm.json', {
        inputMode: InputMode.PIPE,
        compression: ContentCompression.GZIP,
      }),
      file: ProcessingInput.fromAsset(__filename, { localPath: '/opt/ml/processing/code' }),
      model: ProcessingInput.fromModelData(ModelData.fromObject(bucket(stack), 'model.tar.gz')),
    },
  }),
  'outputs of every kind': (stack) => ({
    outputs: {
      train: ProcessingOutput.toBucket(bucket(stack), 'train'),
      log: ProcessingOutput.toBucket(bucket(stack), 'log', {
        uploadMode: ProcessingUploadMode.CONTINUOUS,
        localPath: '/opt/ml/processing/log',
      }),
      report: ProcessingOutput.toNewBucket(),
    },
    outputEncryptionKey: key(stack),
  }),
  'KMS keys, a large volume and several instances': (stack) => ({
    resources: ProcessingResources.of(InstanceType.ML_M5_XLARGE, {
      instanceCount: 4,
      volumeSize: Size.gibibytes(500),
      volumeEncryptionKey: key(stack),
    }),
    encryptInterContainerTraffic: true,
  }),
  'preferred instance types': () => ({
    resources: ProcessingResources.preferring(PREFERENCES.map((preference) => ({ ...preference, instanceCount: 2 }))),
  }),
  'a VPC and network isolation': (stack) => ({ vpc: vpc(stack), networkIsolation: true }),
  'an entrypoint, arguments and environment variables': () => ({
    entrypoint: ['python3', '/prepare.py'],
    arguments: ['--rows', '10'],
    environment: { LOG_LEVEL: 'debug' },
  }),
  'an experiment': () => ({
    experiment: { experimentName: 'churn', trialName: 'first', trialComponentDisplayName: 'prepare', runName: 'run-1' },
  }),
  'a name, a revision and no wait': () => ({
    processingJobName: 'Prepare',
    revision: '2',
    wait: JobWait.none(),
    maxRuntime: Duration.days(9),
  }),
};

const profile = (
  stack: Stack,
  transform = true,
  resources = TrainingResources.of(InstanceType.ML_M5_XLARGE, { keepAlive: Duration.hours(1) }),
): ValidationProfile =>
  ValidationProfile.of('smoke', {
    training: {
      inputs: { train: prefix(stack, { contentType: 'text/csv' }) },
      output: TrainingOutput.toBucket(bucket(stack), 'validated'),
      resources,
      hyperparameters: { max_depth: '3' },
    },
    transform: transform
      ? {
          input: TransformInput.fromBucket(bucket(stack), 'in/', { splitType: SplitType.LINE }),
          output: TransformOutput.toBucket(bucket(stack), 'validated'),
          resources: TransformResources.of(InstanceType.ML_M5_XLARGE),
          batchStrategy: BatchStrategy.SINGLE_RECORD,
          environment: { LOG_LEVEL: 'debug' },
        }
      : undefined,
  });

/** The properties of an algorithm that both resources for algorithms support. */
const fullAlgorithm = (): Partial<AlgorithmProps> => ({
  description: 'churn',
  certifyForMarketplace: true,
  hyperparameters: [
    Hyperparameter.integer('max_depth', { min: 1, max: 64, tunable: true, description: 'the depth of a tree' }),
    Hyperparameter.continuous('eta', { min: 0, max: 1, required: true }),
    Hyperparameter.categorical('booster', { values: ['tree', 'linear'], defaultValue: 'tree' }),
  ],
  channels: [
    Channel.of('train', {
      description: 'the records',
      inputModes: [InputMode.PIPE],
      compressionTypes: [ContentCompression.GZIP],
    }),
  ],
  inference: {
    ...algorithmProps().inference!,
    environment: { camelCase: '1' },
    containerHostname: 'features',
    framework: 'XGBOOST',
    frameworkVersion: '1.7',
    nearestModelName: 'xgboost',
    dataInputConfig: '{"input": [1, 28]}',
    isCheckpoint: true,
    followingContainers: [{ image: image(), environment: { camelCase: '2' } }],
  },
});

/** An algorithm that CloudFormation creates. */
export const newFullAlgorithm = (stack: Stack): Algorithm => newAlgorithm(stack, fullAlgorithm());

/** Algorithms that a custom resource creates. */
const ALGORITHMS: Record<string, PropsOf<AlgorithmProps>> = {
  'without validation': () => ({ provisioning: AlgorithmProvisioning.CUSTOM_RESOURCE, description: 'churn' }),
  'every property': () => ({ ...fullAlgorithm(), provisioning: AlgorithmProvisioning.CUSTOM_RESOURCE }),
  'every kind of input and instance group for validation': (stack) => ({
    supportsDistributedTraining: true,
    channels: ['train', 'images'].map((name) => Channel.of(name, { inputModes: [InputMode.PIPE] })),
    validationProfiles: [
      ValidationProfile.of('full', {
        training: {
          inputs: s3Inputs(stack),
          resources: groups(stack),
          output: TrainingOutput.toBucket(bucket(stack), 'validated', { encryptionKey: key(stack) }),
        },
        transform: {
          input: TransformInput.fromBucket(bucket(stack), 'in/', { contentType: 'text/csv' }),
          output: TransformOutput.toBucket(bucket(stack), 'out', { accept: 'text/csv', encryptionKey: key(stack) }),
          resources: TransformResources.of(InstanceType.ML_M5_XLARGE, {
            volumeEncryptionKey: key(stack),
            ami: TransformAmi.AL2_GPU_535,
          }),
          maxConcurrentTransforms: 2,
          maxPayload: Size.mebibytes(1),
        },
      }),
    ],
  }),
  'with a training job for validation': (stack) => ({
    images: AlgorithmImages.trainingOnly(image()),
    inference: undefined,
    validationProfiles: [profile(stack, false)],
  }),
  'preferred instance types for validation': (stack) => ({
    supportsDistributedTraining: true,
    trainingInstanceTypes: PREFERENCES.map(({ instanceType }) => instanceType),
    validationProfiles: [
      profile(
        stack,
        true,
        TrainingResources.preferring(
          PREFERENCES.map((preference) => ({ ...preference, instanceCount: 2, trainingPlanArn: PLAN })),
        ),
      ),
    ],
  }),
  'with a training job and a transform job for validation': (stack) => ({
    validationProfiles: [profile(stack)],
    certifyForMarketplace: true,
    inference: { ...algorithmProps().inference!, environment: { camelCase: '1' } },
  }),
};

/** Jobs of each kind by the API operation that creates them, with the type of the custom resource. */
export const JOBS: Record<string, { type: string; noun: string; make: Record<string, (stack: Stack) => unknown> }> = {
  CreateTrainingJob: {
    type: 'Custom::SageMakerTrainingJob',
    noun: 'TrainingJobName',
    make: creators(
      TRAINING_JOBS,
      (stack, props) =>
        new TrainingJob(stack, 'Train', {
          image: image(),
          resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
          ...props,
        }),
    ),
  },
  CreateHyperParameterTuningJob: {
    type: 'Custom::SageMakerTuningJob',
    noun: 'HyperParameterTuningJobName',
    make: creators(
      TUNING_JOBS,
      (stack, props) => new TuningJob(stack, 'Tune', { definitions: [tuningDefinition()], ...props }),
    ),
  },
  CreateTransformJob: {
    type: 'Custom::SageMakerTransformJob',
    noun: 'TransformJobName',
    make: creators(
      TRANSFORM_JOBS,
      (stack, props) =>
        new TransformJob(stack, 'Score', {
          model: new Model(stack, 'Model', { image: image() }),
          input: TransformInput.fromBucket(bucket(stack), 'in/'),
          output: TransformOutput.toBucket(bucket(stack), 'out'),
          resources: TransformResources.of(InstanceType.ML_M5_XLARGE),
          ...props,
        }),
    ),
  },
  CreateProcessingJob: {
    type: 'Custom::SageMakerProcessingJob',
    noun: 'ProcessingJobName',
    make: creators(
      PROCESSING_JOBS,
      (stack, props) =>
        new ProcessingJob(stack, 'Prepare', {
          image: image(),
          resources: ProcessingResources.of(InstanceType.ML_M5_XLARGE),
          ...props,
        }),
    ),
  },
  CreateAlgorithm: {
    type: 'Custom::SageMakerAlgorithm',
    noun: 'AlgorithmName',
    make: creators(ALGORITHMS, (stack, props) => newAlgorithm(stack, props)),
  },
};

function creators<Props>(
  table: Record<string, PropsOf<Props>>,
  make: (stack: Stack, props: Partial<Props>) => unknown,
): Record<string, (stack: Stack) => unknown> {
  return Object.fromEntries(
    Object.entries(table).map(([name, propsOf]) => [name, (stack: Stack) => make(stack, propsOf(stack))]),
  );
}
