import { Duration, Size, type Stack, Tags } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import {
  ContentCompression,
  InputMode,
  InstanceType,
  JobWait,
  MetricDefinition,
  Profiler,
  S3DataDistribution,
  S3Location,
  TrainingInput,
  TrainingJob,
  type TrainingJobProps,
  TrainingOutput,
  TrainingOutputCompression,
  type TrainingOutputOptions,
  TrainingResources,
} from '../../lib';
import { image } from '../stacks';
import {
  type Configurations,
  type Expressed,
  IMAGE_URI,
  KEY_ARN,
  NAME,
  ROLE_ARN,
  type Unsupported,
  bucket,
  key,
  network,
  role,
} from './configurations';

type Props = (stack: Stack) => Partial<TrainingJobProps>;

const output = (stack: Stack, options?: TrainingOutputOptions): TrainingOutput =>
  TrainingOutput.toBucket(bucket(stack), 'output/', options);
export const RESOURCES = TrainingResources.of(InstanceType.ML_M5_LARGE, {
  instanceCount: 1,
  volumeSize: Size.gibibytes(30),
});

const job = (stack: Stack, props: Partial<TrainingJobProps>): TrainingJob =>
  new TrainingJob(stack, 'Train', {
    trainingJobName: NAME,
    role: role(stack),
    image: image(),
    output: output(stack),
    resources: RESOURCES,
    maxRuntime: Duration.hours(1),
    // The provider does not wait for the end of a job.
    wait: JobWait.none(),
    ...props,
  });

/** The blocks that most configurations have in common. */
const COMMON = {
  RoleArn: ROLE_ARN,
  AlgorithmSpecification: { TrainingImage: IMAGE_URI, TrainingInputMode: 'File' },
  // The library drops the slash at the end of an output path, after which SageMaker adds another one.
  OutputDataConfig: { S3OutputPath: `s3://${NAME}/output` },
  ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 30 },
  StoppingCondition: { MaxRuntimeInSeconds: 3600 },
};

const row = (props: Props, expected: object): Expressed => ({
  build: (stack) => job(stack, props(stack)),
  expected: { ...COMMON, ...expected },
});
const overridden = (members: Record<string, unknown>, props: Props = () => ({}), expected: object = {}): Expressed => ({
  build: (stack) => {
    const target = job(stack, props(stack));
    Object.entries(members).forEach(([member, value]) => target.addRequestOverride(member, value));
  },
  expected: { ...COMMON, ...members, ...expected },
  isOverridden: true,
});
const tagged = (tags: Record<string, string>): Expressed => ({
  build: (stack) => {
    const target = job(stack, {});
    Object.entries(tags).forEach(([name, value]) => Tags.of(target).add(name, value));
  },
  expected: COMMON,
  tags,
});

const inVpc = (subnets: string[], seconds: number): Expressed =>
  row((stack) => ({ ...network(stack, subnets.length, 1), maxRuntime: Duration.seconds(seconds) }), {
    StoppingCondition: { MaxRuntimeInSeconds: seconds },
    VpcConfig: { SecurityGroupIds: ['sg-1'], Subnets: subnets },
  });
const inSpotInstances = (options: {
  encrypted: boolean;
  environment: Record<string, string>;
  hyperparameters: Record<string, string>;
  runtime: number;
  waitTime: number;
}): Expressed =>
  row(
    () => ({
      encryptInterContainerTraffic: options.encrypted,
      useSpotInstances: true,
      networkIsolation: false,
      environment: options.environment,
      hyperparameters: options.hyperparameters,
      maxRuntime: Duration.seconds(options.runtime),
      maxWaitTime: Duration.seconds(options.waitTime),
    }),
    {
      EnableInterContainerTrafficEncryption: options.encrypted,
      EnableManagedSpotTraining: true,
      EnableNetworkIsolation: false,
      Environment: options.environment,
      HyperParameters: options.hyperparameters,
      StoppingCondition: { MaxRuntimeInSeconds: options.runtime, MaxWaitTimeInSeconds: options.waitTime },
    },
  );
