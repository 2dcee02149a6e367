import {
  Duration,
  Size,
  type Stack,
  aws_ec2 as ec2,
  aws_ecr as ecr,
  aws_efs as efs,
  aws_s3 as s3,
  aws_scheduler as scheduler,
  aws_sns as sns,
} from 'aws-cdk-lib';
import * as sm from '../lib';
import { type Shape } from '../lib/private/validation';
import limits from '../lib/private/limits.json';
import types from '../lib/private/property-types.json';
import { tuningDefinition } from './jobs';
import { algorithmProps, image, newStack } from './stacks';

// Every property that the API limits, with values just inside and just outside the limits of its shape: the first must be accepted, and
// the others rejected with an error that names the property.

/** Creates the construct or value with the property. The value of a list or a map is its size. */
type Make<T> = (value: T, stack: Stack) => unknown;

interface Row {
  readonly shape: Shape;
  // The type of the value depends on the shape.
  readonly make: Make<never>;

  /** The name in the error, if it is not that of the property. */
  readonly named?: string;

  /** Values instead of those that are derived from the shape. */
  readonly legal?: unknown[];
  readonly illegal?: unknown[];
}

const ARN = 'arn:aws:sagemaker:eu-west-1:111122223333';
const TYPE = sm.InstanceType.ML_M5_XLARGE;
const bucket = (stack: Stack): s3.IBucket =>
  (stack.node.tryFindChild('Data') as s3.IBucket | undefined) ?? s3.Bucket.fromBucketName(stack, 'Data', 'data');
const list = <T>(count: number, create: (name: string) => T): T[] =>
  [...Array(count).keys()].map((i) => create(`n${i}`));
const map = <T>(count: number, create: () => T): Record<string, T> =>
  Object.fromEntries(list(count, (name) => [name, create()] as const));
const INFERENCE = algorithmProps().inference!;

const job = (stack: Stack, props: Partial<sm.TrainingJobProps>) =>
  new sm.TrainingJob(stack, 'Train', {
    image: image(),
    resources: sm.TrainingResources.of(TYPE),
    wait: sm.JobWait.none(),
    ...props,
  });
const tune = (stack: Stack, props: Partial<sm.TuningJobProps>, definition: Partial<sm.TuningDefinition> = {}) =>
  new sm.TuningJob(stack, 'Tune', { definitions: [tuningDefinition(definition)], wait: sm.JobWait.none(), ...props });
const ranged = (stack: Stack, ...ranges: sm.HyperparameterRange[]) =>
  tune(stack, { autotune: true, maxTrainingJobs: 1000 }, { ranges });
const newModel = (stack: Stack, props: Partial<sm.ModelProps> = {}) =>
  new sm.Model(stack, 'Model', { image: image(), ...props });
const transform = (stack: Stack, props: Partial<sm.TransformJobProps>) =>
  new sm.TransformJob(stack, 'Score', {
    model: newModel(stack),
    input: sm.TransformInput.fromBucket(bucket(stack), 'in/'),
    output: sm.TransformOutput.toBucket(bucket(stack), 'out'),
    resources: sm.TransformResources.of(TYPE),
    ...props,
  });
const processing = (stack: Stack, props: Partial<sm.ProcessingJobProps>) =>
  new sm.ProcessingJob(stack, 'Prepare', {
    image: image(),
    resources: sm.ProcessingResources.of(TYPE),
    wait: sm.JobWait.none(),
    ...props,
  });
const algorithm = (stack: Stack, props: Partial<sm.AlgorithmProps>) =>
  new sm.Algorithm(stack, 'Algorithm', algorithmProps(props));
const variant = (stack: Stack, options: Partial<sm.InstanceVariantOptions>, name = 'main') =>
  sm.ProductionVariant.instances(name, {
    model: options.model ?? newModel(stack),
    instanceType: options.instancePools === undefined ? TYPE : undefined,
    ...options,
  });
const components = (options: Partial<sm.InstanceOptions>) =>
  sm.ProductionVariant.inferenceComponents('main', { instanceType: TYPE, ...options });
const config = (stack: Stack, props: Partial<sm.EndpointConfigProps>) =>
  new sm.EndpointConfig(stack, 'Config', {
    variants: props.variants ?? [variant(stack, { instanceCount: 4 })],
    ...props,
  });
const explained = (stack: Stack, options: Partial<sm.ExplainerOptions>) =>
  config(stack, { explainer: { baseline: sm.ExplainerBaseline.inline('1'), ...options } });
const explainedBy = (stack: Stack, inference: sm.ExplainerInferenceOptions) => explained(stack, { inference });
const captured = (stack: Stack, options: Partial<sm.DataCaptureOptions>) =>
  config(stack, { dataCapture: { destination: sm.S3Location.fromBucket(bucket(stack)), ...options } });
const asynchronous = (stack: Stack, options: Partial<sm.AsyncInferenceOptions>) => {
  const location = sm.S3Location.fromBucket(bucket(stack));
  return config(stack, { asyncInference: { input: location, output: location, ...options } });
};
const endpoint = (stack: Stack, props: Partial<sm.EndpointProps>) =>
  new sm.Endpoint(stack, 'Endpoint', { endpointConfig: config(stack, {}), ...props });
const deployed = (stack: Stack, options: sm.RollingOptions) =>
  endpoint(stack, { deployment: sm.DeploymentPolicy.rolling({ automaticRollback: false, ...options }) });
const modelPackage = (stack: Stack, props: Partial<sm.ModelPackageProps>) =>
  new sm.ModelPackage(stack, 'Package', {
    group: new sm.ModelPackageGroup(stack, 'Group'),
    inference: INFERENCE,
    ...(props.containers === undefined ? { image: image() } : {}),
    ...props,
  });
const packaged = (stack: Stack, container: Partial<sm.ModelPackageContainer>) =>
  modelPackage(stack, { containers: [{ image: image(), ...container }] });
const additional = (stack: Stack, specification: Partial<sm.AdditionalInferenceSpecification>) =>
  modelPackage(stack, {
    additionalInferenceSpecifications: [{ name: 'a', containers: [{ image: image() }], ...specification }],
  });
const component = (stack: Stack, props: Partial<sm.InferenceComponentProps>) =>
  new sm.InferenceComponent(stack, 'Component', {
    endpoint: sm.Endpoint.fromEndpointName(stack, 'Endpoint', 'shared'),
    variantName: 'main',
    model: newModel(stack),
    compute: { minMemory: Size.mebibytes(1024) },
    ...props,
  });
const profile = (stack: Stack) =>
  sm.ValidationProfile.of('a', {
    training: {
      inputs: { train: sm.TrainingInput.fromBucket(bucket(stack), 'train/') },
      resources: sm.TrainingResources.of(TYPE),
      output: sm.TrainingOutput.toBucket(bucket(stack), 'out'),
    },
  });
const validated = (
  stack: Stack,
  training: Partial<sm.ValidationTrainingOptions>,
  transformed?: Partial<sm.TransformOptions>,
  name = 'p',
) =>
  algorithm(stack, {
    hyperparameters: undefined,
    validationProfiles: [
      sm.ValidationProfile.of(name, {
        training: {
          inputs: { train: sm.TrainingInput.fromBucket(bucket(stack), 'train/', { contentType: 'text/csv' }) },
          resources: sm.TrainingResources.of(TYPE),
          output: sm.TrainingOutput.toBucket(bucket(stack), 'out'),
          ...training,
        },
        transform: transformed && {
          input: sm.TransformInput.fromBucket(bucket(stack), 'in/'),
          output: sm.TransformOutput.toBucket(bucket(stack), 'out'),
          resources: sm.TransformResources.of(TYPE),
          ...transformed,
        },
      }),
    ],
  });
const vpc = (stack: Stack) => new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
const groups = (stack: Stack, count: number) =>
  list(count, (name) => ec2.SecurityGroup.fromSecurityGroupId(stack, name, `sg-${name}`));
const seconds = (value: number): Duration => Duration.seconds(value);
const uri = 's3://data/'.length;
const NAME = ['a', 'a'.repeat(35)];
const NOT_NAME = ['', 'a'.repeat(36), 'a b', '-a'];
const PREFIX = ['a', 'a'.repeat(52)];
const NOT_PREFIX = ['', 'a'.repeat(53), 'a b', '-a'];

