import { Duration, type Stack } from 'aws-cdk-lib';
import {
  BuiltInAlgorithm,
  ContainerImage,
  HyperparameterRange,
  ImagePurpose,
  InputMode,
  JobWait,
  Objective,
  type S3TrainingInputOptions,
  TrainingInput,
  TrainingOutput,
  type TuningDefinition,
  TuningJob,
  type TuningJobProps,
} from '../../lib';
import { NAME, ROLE_ARN, bucket, role } from './configurations';
import { RESOURCES } from './training-jobs';

export const KMEANS = ContainerImage.fromBuiltInAlgorithm(BuiltInAlgorithm.KMEANS, { purpose: ImagePurpose.TRAINING });
export const MSD_REGEX = '#quality_metric: host=\\S+, test msd <loss>=(\\S+)';
export const ACCURACY_REGEX = '#quality_metric: host=\\S+, test accuracy=(\\S+)';

export const RANGES = [
  HyperparameterRange.categorical('init_method', ['kmeans++', 'random']),
  HyperparameterRange.integer('epochs', { min: 1, max: 10 }),
  HyperparameterRange.integer('extra_center_factor', { min: 4, max: 10 }),
  HyperparameterRange.integer('mini_batch_size', { min: 3000, max: 15000 }),
];
export const integerRange = (Name: string, MinValue: string, MaxValue: string): object => ({
  Name,
  MinValue,
  MaxValue,
  ScalingType: 'Auto',
});
export const RENDERED_RANGES = {
  CategoricalParameterRanges: [{ Name: 'init_method', Values: ['kmeans++', 'random'] }],
  IntegerParameterRanges: [
    integerRange('epochs', '1', '10'),
    integerRange('extra_center_factor', '4', '10'),
    integerRange('mini_batch_size', '3000', '15000'),
  ],
};

export const inputs = (
  stack: Stack,
  prefix: string,
  options: S3TrainingInputOptions = {},
): Record<'train' | 'test', TrainingInput> => ({
  train: TrainingInput.fromBucket(bucket(stack), prefix, options),
  test: TrainingInput.fromBucket(bucket(stack), prefix, options),
});
export const channel = (ChannelName: string, prefix: string, members: object = {}): object => ({
  ChannelName,
  DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${NAME}/${prefix}` } },
  ...members,
});
export const CSV = { contentType: 'text/csv', inputMode: InputMode.FILE };
export const RENDERED_CSV = { ContentType: 'text/csv', InputMode: 'File' };
export const channels = (prefix: string, members?: object): object[] =>
  ['test', 'train'].map((name) => channel(name, prefix, members));

export const kmeans = (stack: Stack, definition: Partial<TuningDefinition> = {}): TuningDefinition => ({
  image: KMEANS,
  objective: Objective.minimize('test:msd'),
  ranges: RANGES,
  inputs: inputs(stack, 'input/'),
  resources: RESOURCES,
  maxRuntime: Duration.hours(1),
  ...definition,
});

export const job = (stack: Stack, props: Partial<TuningJobProps> = {}, id = 'Tune'): TuningJob =>
  new TuningJob(stack, id, {
    definitions: [kmeans(stack)],
    maxTrainingJobs: 2,
    maxParallelTrainingJobs: 1,
    role: role(stack),
    output: TrainingOutput.toBucket(bucket(stack), 'output/'),
    wait: JobWait.none(),
    ...props,
  });

/** The blocks that the training jobs of most configurations have in common. */
export const JOB = {
  RoleArn: ROLE_ARN,
  OutputDataConfig: { S3OutputPath: `s3://${NAME}/output` },
  ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 30 },
  StoppingCondition: { MaxRuntimeInSeconds: 3600 },
};
export const IMAGE_JOB = {
  ...JOB,
  AlgorithmSpecification: { TrainingInputMode: 'File' },
  InputDataConfig: channels('input/'),
};
export const LIMITS = { MaxNumberOfTrainingJobs: 2, MaxParallelTrainingJobs: 1 };
export const CONFIG = {
  Strategy: 'Bayesian',
  HyperParameterTuningJobObjective: { MetricName: 'test:msd', Type: 'Minimize' },
  ParameterRanges: RENDERED_RANGES,
  ResourceLimits: LIMITS,
};