const checkpoints = (prefix: string): Expressed =>
  row(
    (stack) => ({
      checkpoints: { location: S3Location.fromBucket(bucket(stack), prefix), localPath: '/opt/ml/checkpoints' },
    }),
    { CheckpointConfig: { LocalPath: '/opt/ml/checkpoints', S3Uri: `s3://${NAME}/${prefix}` } },
  );
const tensorBoard = (prefix: string): Expressed =>
  row(
    (stack) => ({
      tensorBoard: { location: S3Location.fromBucket(bucket(stack), prefix), localPath: '/opt/ml/output/tensorboard' },
    }),
    {
      TensorBoardOutputConfig: { LocalPath: '/opt/ml/output/tensorboard', S3OutputPath: `s3://${NAME}/${prefix}` },
    },
  );
const input = (prefix: string): Expressed =>
  row(
    (stack) => ({
      inputs: {
        training: TrainingInput.fromBucket(bucket(stack), prefix, {
          compression: ContentCompression.NONE,
          contentType: 'text/csv',
          inputMode: InputMode.FILE,
          recordIoWrapped: false,
          distribution: S3DataDistribution.FULLY_REPLICATED,
        }),
      },
    }),
    {
      InputDataConfig: [
        {
          ChannelName: 'training',
          CompressionType: 'None',
          ContentType: 'text/csv',
          InputMode: 'File',
          DataSource: {
            S3DataSource: {
              S3DataDistributionType: 'FullyReplicated',
              S3DataType: 'S3Prefix',
              S3Uri: `s3://${NAME}/${prefix}`,
            },
          },
        },
      ],
    },
  );
const compressed = (compression: TrainingOutputCompression): Expressed =>
  row((stack) => ({ output: output(stack, { compression, encryptionKey: key(stack) }) }), {
    OutputDataConfig: {
      S3OutputPath: `s3://${NAME}/output`,
      KmsKeyId: KEY_ARN,
      CompressionType: compression,
    },
  });
const metrics = (regexes: Record<string, string>): Expressed =>
  row(() => ({ metrics: Object.entries(regexes).map(([name, regex]) => MetricDefinition.of(name, regex)) }), {
    AlgorithmSpecification: {
      ...COMMON.AlgorithmSpecification,
      MetricDefinitions: Object.entries(regexes).map(([Name, Regex]) => ({ Name, Regex })),
    },
  });
const retries = (count: number): Expressed =>
  row(() => ({ maxRetryAttempts: count }), { RetryStrategy: { MaximumRetryAttempts: count } });
const infraCheck = (enabled: boolean): Expressed =>
  row(() => ({ infraCheck: enabled }), { InfraCheckConfig: { EnableInfraCheck: enabled } });

const RULE_IMAGE = '929884845733.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-debugger-rules:latest';
const debug = (suffix: string): Expressed =>
  overridden({
    DebugHookConfig: { LocalPath: '/opt/ml/output/tensors', S3OutputPath: `s3://${NAME}/debug${suffix}/` },
    DebugRuleConfigurations: [
      {
        LocalPath: '/opt/ml/processing/test1',
        RuleConfigurationName: 'LossNotDecreasing',
        RuleEvaluatorImage: RULE_IMAGE,
        RuleParameters: { rule_to_invoke: 'LossNotDecreasing' },
        S3OutputPath: `s3://${NAME}/debug-rules${suffix}/`,
      },
    ],
  });
const profiler = (milliseconds: number, profileCpu: string): Expressed => ({
  ...overridden(
    {
      ProfilerRuleConfigurations: [
        {
          LocalPath: '/opt/ml/processing/test',
          RuleConfigurationName: 'ProfilerReport',
          RuleEvaluatorImage: RULE_IMAGE,
          RuleParameters: { rule_to_invoke: 'ProfilerReport' },
          S3OutputPath: `s3://${NAME}/profiler-rules/`,
        },
      ],
    },
    (stack) => ({
      profiler: Profiler.toBucket(bucket(stack), 'profiler/', {
        interval: Duration.millis(milliseconds),
        parameters: { profile_cpu: profileCpu },
      }),
    }),
    {
      ProfilerConfig: {
        ProfilingIntervalInMilliseconds: milliseconds,
        ProfilingParameters: { profile_cpu: profileCpu },
        S3OutputPath: `s3://${NAME}/profiler`,
      },
    },
  ),
  absent: ['ProfilerConfig.DisableProfiler'],
  difference: '`disable_profiler` false is the default, and is not rendered.',
});