const text = (shape: Shape, make: Make<string>, legal?: unknown[], illegal?: unknown[]): Row => ({
  shape,
  make,
  legal,
  illegal,
});
const number = (shape: Shape, make: Make<number>, legal?: unknown[], illegal?: unknown[]): Row => ({
  shape,
  make,
  legal,
  illegal,
});
/** A list or a map, by its size. */
const size = number;
/** The key of a location, by the length of its URI. */
const location = (make: Make<string>, max = 1024): Row => ({
  shape: 'S3Uri',
  make: (value: string, stack: Stack) => make(value, stack),
  legal: ['a', 'a'.repeat(max - uri)],
  illegal: ['a'.repeat(max + 1 - uri), 'a\nb', 's3://data/a'],
});
const object = location;
const places = (make: (location: sm.S3Location, stack: Stack) => unknown, max = 1024): Row => ({
  ...location((key, stack) => make(sm.S3Location.fromBucket(bucket(stack), key), stack), max),
  // A location limits its URI to 1024 characters itself.
  ...(max === 1024 ? { named: 'keyPrefix' } : { illegal: ['a'.repeat(max + 1 - uri)] }),
});
const environment = (
  map: Shape,
  key: Shape,
  value: Shape,
  set: (variables: Record<string, string>, stack: Stack) => unknown,
) => ({
  '': size(map, (n, stack) => set(mapOfText(n), stack)),
  '{key}': text(key, (name, stack) => set({ [name]: '1' }, stack)),
  '{}': text(value, (one, stack) => set({ a: one }, stack)),
});
const mapOfText = (count: number): Record<string, string> => map(count, () => '1');

function prefixed(name: string, rows: Record<string, Row>): Record<string, Row> {
  return Object.fromEntries(Object.entries(rows).map(([suffix, row]) => [`${name}${suffix}`, row]));
}

const named = (name: string, rows: Record<string, Row>): Record<string, Row> =>
  Object.fromEntries(Object.entries(rows).map(([key, row]) => [key, { ...row, named: name }]));

const TRAINING: Record<string, Row> = {
  'TrainingJobProps.trainingJobName': text('EntityName', (v, s) => job(s, { trainingJobName: v }), NAME, NOT_NAME),
  'TrainingJobProps.maxRuntime': number(
    'MaxRuntimeInSeconds',
    (v, s) => job(s, { maxRuntime: seconds(v) }),
    [1, 2419200],
    [0, 1.5, 2419201],
  ),
  'TrainingOptions.maxWaitTime': number(
    'MaxWaitTimeInSeconds',
    (v, s) => job(s, { useSpotInstances: true, maxRuntime: seconds(1), maxWaitTime: seconds(v) }),
    [1],
    [0, 1.5],
  ),
  'TrainingJobProps.entrypoint': size('TrainingContainerEntrypoint', (n, s) => job(s, { entrypoint: list(n, String) })),
  'TrainingJobProps.entrypoint[]': text('TrainingContainerEntrypointString', (v, s) => job(s, { entrypoint: [v] })),
  'TrainingJobProps.arguments': size('TrainingContainerArguments', (n, s) => job(s, { arguments: list(n, String) })),
  'TrainingJobProps.arguments[]': text('TrainingContainerArgument', (v, s) => job(s, { arguments: [v] })),
  'TrainingOptions.maxRetryAttempts': number('MaximumRetryAttempts', (v, s) => job(s, { maxRetryAttempts: v })),
  'TrainingOptions.maxPendingTime': number(
    'MaxPendingTimeInSeconds',
    (v, s) =>
      job(s, {
        maxPendingTime: seconds(v),
        resources: sm.TrainingResources.of(TYPE, { trainingPlanArn: `${ARN}:training-plan/p` }),
      }),
    [1800, 2419200],
    [1799, 1800.5, 2419201],
  ),
  'MlflowOptions.resourceArn': text(
    'MlFlowResourceArn',
    (v, s) => job(s, { mlflow: { resourceArn: v } }),
    [`${ARN}:mlflow-tracking-server/s`, `${ARN}:mlflow-app/a`],
    [`${ARN}:model/m`, 's', `${ARN}:mlflow-app/a\n`, `${ARN}:mlflow-app/${'a'.repeat(2048)}`],
  ),
  'MlflowOptions.experimentName': text('MlflowExperimentName', (v, s) =>
    job(s, { mlflow: { resourceArn: `${ARN}:mlflow-app/a`, experimentName: v } }),
  ),
  'MlflowOptions.runName': text('MlflowRunName', (v, s) =>
    job(s, { mlflow: { resourceArn: `${ARN}:mlflow-app/a`, runName: v } }),
  ),
  'Algorithm#addRequestOverride.path': {
    shape: 'EntityName',
    make: (v: string, stack: Stack) => job(stack, {}).addRequestOverride(v, 1),
    legal: ['ResourceConfig.Foo'],
    illegal: ['', 'a..b', '.a', 'TrainingJobName', 'Tags'],
  },
  'TrainingOptions.metrics': size('MetricDefinitionList', (n, s) =>
    job(s, { metrics: list(n, (name) => sm.MetricDefinition.of(name, '(1)')) }),
  ),
  'TrainingOptions.inputs': size(
    'InputDataConfig',
    (n, s) => job(s, { inputs: map(n, () => sm.TrainingInput.fromBucket(bucket(s), 'a')) }),
    [1, 20],
    [21],
  ),
  'TrainingOptions.inputs{key}': text('ChannelName', (v, s) =>
    job(s, { inputs: { [v]: sm.TrainingInput.fromBucket(bucket(s), 'a') } }),
  ),
  'TrainingOptions.securityGroups': size('VpcSecurityGroupIds', (n, s) =>
    job(s, { vpc: vpc(s), securityGroups: groups(s, n) }),
  ),
  'CheckpointOptions.localPath': text('DirectoryPath', (v, s) =>
    job(s, { checkpoints: { location: sm.S3Location.fromBucket(bucket(s)), localPath: v } }),
  ),
  'CheckpointOptions.location': places((l, s) => job(s, { checkpoints: { location: l } })),
  'TensorBoardOptions.localPath': text('DirectoryPath', (v, s) =>
    job(s, { tensorBoard: { location: sm.S3Location.fromBucket(bucket(s)), localPath: v } }),
  ),
  'TensorBoardOptions.location': places((l, s) => job(s, { tensorBoard: { location: l } })),
  'ExperimentOptions.experimentName': text('ExperimentEntityName', (v, s) =>
    job(s, { experiment: { experimentName: v } }),
  ),
  'ExperimentOptions.trialName': text('ExperimentEntityName', (v, s) => job(s, { experiment: { trialName: v } })),
  'ExperimentOptions.trialComponentDisplayName': text('ExperimentEntityName', (v, s) =>
    job(s, { experiment: { trialComponentDisplayName: v } }),
  ),
  'ExperimentOptions.runName': text('ExperimentEntityName', (v, s) => job(s, { experiment: { runName: v } })),
  ...prefixed(
    'TrainingOptions.hyperparameters',
    environment('HyperParameters', 'HyperParameterKey', 'HyperParameterValue', (v, s) =>
      job(s, { hyperparameters: v }),
    ),
  ),
  ...prefixed(
    'TrainingOptions.environment',
    environment('TrainingEnvironmentMap', 'TrainingEnvironmentKey', 'TrainingEnvironmentValue', (v, s) =>
      job(s, { environment: v }),
    ),
  ),
  ...prefixed(
    'ProfilerOptions.parameters',
    environment('ProfilingParameters', 'ConfigKey', 'ConfigValue', (v, s) =>
      job(s, { profiler: sm.Profiler.toBucket(bucket(s), 'p', { parameters: v }) }),
    ),
  ),
  'Profiler.toBucket.keyPrefix': location((v, s) => sm.Profiler.toBucket(bucket(s), v)),
  'MetricDefinition.of.name': text('MetricName', (v) => sm.MetricDefinition.of(v, '(1)')),
  'MetricDefinition.of.regex': text(
    'MetricRegex',
    (v) => sm.MetricDefinition.of('a', v),
    ['()', `(${'a'.repeat(498)})`, '(?P<n>a)', '(?i)(a)'],
    ['', `(${'a'.repeat(499)})`, '(a\n)', '(a', 'a', '(a))', '([a)'],
  ),
  'TrainingResourcesOptions.instanceCount': number(
    'TrainingInstanceCount',
    (v) => sm.TrainingResources.of(TYPE, { instanceCount: v }),
    [1, 1000],
    [0, -1, 1.5],
  ),
  'TrainingStorageOptions.volumeSize': number(
    'VolumeSizeInGB',
    (v) => sm.TrainingResources.of(TYPE, { volumeSize: Size.gibibytes(v) }),
    [1, 16384],
    [0, 1.5],
  ),
  'TrainingStorageOptions.keepAlive': number(
    'KeepAlivePeriodInSeconds',
    (v) => sm.TrainingResources.of(TYPE, { keepAlive: seconds(v) }),
    [0, 21600],
    [21601, 1.5],
  ),
  'TrainingStorageOptions.trainingPlanArn': text(
    'TrainingPlanArn',
    (v) => sm.TrainingResources.of(TYPE, { trainingPlanArn: v }),
    [`${ARN}:training-plan/a`, `${ARN}:training-plan/`.padEnd(2048, 'a')],
  ),
  'TrainingResources.preferring.preferences': size(
    'InstancePreferenceList',
    (n) => sm.TrainingResources.preferring(list(n, (name) => ({ instanceType: sm.InstanceType.of(`ml.m5.${name}`) }))),
    [1, 5],
    [0, 6],
  ),
  'TrainingInstancePreference.instanceCount': number(
    'TrainingInstanceCount',
    (v) => sm.TrainingResources.preferring([{ instanceType: TYPE, instanceCount: v }]),
    [1],
    [0, -1, 1.5],
  ),
  'TrainingInstancePreference.trainingPlanArn': text(
    'TrainingPlanArn',
    (v) => sm.TrainingResources.preferring([{ instanceType: TYPE, trainingPlanArn: v }]),
    [`${ARN}:training-plan/p`],
    [`${ARN}:model/m`, 'p'],
  ),
  'TrainingResources.ofGroups.groups': size(
    'InstanceGroups',
    (n) => sm.TrainingResources.ofGroups(list(n, (name) => ({ name, instanceType: TYPE }))),
    [1, 5],
    [0, 6],
  ),
  'TrainingInstanceGroup.name': text('InstanceGroupName', (v) =>
    sm.TrainingResources.ofGroups([{ name: v, instanceType: TYPE }]),
  ),
  'TrainingInstanceGroup.instanceCount': number(
    'TrainingInstanceCount',
    (v) => sm.TrainingResources.ofGroups([{ name: 'a', instanceType: TYPE, instanceCount: v }]),
    [1],
    [0, 1.5],
  ),
  'TrainingInput.fromBucket.keyPrefix': location((v, s) => sm.TrainingInput.fromBucket(bucket(s), v)),
  'TrainingInput.fromManifest.objectKey': object((v, s) => sm.TrainingInput.fromManifest(bucket(s), v)),
  'TrainingInputOptions.contentType': text('ContentType', (v, s) =>
    sm.TrainingInput.fromBucket(bucket(s), '', { contentType: v }),
  ),
  'S3TrainingInputOptions.shuffleSeed': number(
    'Seed',
    (v, s) => sm.TrainingInput.fromBucket(bucket(s), '', { shuffleSeed: v }),
    [0, -1, 2 ** 40],
    [1.5],
  ),
  'S3TrainingInputOptions.instanceGroups': size('InstanceGroupNames', (n, s) =>
    sm.TrainingInput.fromBucket(bucket(s), '', { instanceGroups: list(n, String) }),
  ),
  'S3TrainingInputOptions.instanceGroups[]': text('InstanceGroupName', (v, s) =>
    sm.TrainingInput.fromBucket(bucket(s), '', { instanceGroups: [v] }),
  ),
  'AugmentedManifestInputOptions.attributeNames': size(
    'AttributeNames',
    (n, s) => sm.TrainingInput.fromAugmentedManifest(bucket(s), 'm', { attributeNames: list(n, String) }),
    [1, 16],
    [0, 17],
  ),
  'AugmentedManifestInputOptions.attributeNames[]': text('AttributeName', (v, s) =>
    sm.TrainingInput.fromAugmentedManifest(bucket(s), 'm', { attributeNames: [v] }),
  ),
  'TrainingInput.fromEfs.directoryPath': text('DirectoryPath', (v, s) =>
    sm.TrainingInput.fromEfs(new efs.FileSystem(s, 'Efs', { vpc: vpc(s) }), v),
  ),
  'TrainingOutput.toBucket.keyPrefix': location((v, s) => sm.TrainingOutput.toBucket(bucket(s), v)),
};