const SERVERLESS: Unsupported = {
  reason: 'A serverless job has a base model instead of an image and instances, which `TrainingJob` requires.',
  refused: (stack) => job(stack, { image: undefined }),
  error: 'exactly one of `algorithm` and `image` must be set',
};

const ENVIRONMENT = { TEST_ENV: 'test_value', ANOTHER_ENV: 'another_value' };
const LOSS = { 'train:loss': 'loss: ([0-9\\.]+)' };

export const TRAINING_JOBS: Configurations = {
  type: 'Custom::SageMakerTrainingJob',
  expressed: {
    basic: {
      ...row(() => ({ metricsTimeSeries: true }), {
        AlgorithmSpecification: { ...COMMON.AlgorithmSpecification, EnableSageMakerMetricsTimeSeries: true },
      }),
      // The handler appends a hash to the name.
      others: [['Custom::SageMakerTrainingJob', { Prefix: Match.stringLikeRegexp(`-${NAME}$`) }]],
    },
    // The folder testdata/TrainingJob/basic. Those of other tests repeat the arguments of a configuration in this table.
    'testdata basic': row(
      (stack) => ({ output: TrainingOutput.toBucket(bucket(stack), '', { encryptionKey: key(stack) }) }),
      { OutputDataConfig: { S3OutputPath: `s3://${NAME}`, KmsKeyId: KEY_ARN } },
    ),
    vpc: inVpc(['subnet-1'], 3600),
    vpcUpdate: inVpc(['subnet-1', 'subnet-2'], 7200),
    debug: debug(''),
    debugUpdate: debug('-updated'),
    profiler: profiler(500, 'true'),
    profilerUpdated: profiler(1000, 'false'),
    environmentAndHyperParameters: inSpotInstances({
      encrypted: true,
      environment: ENVIRONMENT,
      hyperparameters: { epochs: '10', batch_size: '32' },
      runtime: 3600,
      waitTime: 3600,
    }),
    environmentAndHyperParametersUpdate: inSpotInstances({
      encrypted: false,
      environment: { ...ENVIRONMENT, TEST_ENV: 'updated_value' },
      hyperparameters: { epochs: '20', batch_size: '32' },
      runtime: 7200,
      waitTime: 8000,
    }),
    checkpoint: checkpoints('checkpoints/'),
    checkpointUpdate: checkpoints('checkpoints-v2/'),
    tensorBoard: tensorBoard('tensorboard/'),
    tensorBoardUpdate: tensorBoard('tensorboard-v2/'),
    inputData: input('input/'),
    inputDataUpdate: input('input-v2/'),
    outputData: compressed(TrainingOutputCompression.GZIP),
    outputDataUpdate: compressed(TrainingOutputCompression.NONE),
    algorithmMetrics: metrics(LOSS),
    algorithmMetricsUpdate: metrics({ ...LOSS, 'validation:accuracy': 'accuracy: ([0-9\\.]+)' }),
    retryStrategy: retries(3),
    retryStrategyUpdate: retries(5),
    tags1: tagged({ key1: 'value1' }),
    tags2: tagged({ key1: 'value1updated', key2: 'value2' }),
    infraCheck: infraCheck(true),
    infraCheckUpdate: infraCheck(false),
    remoteDebug: {
      ...row(() => ({ remoteDebug: false }), {}),
      absent: ['RemoteDebugConfig'],
      difference: '`enable_remote_debug` false is the default, and is not rendered.',
    },
    remoteDebugUpdate: row(() => ({ remoteDebug: true }), { RemoteDebugConfig: { EnableRemoteDebug: true } }),
    sessionChaining: overridden({ SessionChainingConfig: { EnableSessionTagChaining: true } }),
    sessionChainingUpdate: overridden({ SessionChainingConfig: { EnableSessionTagChaining: false } }),
  },
  unsupported: {
    serverless: SERVERLESS,
    serverlessUpdate: SERVERLESS,
    // MLflow itself has a property; the configurations use it in a serverless job.
    mlflow: SERVERLESS,
    mlflowUpdate: SERVERLESS,
  },
};