const TUNING: Record<string, Row> = {
  'TuningJobProps.maxRuntime': number('HyperParameterTuningMaxRuntimeInSeconds', (v, s) =>
    tune(s, { maxRuntime: seconds(v) }),
  ),
  'TuningJobProps.maxTrainingJobs': number('MaxNumberOfTrainingJobs', (v, s) => tune(s, { maxTrainingJobs: v })),
  'TuningJobProps.maxParallelTrainingJobs': number(
    'MaxParallelTrainingJobs',
    (v, s) => tune(s, { maxTrainingJobs: 1000, maxParallelTrainingJobs: v }),
    [1, 1000],
    [0, 1.5],
  ),
  'TuningJobProps.maxTrainingJobsNotImproving': number('MaxNumberOfTrainingJobsNotImproving', (v, s) =>
    tune(s, { maxTrainingJobsNotImproving: v }),
  ),
  'TuningJobProps.randomSeed': number('RandomSeed', (v, s) => tune(s, { randomSeed: v })),
  'TuningJobProps.definitions': size('HyperParameterTrainingJobDefinitions', (n, s) =>
    tune(s, { definitions: list(n, (definitionName) => tuningDefinition({ definitionName })) }),
  ),
  'TuningDefinition.definitionName': text('HyperParameterTrainingJobDefinitionName', (v, s) =>
    tune(s, {}, { definitionName: v }),
  ),
  'TuningDefinition.maxRuntime': number(
    'MaxRuntimeInSeconds',
    (v, s) => tune(s, {}, { maxRuntime: seconds(v) }),
    [1, 2419200],
    [0, 1.5, 2419201],
  ),
  'HyperbandOptions.minResource': number('HyperbandStrategyMinResource', (v) =>
    sm.TuningStrategy.hyperband({ minResource: v }),
  ),
  'HyperbandOptions.maxResource': number(
    'HyperbandStrategyMaxResource',
    (v) => sm.TuningStrategy.hyperband({ maxResource: v }),
    [1, 20000],
    [0, 1.5, 20001],
  ),
  ...prefixed(
    'TuningDefinition.environment',
    environment(
      'HyperParameterTrainingJobEnvironmentMap',
      'HyperParameterTrainingJobEnvironmentKey',
      'HyperParameterTrainingJobEnvironmentValue',
      (v, s) => tune(s, {}, { environment: v }),
    ),
  ),
  'TuningDefinition.hyperparameters{key}': text('HyperParameterKey', (v, s) =>
    tune(s, {}, { hyperparameters: { [v]: '1' } }),
  ),
  'TuningDefinition.hyperparameters{}': text('HyperParameterValue', (v, s) =>
    tune(s, {}, { hyperparameters: { a: v } }),
  ),
  ...named('ranges', {
    'TuningDefinition.ranges': size(
      'IntegerParameterRanges',
      (n, s) => ranged(s, ...list(n, (name) => sm.HyperparameterRange.integer(name, { min: 1, max: 2 }))),
      [1, 30],
      [0, 31],
    ),
    'HyperparameterRange.integer.name': text(
      'ParameterKey',
      (v, s) => ranged(s, sm.HyperparameterRange.integer(v, { min: 1, max: 2 })),
      undefined,
      ['a'.repeat(257), 'a\nb'],
    ),
    'HyperparameterRange.continuous.name': text(
      'ParameterKey',
      (v, s) => ranged(s, sm.HyperparameterRange.continuous(v, { min: 1, max: 2 })),
      undefined,
      ['a'.repeat(257), 'a\nb'],
    ),
    'HyperparameterRange.categorical.name': text('ParameterKey', (v, s) =>
      ranged(s, sm.HyperparameterRange.categorical(v, ['a'])),
    ),
    'HyperparameterRange.categorical.values': size('ParameterValues', (n, s) =>
      ranged(s, sm.HyperparameterRange.categorical('a', list(n, String))),
    ),
    'HyperparameterRange.categorical.values[]': text('ParameterValue', (v, s) =>
      ranged(s, sm.HyperparameterRange.categorical('a', [v])),
    ),
    'HyperparameterRange.auto.name': text('ParameterKey', (v, s) => ranged(s, sm.HyperparameterRange.auto(v, '1'))),
    'HyperparameterRange.auto.valueHint': text('ParameterValue', (v, s) =>
      ranged(s, sm.HyperparameterRange.auto('a', v)),
    ),
    'NumericRangeOptions.min': number(
      'RandomSeed',
      (v, s) => ranged(s, sm.HyperparameterRange.integer('a', { min: v, max: 9 })),
      [0, 9],
      [1.5, 10, NaN],
    ),
    'NumericRangeOptions.max': number(
      'RandomSeed',
      (v, s) => ranged(s, sm.HyperparameterRange.continuous('a', { min: 0, max: v })),
      [0, 9],
      [-1, NaN, Infinity],
    ),
  }),
  ...named('tuningJobNames', {
    'WarmStart.transferLearning': size('ParentHyperParameterTuningJobs', (n) =>
      sm.WarmStart.transferLearning(...list(n, String)),
    ),
    'WarmStart.transferLearning[]': text('HyperParameterTuningJobName', (v) => sm.WarmStart.transferLearning(v)),
    'WarmStart.identicalDataAndAlgorithm': size('ParentHyperParameterTuningJobs', (n) =>
      sm.WarmStart.identicalDataAndAlgorithm(...list(n, String)),
    ),
  }),
};

const TRANSFORM: Record<string, Row> = {
  'TransformJobProps.transformJobName': text(
    'EntityName',
    (v, s) => transform(s, { transformJobName: v }),
    NAME,
    NOT_NAME,
  ),
  'TransformJobProps.invocationTimeout': number('InvocationsTimeoutInSeconds', (v, s) =>
    transform(s, { invocationTimeout: seconds(v) }),
  ),
  'TransformJobProps.invocationMaxRetries': number('InvocationsMaxRetries', (v, s) =>
    transform(s, { invocationMaxRetries: v }),
  ),
  'TransformOptions.maxConcurrentTransforms': number(
    'MaxConcurrentTransforms',
    (v, s) => transform(s, { maxConcurrentTransforms: v }),
    [0, 100],
    [-1, 1.5],
  ),
  'TransformOptions.maxPayload': number(
    'MaxPayloadInMB',
    (v, s) => transform(s, { maxPayload: Size.mebibytes(v) }),
    [0, 100],
    [101, 1.5],
  ),
  ...prefixed(
    'TransformOptions.environment',
    environment('TransformEnvironmentMap', 'TransformEnvironmentKey', 'TransformEnvironmentValue', (v, s) =>
      transform(s, { environment: v }),
    ),
  ),
  'TransformInput.fromBucket.keyPrefix': location((v, s) => sm.TransformInput.fromBucket(bucket(s), v)),
  'TransformInput.fromManifest.objectKey': object((v, s) => sm.TransformInput.fromManifest(bucket(s), v)),
  'TransformInputOptions.contentType': text('ContentType', (v, s) =>
    sm.TransformInput.fromBucket(bucket(s), '', { contentType: v }),
  ),
  'TransformOutput.toBucket.keyPrefix': location((v, s) => sm.TransformOutput.toBucket(bucket(s), v)),
  'TransformOutputOptions.accept': text('Accept', (v, s) => sm.TransformOutput.toBucket(bucket(s), '', { accept: v })),
  'TransformResourcesOptions.instanceCount': number('TransformInstanceCount', (v) =>
    sm.TransformResources.of(TYPE, { instanceCount: v }),
  ),
  'DataProcessingOptions.inputFilter': text('JsonPath', (v, s) => transform(s, { dataProcessing: { inputFilter: v } })),
  'DataProcessingOptions.outputFilter': text('JsonPath', (v, s) =>
    transform(s, { dataProcessing: { outputFilter: v } }),
  ),
  'BatchDataCaptureOptions.destination': places((l, s) => transform(s, { dataCapture: { destination: l } })),
};

const PROCESSING_PATH = '/opt/ml/processing/';
const processingPath = (make: Make<string>): Row =>
  text(
    'ProcessingLocalPath',
    make,
    [`${PROCESSING_PATH}a`, PROCESSING_PATH.padEnd(256, 'a')],
    [PROCESSING_PATH.padEnd(257, 'a'), `${PROCESSING_PATH}a\n`, '/data', ''],
  );

const PROCESSING: Record<string, Row> = {
  'ProcessingJobProps.processingJobName': text(
    'EntityName',
    (v, s) => processing(s, { processingJobName: v }),
    NAME,
    NOT_NAME,
  ),
  'ProcessingOptions.entrypoint': size('ContainerEntrypoint', (n, s) => processing(s, { entrypoint: list(n, String) })),
  'ProcessingOptions.entrypoint[]': text('ContainerEntrypointString', (v, s) => processing(s, { entrypoint: [v] })),
  'ProcessingOptions.arguments': size('ContainerArguments', (n, s) => processing(s, { arguments: list(n, String) })),
  'ProcessingOptions.arguments[]': text('ContainerArgument', (v, s) => processing(s, { arguments: [v] })),
  'ProcessingOptions.inputs': size('ProcessingInputs', (n, s) =>
    processing(s, { inputs: map(n, () => sm.ProcessingInput.fromBucket(bucket(s), 'a')) }),
  ),
  'ProcessingOptions.outputs': size('ProcessingOutputs', (n, s) =>
    processing(s, { outputs: map(n, () => sm.ProcessingOutput.toBucket(bucket(s), 'a')) }),
  ),
  'ProcessingOptions.maxRuntime': number('ProcessingMaxRuntimeInSeconds', (v, s) =>
    processing(s, { maxRuntime: seconds(v) }),
  ),
  'ProcessingOptions.securityGroups': size('VpcSecurityGroupIds', (n, s) =>
    processing(s, { vpc: vpc(s), securityGroups: groups(s, n) }),
  ),
  ...prefixed(
    'ProcessingOptions.environment',
    environment('ProcessingEnvironmentMap', 'ProcessingEnvironmentKey', 'ProcessingEnvironmentValue', (v, s) =>
      processing(s, { environment: v }),
    ),
  ),
  'ProcessingInputOptions.localPath': processingPath((v, s) =>
    sm.ProcessingInput.fromBucket(bucket(s), 'a', { localPath: v }),
  ),
  'ProcessingInput.fromBucket.keyPrefix': location((v, s) => sm.ProcessingInput.fromBucket(bucket(s), v)),
  'ProcessingInput.fromManifest.objectKey': object((v, s) => sm.ProcessingInput.fromManifest(bucket(s), v)),
  'ProcessingOutputOptions.localPath': processingPath((v, s) =>
    sm.ProcessingOutput.toBucket(bucket(s), 'a', { localPath: v }),
  ),
  'ProcessingOutput.toBucket.keyPrefix': location((v, s) => sm.ProcessingOutput.toBucket(bucket(s), v)),
  'ProcessingResourcesOptions.instanceCount': number('ProcessingInstanceCount', (v) =>
    sm.ProcessingResources.of(TYPE, { instanceCount: v }),
  ),
  'ProcessingResourcesOptions.volumeSize': number('ProcessingVolumeSizeInGB', (v) =>
    sm.ProcessingResources.of(TYPE, { volumeSize: Size.gibibytes(v) }),
  ),
  'ProcessingResources.preferring.preferences': size('ProcessingInstancePreferenceList', (n) =>
    sm.ProcessingResources.preferring(list(n, (name) => ({ instanceType: sm.InstanceType.of(`ml.${name}.large`) }))),
  ),
  'ProcessingInstancePreference.instanceCount': number('ProcessingInstanceCount', (v) =>
    sm.ProcessingResources.preferring([{ instanceType: TYPE, instanceCount: v }]),
  ),
};

const ALGORITHM: Record<string, Row> = {
  'AlgorithmProps.algorithmName': text('EntityName', (v, s) => algorithm(s, { algorithmName: v }), PREFIX, NOT_PREFIX),
  'AlgorithmProps.description': text('EntityDescription', (v, s) => algorithm(s, { description: v })),
  'AlgorithmSpecification.channels': size('ChannelSpecifications', (n, s) =>
    algorithm(s, { channels: list(n, (name) => sm.Channel.file(name)) }),
  ),
  'AlgorithmSpecification.hyperparameters': size('HyperParameterSpecifications', (n, s) =>
    algorithm(s, { hyperparameters: list(n, (name) => sm.Hyperparameter.freeText(name)) }),
  ),
  'AlgorithmSpecification.metrics': size('MetricDefinitionList', (n, s) =>
    algorithm(s, { objectives: [], metrics: list(n, (name) => sm.MetricDefinition.of(name, '(1)')) }),
  ),
  'AlgorithmSpecification.trainingInstanceTypes': size(
    'TransformInstanceTypes',
    (n, s) => algorithm(s, { trainingInstanceTypes: list(n, () => TYPE) }),
    [1],
    [0],
  ),
  'AlgorithmProps.validationProfiles': size(
    'AlgorithmValidationProfiles',
    (n, s) => algorithm(s, { validationProfiles: list(n, () => profile(s)) }),
    [],
    [0, 2],
  ),
  'Channel.of.name': text('ChannelName', (v) => sm.Channel.file(v)),
  'ChannelOptions.description': text('EntityDescription', (v) => sm.Channel.file('a', { description: v })),
  'ChannelOptions.contentTypes[]': text('ContentType', (v) => sm.Channel.file('a', { contentTypes: [v] })),
  'ChannelSpecification.inputModes': size(
    'InputModes',
    (n) => sm.Channel.of('a', { inputModes: list(n, () => sm.InputMode.FILE) }),
    [1],
    [0],
  ),
  'Hyperparameter.freeText.name': text(
    'ParameterName',
    (v) => sm.Hyperparameter.freeText(v),
    ['a', 'a'.repeat(256)],
    ['', 'a'.repeat(257), 'a\nb'],
  ),
  'HyperparameterOptions.description': text('EntityDescription', (v) =>
    sm.Hyperparameter.freeText('a', { description: v }),
  ),
  'FreeTextHyperparameterOptions.defaultValue': text('HyperParameterValue', (v) =>
    sm.Hyperparameter.freeText('a', { defaultValue: v }),
  ),
  'CategoricalHyperparameterOptions.values': size('ParameterValues', (n) =>
    sm.Hyperparameter.categorical('a', { values: list(n, String) }),
  ),
  'CategoricalHyperparameterOptions.values[]': text('ParameterValue', (v) =>
    sm.Hyperparameter.categorical('a', { values: [v] }),
  ),
  'InferenceSpecification.contentTypes[]': text('ContentType', (v, s) =>
    algorithm(s, { inference: { ...INFERENCE, contentTypes: [v] } }),
  ),
  'InferenceSpecification.responseMimeTypes[]': text(
    'ResponseMIMEType',
    (v, s) => algorithm(s, { inference: { ...INFERENCE, responseMimeTypes: [v] } }),
    ['a/b', `a/${'b'.repeat(1022)}`],
  ),
  'InferenceSpecification.followingContainers': {
    ...size('ModelPackageContainerDefinitionList', (n, s) =>
      algorithm(s, { inference: { ...INFERENCE, followingContainers: list(n, () => ({ image: image() })) } }),
    ),
    // The first container is that of the inference image.
    legal: [0, 14],
    illegal: [15],
    named: 'inference containers',
  },
  'InferenceContainerOptions.containerHostname': text('ContainerHostname', (v, s) =>
    algorithm(s, { inference: { ...INFERENCE, containerHostname: v } }),
  ),
  'InferenceSpecification.transformInstanceTypes': size(
    'TransformInstanceTypes',
    (n, s) => algorithm(s, { inference: { ...INFERENCE, transformInstanceTypes: list(n, () => TYPE) } }),
    [1],
    [0],
  ),
  'ValidationProfile.of.profileName': text('EntityName', (v, s) => validated(s, {}, undefined, v)),
  'ValidationTrainingOptions.maxRuntime': number(
    'MaxRuntimeInSeconds',
    (v, s) => validated(s, { maxRuntime: seconds(v) }),
    [1, 2419200],
    [0, 1.5, 2419201],
  ),
  ...prefixed('ValidationTrainingOptions.hyperparameters', {
    '{}': text(
      'HyperParameterValue',
      (v, s) => validated(s, { hyperparameters: { a: v } }),
      [],
      ['a'.repeat(2501), 'a\nb'],
    ),
    '{key}': text(
      'HyperParameterKey',
      (v, s) => validated(s, { hyperparameters: { [v]: '1' } }),
      [],
      ['a'.repeat(257), 'a\nb'],
    ),
    '': size('HyperParameters', (n, s) => validated(s, { hyperparameters: mapOfText(n) }), [], [101]),
  }),
  'ValidationTrainingOptions.inputs': size(
    'InputDataConfig',
    (n, s) => validated(s, { inputs: map(n, () => sm.TrainingInput.fromBucket(bucket(s), 'a')) }),
    [],
    [0, 21],
  ),
  'ValidationProfileOptions.transform': text('TransformEnvironmentValue', (v, s) =>
    validated(s, {}, { environment: { transform: v } }),
  ),
};

const REGISTRY: Record<string, Row> = {
  'ModelPackageGroupProps.modelPackageGroupName': text(
    'EntityName',
    (v, s) => new sm.ModelPackageGroup(s, 'Group', { modelPackageGroupName: v }),
  ),
  'ModelPackageGroupProps.description': text(
    'EntityDescription',
    (v, s) => new sm.ModelPackageGroup(s, 'Group', { description: v }),
  ),
  'ModelPackageProps.description': text('EntityDescription', (v, s) => modelPackage(s, { description: v })),
  'ModelPackageProps.approvalDescription': text('ApprovalDescription', (v, s) =>
    modelPackage(s, { approvalDescription: v }),
  ),
  'ModelPackageProps.sourceUri': text('ModelPackageSourceUri', (v, s) => modelPackage(s, { sourceUri: v })),
  'ModelPackageProps.modelPackageName': text(
    'EntityName',
    (v, s) => modelPackage(s, { group: undefined, modelPackageName: v }),
    PREFIX,
    NOT_PREFIX,
  ),
  'ModelPackageProps.containers': size('ModelPackageContainerDefinitionList', (n, s) =>
    modelPackage(s, { containers: list(n, () => ({ image: image() })) }),
  ),
  'ModelPackageProps.additionalInferenceSpecifications': size('AdditionalInferenceSpecifications', (n, s) =>
    modelPackage(s, {
      additionalInferenceSpecifications: list(n, (name) => ({ name, containers: [{ image: image() }] })),
    }),
  ),
  ...prefixed(
    'ModelPackageProps.customerMetadata',
    environment('CustomerMetadataMap', 'CustomerMetadataKey', 'CustomerMetadataValue', (v, s) =>
      modelPackage(s, { customerMetadata: v }),
    ),
  ),
  'ModelPackageProps.commitId': text('CustomerMetadataValue', (v, s) => modelPackage(s, { commitId: v })),
  'ModelPackageMetadata.commitId': text('MetadataPropertyValue', (v, s) =>
    modelPackage(s, { metadata: { commitId: v } }),
  ),
  'ModelPackageMetadata.repository': text('MetadataPropertyValue', (v, s) =>
    modelPackage(s, { metadata: { repository: v } }),
  ),
  'ModelPackageMetadata.generatedBy': text('MetadataPropertyValue', (v, s) =>
    modelPackage(s, { metadata: { generatedBy: v } }),
  ),
  'ModelPackageMetadata.projectId': text('MetadataPropertyValue', (v, s) =>
    modelPackage(s, { metadata: { projectId: v } }),
  ),
  'ModelPackageValidationProfile.profileName': text('EntityName', (v, s) =>
    modelPackage(s, {
      group: undefined,
      validationProfile: {
        profileName: v,
        transform: {
          input: sm.TransformInput.fromBucket(bucket(s), 'in/'),
          output: sm.TransformOutput.toBucket(bucket(s), 'out'),
          resources: sm.TransformResources.of(TYPE),
        },
      },
    }),
  ),
  'ModelPackageContainer.containerHostname': text('ContainerHostname', (v, s) => packaged(s, { containerHostname: v })),
  'ModelPackageContainer.frameworkVersion': text(
    'ModelPackageFrameworkVersion',
    (v, s) => packaged(s, { frameworkVersion: v }),
    ['1.7', '1.23456789'],
    ['1.', '1.234567890', 'a.b'],
  ),
  'ModelPackageContainer.dataInputConfig': text('DataInputConfig', (v, s) => packaged(s, { dataInputConfig: v })),
  ...prefixed(
    'ModelPackageContainer.environment',
    environment('EnvironmentMap', 'EnvironmentKey', 'EnvironmentValue', (v, s) => packaged(s, { environment: v })),
  ),
  'AdditionalInferenceSpecification.name': text('EntityName', (v, s) => additional(s, { name: v })),
  'AdditionalInferenceSpecification.description': text('EntityDescription', (v, s) =>
    additional(s, { description: v }),
  ),
  'AdditionalInferenceSpecification.contentTypes[]': text('ContentType', (v, s) =>
    additional(s, { contentTypes: [v] }),
  ),
  'AdditionalInferenceSpecification.responseMimeTypes[]': text(
    'ResponseMIMEType',
    (v, s) => additional(s, { responseMimeTypes: [v] }),
    ['a/b', `a/${'b'.repeat(1022)}`],
  ),
  'AdditionalInferenceSpecification.containers': size('ModelPackageContainerDefinitionList', (n, s) =>
    additional(s, { containers: list(n, () => ({ image: image() })) }),
  ),
  'AdditionalInferenceSpecification.transformInstanceTypes': size(
    'TransformInstanceTypes',
    (n, s) => additional(s, { transformInstanceTypes: list(n, () => TYPE) }),
    [1],
    [0],
  ),
  'ModelCard.fromJson.content': text(
    'ModelCardContent',
    (v) => sm.ModelCard.fromJson(v),
    ['{}', `{"a":"${'b'.repeat(100_000 - 8)}"}`],
    [`{"a":"${'b'.repeat(100_000 - 7)}"}`, '{\n}', '[]'],
  ),
  'FileSource.fromObject.objectKey': object((v, s) => sm.FileSource.fromObject(bucket(s), v)),
  'FileSourceOptions.contentType': text('ContentType', (v, s) =>
    sm.FileSource.fromObject(bucket(s), 'a', { contentType: v }),
  ),
  'FileSourceOptions.contentDigest': text(
    'ContentDigest',
    (v, s) => sm.FileSource.fromObject(bucket(s), 'a', { contentDigest: v }),
    [`sha256:${'0'.repeat(64)}`],
    ['', `sha256:${'0'.repeat(63)}`, `sha256:${'0'.repeat(65)}`, `sha256:${'g'.repeat(64)}`],
  ),
};

const HOSTING: Record<string, Row> = {
  'ModelProps.modelName': text('EntityName', (v, s) => newModel(s, { modelName: v }), PREFIX, NOT_PREFIX),
  'ModelProps.containers': size(
    'ContainerDefinitionList',
    (n, s) => newModel(s, { image: undefined, containers: list(n, () => ({ image: image() })) }),
    [1, 15],
    [0, 16],
  ),
  'ModelProps.securityGroups': size('VpcSecurityGroupIds', (n, s) =>
    newModel(s, { vpc: vpc(s), securityGroups: groups(s, n) }),
  ),
  'ContainerDefinition.containerHostname': text('ContainerHostname', (v, s) => newModel(s, { containerHostname: v })),
  'ContainerDefinition.inferenceSpecificationName': text('InferenceSpecificationName', (v, s) =>
    newModel(s, {
      image: undefined,
      modelPackage: sm.ModelPackage.fromModelPackageArn(
        s,
        'Package',
        'arn:aws:sagemaker:eu-west-1:111122223333:model-package/a/1',
      ),
      inferenceSpecificationName: v,
    }),
  ),
  ...prefixed(
    'ContainerDefinition.environment',
    environment('EnvironmentMap', 'EnvironmentKey', 'EnvironmentValue', (v, s) => newModel(s, { environment: v })),
  ),
  'ModelData.fromObject.objectKey': {
    ...location((v, s) => sm.ModelData.fromObject(bucket(s), v)),
    legal: ['a.tar.gz', `${'a'.repeat(1024 - uri - 7)}.tar.gz`, `${'0'.repeat(64)}.gz`],
    illegal: ['', 'a.zip', '/a.tar.gz', 's3://data/a.tar.gz', 'a\n.tar.gz', `${'a'.repeat(1025 - uri - 7)}.tar.gz`],
  },
  'ModelData.fromUncompressedObject.objectKey': object((v, s) => sm.ModelData.fromUncompressedObject(bucket(s), v)),
  'ModelData.fromUncompressedPrefix.keyPrefix': {
    ...location((v, s) => sm.ModelData.fromUncompressedPrefix(bucket(s), v)),
    legal: ['', 'a', 'a'.repeat(1023 - uri)],
    illegal: ['/a', 's3://data/a', 'a\nb', 'a'.repeat(1024 - uri)],
  },
  'UncompressedModelDataOptions.hubContentArn': text('HubContentArn', (v, s) =>
    sm.ModelData.fromUncompressedPrefix(bucket(s), '', { hubContentArn: v }),
  ),
  'S3Location.fromBucket.keyPrefix': location((v, s) => sm.S3Location.fromBucket(bucket(s), v)),
  'EndpointConfigProps.endpointConfigName': text(
    'EntityName',
    (v, s) => config(s, { endpointConfigName: v }),
    PREFIX,
    NOT_PREFIX,
  ),
  'EndpointConfigProps.variants': size('ProductionVariantList', (n, s) => {
    const model = newModel(s);
    return config(s, { variants: list(n, (name) => variant(s, { model }, name)) });
  }),
  'EndpointConfigProps.securityGroups': size('VpcSecurityGroupIds', (n, s) =>
    config(s, {
      vpc: vpc(s),
      securityGroups: groups(s, n),
      variants: [sm.ProductionVariant.inferenceComponents('a', { instanceType: TYPE })],
    }),
  ),
  'ProductionVariant.instances.variantName': text('VariantName', (v, s) => variant(s, {}, v)),
  'InstanceOptions.instanceCount': number('InitialTaskCount', (v, s) => variant(s, { instanceCount: v })),
  'InstanceOptions.volumeSize': number('ProductionVariantVolumeSizeInGB', (v, s) =>
    variant(s, { volumeSize: Size.gibibytes(v) }),
  ),
  'InstanceOptions.instanceProvisionTimeout': number('VariantInstanceProvisionTimeoutInSeconds', (v, s) =>
    variant(s, { instanceProvisionTimeout: seconds(v) }),
  ),
  'InstanceOptions.modelDataDownloadTimeout': number('ProductionVariantModelDataDownloadTimeoutInSeconds', (v, s) =>
    variant(s, { modelDataDownloadTimeout: seconds(v) }),
  ),
  'InstanceOptions.startupHealthCheckTimeout': number(
    'ProductionVariantContainerStartupHealthCheckTimeoutInSeconds',
    (v, s) => variant(s, { startupHealthCheckTimeout: seconds(v) }),
  ),
  'InstanceOptions.instancePools': size('InstancePoolList', (n, s) =>
    variant(s, {
      instancePools: list(n, (name) => ({ instanceType: sm.InstanceType.of(`ml.${name}.large`), priority: 1 })),
    }),
  ),
  'InstancePool.priority': number('InstancePoolPriority', (v, s) =>
    variant(s, { instancePools: [{ instanceType: TYPE, priority: v }] }),
  ),
  'InstanceVariantOptions.weight': number(
    'VariantWeight',
    (v, s) => variant(s, { weight: v }),
    [0, 0.5, 100],
    [-0.5, NaN],
  ),
  'ManagedInstanceScaling.minInstanceCount': number('ManagedInstanceScalingMinInstanceCount', (v) =>
    components({ managedScaling: { minInstanceCount: v } }),
  ),
  'ManagedInstanceScaling.maxInstanceCount': number('ManagedInstanceScalingMaxInstanceCount', (v) =>
    components({ managedScaling: { maxInstanceCount: v } }),
  ),
  'ScaleInPolicy.maximumStepSize': number('ManagedInstanceScalingMaximumStepSize', (v) =>
    components({
      managedScaling: { scaleInPolicy: { strategy: sm.ScaleInStrategy.CONSOLIDATION, maximumStepSize: v } },
    }),
  ),
  'ScaleInPolicy.cooldown': number('ManagedInstanceScalingCooldownInMinutes', (v) =>
    components({
      managedScaling: { scaleInPolicy: { strategy: sm.ScaleInStrategy.CONSOLIDATION, cooldown: Duration.minutes(v) } },
    }),
  ),
  'PrefixAwareRouting.prefixLength': number(
    'RandomSeed',
    (v, s) => variant(s, { prefixAwareRouting: { prefixLength: v } }),
    [1024, 65_536],
    [1023, 65_537, 1024.5],
  ),
  'PrefixAwareRouting.concurrencyThreshold': number(
    'RandomSeed',
    (v, s) => variant(s, { prefixAwareRouting: { concurrencyThreshold: v } }),
    [1, 1024],
    [0, 1025, 1.5],
  ),
  'CapacityReservation.reservationArn': text(
    'MlReservationArn',
    (v, s) => variant(s, { capacityReservation: { reservationArn: v } }),
    [`${ARN}:training-plan/a`, `${ARN}:training-plan/`.padEnd(258, 'a')],
  ),
  'CoreDumpOptions.destination': places((l, s) => variant(s, { coreDump: { destination: l } }), 512),
  'ServerlessVariantOptions.memory': number(
    'ServerlessMemorySizeInMB',
    (v, s) =>
      sm.ProductionVariant.serverless('a', { model: newModel(s), memory: Size.mebibytes(v), maxConcurrency: 1 }),
    [1024, 6144],
    [0, 1023, 1025, 6145, 7168],
  ),
  'ServerlessVariantOptions.maxConcurrency': number('ServerlessMaxConcurrency', (v, s) =>
    sm.ProductionVariant.serverless('a', { model: newModel(s), memory: Size.gibibytes(1), maxConcurrency: v }),
  ),
  'ServerlessVariantOptions.provisionedConcurrency': number('ServerlessProvisionedConcurrency', (v, s) =>
    sm.ProductionVariant.serverless('a', {
      model: newModel(s),
      memory: Size.gibibytes(1),
      maxConcurrency: 200,
      provisionedConcurrency: v,
    }),
  ),
  'DataCaptureOptions.samplingPercentage': number('SamplingPercentage', (v, s) =>
    captured(s, { samplingPercentage: v }),
  ),
  'DataCaptureOptions.captureModes': size('CaptureOptionList', (n, s) =>
    captured(s, { captureModes: list(n, () => sm.CaptureMode.INPUT) }),
  ),
  'DataCaptureOptions.csvContentTypes': size('CsvContentTypes', (n, s) =>
    captured(s, { csvContentTypes: list(n, () => 'a/b') }),
  ),
  'DataCaptureOptions.csvContentTypes[]': text(
    'CsvContentType',
    (v, s) => captured(s, { csvContentTypes: [v] }),
    ['a/b', `a/${'b'.repeat(254)}`],
    ['', 'a', `a/${'b'.repeat(255)}`, 'a/b c'],
  ),
  'DataCaptureOptions.jsonContentTypes': size('JsonContentTypes', (n, s) =>
    captured(s, { jsonContentTypes: list(n, () => 'a/b') }),
  ),
  'DataCaptureOptions.jsonContentTypes[]': text(
    'JsonContentType',
    (v, s) => captured(s, { jsonContentTypes: [v] }),
    ['a/b', `a/${'b'.repeat(254)}`],
    ['', 'a', `a/${'b'.repeat(255)}`, 'a/b c'],
  ),
  'DataCaptureOptions.destination': places((l, s) => captured(s, { destination: l }), 512),
  'AsyncInferenceOptions.maxConcurrentInvocationsPerInstance': number('MaxConcurrentInvocationsPerInstance', (v, s) =>
    asynchronous(s, { maxConcurrentInvocationsPerInstance: v }),
  ),
  'AsyncInferenceOptions.includeInferenceResponseIn': size('AsyncNotificationTopicTypeList', (n, s) =>
    asynchronous(s, {
      successTopic: new sns.Topic(s, 'Topic'),
      includeInferenceResponseIn: list(n, () => sm.AsyncNotificationTopic.SUCCESS),
    }),
  ),
  'AsyncInferenceOptions.output': places((l, s) => asynchronous(s, { output: l }), 512),
  'AsyncInferenceOptions.failure': places((l, s) => asynchronous(s, { failure: l }), 512),
  'ExplainerOptions.baseline': text('ClarifyShapBaseline', (v, s) =>
    explained(s, { baseline: sm.ExplainerBaseline.inline(v) }),
  ),
  'ExplainerBaseline.inline.mimeType': text(
    'ClarifyMimeType',
    (v, s) => explained(s, { baseline: sm.ExplainerBaseline.inline('1', v) }),
    ['a/b', `a/${'b'.repeat(253)}`],
    ['', 'a', `a/${'b'.repeat(254)}`],
  ),
  'ExplainerBaseline.fromObject.objectKey': object((v, s) => sm.ExplainerBaseline.fromObject(bucket(s), v)),
  'ExplainerOptions.enableExplanations': text('ClarifyEnableExplanations', (v, s) =>
    explained(s, { enableExplanations: v }),
  ),
  'ExplainerOptions.numberOfSamples': number('ClarifyShapNumberOfSamples', (v, s) =>
    explained(s, { numberOfSamples: v }),
  ),
  'ExplainerOptions.seed': number(
    'ClarifyShapSeed',
    (v, s) => explained(s, { seed: v }),
    [-1, 0, 2 ** 31 - 1],
    [0.5, 2 ** 31],
  ),
  'TextExplanation.language': text('ClarifyTextLanguage', (v, s) =>
    explained(s, { text: { granularity: sm.TextGranularity.TOKEN, language: v } }),
  ),
  'ExplainerInferenceOptions.featuresAttribute': text('ClarifyFeaturesAttribute', (v, s) =>
    explainedBy(s, { featuresAttribute: v }),
  ),
  'ExplainerInferenceOptions.contentTemplate': text('ClarifyContentTemplate', (v, s) =>
    explainedBy(s, { contentTemplate: v }),
  ),
  'ExplainerInferenceOptions.maxRecordCount': number('ClarifyMaxRecordCount', (v, s) =>
    explainedBy(s, { maxRecordCount: v }),
  ),
  'ExplainerInferenceOptions.maxPayload': number('ClarifyMaxPayloadInMB', (v, s) =>
    explainedBy(s, { maxPayload: Size.mebibytes(v) }),
  ),
  'ExplainerInferenceOptions.probabilityIndex': number('ClarifyProbabilityIndex', (v, s) =>
    explainedBy(s, { probabilityIndex: v }),
  ),
  'ExplainerInferenceOptions.labelIndex': number('ClarifyLabelIndex', (v, s) => explainedBy(s, { labelIndex: v })),
  'ExplainerInferenceOptions.probabilityAttribute': text('ClarifyProbabilityAttribute', (v, s) =>
    explainedBy(s, { probabilityAttribute: v }),
  ),
  'ExplainerInferenceOptions.labelAttribute': text('ClarifyLabelAttribute', (v, s) =>
    explainedBy(s, { labelAttribute: v }),
  ),
  'ExplainerInferenceOptions.labelHeaders': size('ClarifyLabelHeaders', (n, s) =>
    explainedBy(s, { labelHeaders: list(n, String) }),
  ),
  'ExplainerInferenceOptions.labelHeaders[]': text('ClarifyHeader', (v, s) => explainedBy(s, { labelHeaders: [v] })),
  'ExplainerInferenceOptions.featureHeaders': size('ClarifyFeatureHeaders', (n, s) =>
    explainedBy(s, { featureHeaders: list(n, String) }),
  ),
  'ExplainerInferenceOptions.featureHeaders[]': text('ClarifyHeader', (v, s) =>
    explainedBy(s, { featureHeaders: [v] }),
  ),
  'ExplainerInferenceOptions.featureTypes': size('ClarifyFeatureTypes', (n, s) =>
    explainedBy(s, { featureTypes: list(n, () => sm.ExplainedFeatureType.TEXT) }),
  ),
  'EndpointMetricsOptions.publishFrequency': number(
    'RandomSeed',
    (v, s) => config(s, { metrics: { publishFrequency: seconds(v) } }),
    [10, 300],
    [9, 20, 301],
  ),
  'EndpointProps.endpointName': text('EndpointName', (v, s) => endpoint(s, { endpointName: v })),
  'DeploymentOptions.maximumExecutionTimeout': number('MaximumExecutionTimeoutInSeconds', (v, s) =>
    deployed(s, { maximumExecutionTimeout: seconds(v) }),
  ),
  'RollingOptions.bakeTime': number(
    'WaitIntervalInSeconds',
    (v, s) => deployed(s, { bakeTime: seconds(v) }),
    [0, 3600],
    [3601, 1.5],
  ),
  'BlueGreenOptions.terminationWait': number(
    'TerminationWaitInSeconds',
    (v, s) => endpoint(s, { deployment: sm.DeploymentPolicy.allAtOnce({ terminationWait: seconds(v) }) }),
    [0, 3600],
    [3601, 1.5],
  ),
  'CapacitySize.count.count': number('CapacitySizeValue', (v) => sm.CapacitySize.count(v)),
  'CapacitySize.percent.percent': number(
    'CapacitySizeValue',
    (v) => sm.CapacitySize.percent(v),
    [1, 100],
    [0, 101, 1.5],
  ),
  'InferenceComponentProps.inferenceComponentName': text('InferenceComponentName', (v, s) =>
    component(s, { inferenceComponentName: v }),
  ),
  'InferenceComponentProps.variantName': text('VariantName', (v, s) => component(s, { variantName: v })),
  'InferenceComponentProps.copyCount': number('InferenceComponentCopyCount', (v, s) => component(s, { copyCount: v })),
  'InferenceComponentProps.modelDataDownloadTimeout': number(
    'ProductionVariantModelDataDownloadTimeoutInSeconds',
    (v, s) => component(s, { modelDataDownloadTimeout: seconds(v) }),
  ),
  'InferenceComponentProps.startupHealthCheckTimeout': number(
    'ProductionVariantContainerStartupHealthCheckTimeoutInSeconds',
    (v, s) => component(s, { startupHealthCheckTimeout: seconds(v) }),
  ),
  'ComputeResources.minMemory': number('MemoryInMb', (v, s) =>
    component(s, { compute: { minMemory: Size.mebibytes(v) } }),
  ),
  'ComputeResources.maxMemory': number('MemoryInMb', (v, s) =>
    component(s, { compute: { minMemory: Size.mebibytes(128), maxMemory: Size.mebibytes(v) } }),
  ),
  'ComputeResources.cpuCores': number(
    'NumberOfCpuCores',
    (v, s) => component(s, { compute: { minMemory: Size.gibibytes(1), cpuCores: v } }),
    [0.25, 1.5],
    [0.24, NaN],
  ),
  'ComputeResources.acceleratorDevices': number(
    'NumberOfAcceleratorDevices',
    (v, s) => component(s, { compute: { minMemory: Size.gibibytes(1), acceleratorDevices: v } }),
    [1, 8],
    [0, 1.5],
  ),
  ...prefixed(
    'ComponentContainer.environment',
    environment('EnvironmentMap', 'EnvironmentKey', 'EnvironmentValue', (v, s) =>
      component(s, { model: undefined, container: { image: image(), environment: v } }),
    ),
  ),
};

const names = (make: Make<string>, max = 63): Row =>
  text('EntityName', make, ['a', 'a'.repeat(max)], ['', 'a b', '-a', 'a'.repeat(max + 1)]);
const arns = (type: string, make: Make<string>): Row =>
  text('EntityName', make, [`${ARN}:${type}/a`], ['', 'a', `${ARN}:other/a`, `${ARN}:${type}/`, `${ARN}:${type}/a b`]);
const pipeline = (stack: Stack) => sm.Pipeline.fromPipelineName(stack, 'Pipeline', 'a');
const scheduled = (stack: Stack, parameters: Record<string, string>) =>
  pipeline(stack).startOnSchedule('S', scheduler.ScheduleExpression.rate(Duration.days(1)), { parameters });
const targeted = (stack: Stack, parameters: Record<string, string>) =>
  new sm.PipelineTarget(pipeline(stack), { parameters });
const IMPORTS: Record<string, Row> = {
  'Algorithm.fromAlgorithmName.algorithmName': names((v, s) => sm.Algorithm.fromAlgorithmName(s, 'I', v)),
  'Algorithm.fromAlgorithmArn.algorithmArn': arns('algorithm', (v, s) => sm.Algorithm.fromAlgorithmArn(s, 'I', v)),
  'Model.fromModelName.modelName': names((v, s) => sm.Model.fromModelName(s, 'I', v)),
  'Model.fromModelArn.modelArn': arns('model', (v, s) => sm.Model.fromModelArn(s, 'I', v)),
  'Endpoint.fromEndpointName.endpointName': names((v, s) => sm.Endpoint.fromEndpointName(s, 'I', v)),
  'Endpoint.fromEndpointArn.endpointArn': arns('endpoint', (v, s) => sm.Endpoint.fromEndpointArn(s, 'I', v)),
  'EndpointConfig.fromEndpointConfigName.endpointConfigName': names((v, s) =>
    sm.EndpointConfig.fromEndpointConfigName(s, 'I', v),
  ),
  'EndpointConfig.fromEndpointConfigArn.endpointConfigArn': arns('endpoint-config', (v, s) =>
    sm.EndpointConfig.fromEndpointConfigArn(s, 'I', v),
  ),
  'InferenceComponent.fromInferenceComponentName.inferenceComponentName': names((v, s) =>
    sm.InferenceComponent.fromInferenceComponentName(s, 'I', v),
  ),
  'ModelPackageGroup.fromModelPackageGroupName.modelPackageGroupName': names((v, s) =>
    sm.ModelPackageGroup.fromModelPackageGroupName(s, 'I', v),
  ),
  'ModelPackageGroup.fromModelPackageGroupArn.modelPackageGroupArn': arns('model-package-group', (v, s) =>
    sm.ModelPackageGroup.fromModelPackageGroupArn(s, 'I', v),
  ),
  'Pipeline.fromPipelineName.pipelineName': text('PipelineName', (v, s) => sm.Pipeline.fromPipelineName(s, 'I', v)),
  'Pipeline.fromPipelineArn.pipelineArn': arns('pipeline', (v, s) => sm.Pipeline.fromPipelineArn(s, 'I', v)),
  'PipelineStartOptions.parameters': size('ParameterList', (n, s) => scheduled(s, mapOfText(n))),
  'PipelineStartOptions.parameters{key}': text('PipelineParameterName', (v, s) => scheduled(s, { [v]: '1' })),
  // Schedules and rules accept less than SageMaker.
  'PipelineStartOptions.parameters{}': text(
    'String1024',
    (v, s) => scheduled(s, { a: v }),
    ['a'],
    ['', 'a'.repeat(1025)],
  ),
  'PipelineStartOptions.parameters{key} (rule)': text(
    'PipelineParameterName',
    (v, s) => targeted(s, { [v]: '1' }),
    ['a', 'a-1', 'a'.repeat(256)],
    ['', 'a_b', '-a', 'a-', 'a b', 'a'.repeat(257)],
  ),
  'ModelPackage.fromModelPackageArn.modelPackageArn': text(
    'ModelPackageArn',
    (v, s) => sm.ModelPackage.fromModelPackageArn(s, 'I', v),
    [`${ARN}:model-package/a/1`],
    ['', 'a', `${ARN}:model/a`],
  ),
  'EcrImageOptions.digest': text(
    'ImageDigest',
    (v, s) => sm.ContainerImage.fromEcrRepository(ecr.Repository.fromRepositoryName(s, 'R', 'r'), { digest: v }),
    [`sha256:${'0'.repeat(64)}`],
    ['', `sha256:${'0'.repeat(63)}`, `sha256:${'0'.repeat(65)}`, 'latest'],
  ),
  'ProfilerOptions.interval': number(
    'RandomSeed',
    (v, s) => sm.Profiler.toBucket(bucket(s), 'p', { interval: Duration.millis(v) }),
    [100, 60_000],
    [99, 101, 60_001],
  ),
  'ContainerImage.fromPrivateRegistry.imageUri': text(
    'ContainerImage',
    (v) => sm.ContainerImage.fromPrivateRegistry(v),
    ['a', 'a'.repeat(255)],
    ['', 'a b', 'a'.repeat(256)],
  ),
};

const ROWS: Record<string, Row> = {
  ...TRAINING,
  ...TUNING,
  ...TRANSFORM,
  ...PROCESSING,
  ...ALGORITHM,
  ...REGISTRY,
  ...HOSTING,
  ...IMPORTS,
};

interface Limit {
  readonly type?: string;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly values?: string[];
}

const LARGEST = 2 ** 31 - 1;

/** The beginnings of texts that match the patterns of the API. */
const BEGINNINGS = ['', 'a/'];

function sample({ pattern = '[\\s\\S]*' }: Limit, length: number): string {
  const candidates = BEGINNINGS.map((beginning) => beginning.padEnd(length, 'a'));
  const match = candidates.find((text) => text.length === length && new RegExp(`^(?:${pattern})$`, 'u').test(text));
  if (match === undefined) throw new Error(`No text of length ${length} matches ${pattern}.`);
  return match;
}

/** Values on the limits of a shape. */
function legalValues(limit: Limit): unknown[] {
  const { type = 'string', min = -Infinity, max = Infinity, values } = limit;
  if (values !== undefined) return [values[0], values.at(-1)];
  if (type === 'list' || type === 'map') return [Math.max(min, 1), max].filter(Number.isFinite);
  if (type === 'string') return [Math.max(min, 1), Math.min(max, 200_000)].map((length) => sample(limit, length));
  return [Number.isFinite(min) ? min : 0, Number.isFinite(max) ? max : LARGEST];
}

/** Values just outside the limits of a shape. */
function illegalValues(limit: Limit): unknown[] {
  const { type = 'string', min = -Infinity, max = Infinity, pattern, values } = limit;
  const tooLarge = Number.isFinite(max) ? [max + 1] : [];
  const tooSmall = Number.isFinite(min) ? [min - 1] : [];
  if (values !== undefined) return ['bogus', ''];
  if (type === 'list' || type === 'map') return [...tooSmall, ...tooLarge].filter((count) => count >= 0);
  if (type !== 'string') return [...tooSmall, ...tooLarge, LARGEST + 1, Math.max(min, 0) + 0.5];
  const broken = ['a\nb', 'a\u0085b', ''].filter((value) => pattern !== undefined && !expression(pattern).test(value));
  return [...tooLarge.map((length) => 'a'.repeat(length)), ...(min > 0 ? [''] : []), ...broken];
}

function expression(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern.replace(/^\.([*+])$/, '[^\\n\\r\\u0085\\u2028\\u2029]$1')})$`, 'u');
}

function messageOf(make: () => unknown): string | undefined {
  try {
    make();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const shown = (value: unknown): string => JSON.stringify(value)?.slice(0, 40) ?? String(value);

/** The name of a property or parameter, without the struct or the method. */
const nameIn = (row: string): string =>
  row
    .replace(/[[{].*/, '')
    .split('.')
    .at(-1) ?? '';

test.each(Object.entries(ROWS))('%s accepts values on its limits and rejects values outside of them', (name, row) => {
  const { shape, make, named: property = nameIn(name) } = row;
  const { legal = legalValues(limits.shapes[shape]), illegal = illegalValues(limits.shapes[shape]) } = row;
  const errorOf = (value: unknown): string | undefined => messageOf(() => make(value as never, newStack()));
  const refused = legal.map((value) => [shown(value), errorOf(value)]).filter(([, error]) => error !== undefined);
  const accepted = illegal
    .map((value) => [shown(value), errorOf(value)])
    .filter(([, error]) => error?.includes(property) !== true);
  expect({ refused, accepted }).toEqual({ refused: [], accepted: [] });
});

/** Properties without a row, by the reason. */
const UNLIMITED: Record<string, string[]> = {
  'The SageMaker API has no limit, or the value is one of a list': (
    'compressionTypes containerCount domain framework id instanceType input metricName nearestModelName objectives ' +
    'realtimeInstanceTypes records retainedVariantProperties revision strategyName targetObjectiveValue task'
  ).split(' '),
  'They are options of Docker, files, or names of images that exist': (
    'assetName baseFramework baseImageArg buildArgs buildContexts buildSecrets buildSsh cacheFrom directory displayName exclude extraHash ' +
    'family file outputs program purposes pythonVersion tag target version'
  ).split(' '),
  'They are not part of the SageMaker API but of CloudWatch, Application Auto Scaling, CloudFormation or Systems Manager':
    (
      'actions alarmActions alarmName alarms dashboardName datapointsToAlarm duration endpoints evaluationPeriods maxCapacity ' +
      'maxLatency maxDelay maxPercent maxRequestsPerSecond metricNames minCapacity parameterName percentile period safetyFactor ' +
      'settle stackName stackParameters stateMachineName scaleInCooldown scaleOutCooldown targetBacklogPerInstance targetConcurrency targetInvocationsPerMinute targetValue ' +
      'trainings variantNames'
    ).split(' '),
  'They are rules of workflows, monitors, releases, shadow tests and smoke tests, which have tests of their own': (
    'bootstrapQualifier captureDestination column delay encryptionKeys expect images jsonPath maxDuration maxViolations maxWindow minAgreement ' +
    'minRequests modelData prefix productionVariantName report reportLocation repositories row shadowVariantName status ' +
    'targetContainerHostname targetModel targetVariant text threshold timeout tolerance value'
  ).split(' '),
};

test('Every property of a text, a number, a list or a map has a row, or a reason why it has none', () => {
  const declared = Object.values({ ...types.structs, ...types.methods }).flatMap((properties) =>
    Object.entries(properties),
  );
  const limited = declared.filter(([, type]) => /^(string|number|Duration|Size|S3Location|list:.*|map:.*)$/.test(type));
  const known = [...Object.keys(ROWS).map(nameIn), ...Object.values(UNLIMITED).flat()];
  const missing = limited.map(([name]) => name.replace(/\?$/, '')).filter((name) => !known.includes(name));
  expect([...new Set(missing)].sort()).toEqual([]);
});
