import { Duration, type Stack } from 'aws-cdk-lib';
import {
  ContentCompression,
  InstanceType,
  S3DataDistribution,
  S3Location,
  TrainingInput,
  TrainingResources,
} from '../../lib';
import { type Expressed, NAME, ROLE_ARN, bucket, network } from './configurations';
import { CSV, IMAGE_JOB, LIMITS, RENDERED_CSV, RENDERED_RANGES, channel, job, kmeans } from './tuning-blocks';

const DETAILED = { compression: ContentCompression.NONE, distribution: S3DataDistribution.FULLY_REPLICATED, ...CSV };
const RENDERED_DETAILED = { CompressionType: 'None', ...RENDERED_CSV };
const INSTANCES = {
  AllocationStrategy: 'Prioritized',
  InstanceConfigs: [{ InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 30 }],
};
function twoDefinitions(stack: Stack): void {
  const source = (seed: number): TrainingInput =>
    TrainingInput.fromBucket(bucket(stack), 'input/', { ...DETAILED, shuffleSeed: seed });
  const first = kmeans(stack, {
    definitionName: 'def-1',
    encryptInterContainerTraffic: true,
    useSpotInstances: true,
    networkIsolation: true,
    checkpoints: { location: S3Location.fromBucket(bucket(stack), 'checkpoints/'), localPath: '/opt/ml/checkpoints' },
    inputs: { train: source(42), test: source(44) },
    resources: TrainingResources.preferring([{ instanceType: InstanceType.ML_M5_LARGE }]),
    maxRetryAttempts: 2,
    maxPendingTime: Duration.seconds(7200),
    maxRuntime: Duration.seconds(3500),
    maxWaitTime: Duration.seconds(3500),
    ...network(stack, 1, 1),
  });
  const target = job(stack, { definitions: [first, kmeans(stack, { definitionName: 'def-2' })] });
  const train = 'TrainingJobDefinitions.0.InputDataConfig.1.DataSource.S3DataSource';
  target.addRequestOverride(`${train}.AttributeNames`, ['label_size']);
  target.addRequestOverride(`${train}.InstanceGroupNames`, ['instance-group-1']);
}
const TUNED = {
  TuningObjective: { MetricName: 'test:msd', Type: 'Minimize' },
  HyperParameterRanges: RENDERED_RANGES,
  RoleArn: ROLE_ARN,
};
const TWO_DEFINITIONS = [
  {
    ...TUNED,
    DefinitionName: 'def-1',
    AlgorithmSpecification: { TrainingInputMode: 'File' },
    EnableInterContainerTrafficEncryption: true,
    EnableManagedSpotTraining: true,
    EnableNetworkIsolation: true,
    CheckpointConfig: { LocalPath: '/opt/ml/checkpoints', S3Uri: `s3://${NAME}/checkpoints/` },
    HyperParameterTuningResourceConfig: INSTANCES,
    InputDataConfig: [
      channel('test', 'input/', { ...RENDERED_DETAILED, ShuffleConfig: { Seed: 44 } }),
      {
        ...RENDERED_DETAILED,
        ChannelName: 'train',
        ShuffleConfig: { Seed: 42 },
        DataSource: {
          S3DataSource: {
            S3DataType: 'S3Prefix',
            S3Uri: `s3://${NAME}/input/`,
            S3DataDistributionType: 'FullyReplicated',
            AttributeNames: ['label_size'],
            InstanceGroupNames: ['instance-group-1'],
          },
        },
      },
    ],
    OutputDataConfig: { S3OutputPath: `s3://${NAME}/output`, CompressionType: 'GZIP' },
    RetryStrategy: { MaximumRetryAttempts: 2 },
    StoppingCondition: {
      MaxPendingTimeInSeconds: 7200,
      MaxRuntimeInSeconds: 3500,
      MaxWaitTimeInSeconds: 3500,
    },
    VpcConfig: { SecurityGroupIds: ['sg-1'], Subnets: ['subnet-1'] },
  },
  { ...TUNED, ...IMAGE_JOB, DefinitionName: 'def-2' },
];

export const TRAINING_JOB_DEFINITIONS: Expressed = {
  build: twoDefinitions,
  isOverridden: true,
  expected: {
    HyperParameterTuningJobConfig: { Strategy: 'Bayesian', ResourceLimits: LIMITS },
    TrainingJobDefinitions: TWO_DEFINITIONS,
  },
  absent: [
    'TrainingJobDefinitions[0].ResourceConfig',
    'TrainingJobDefinitions[0].AlgorithmSpecification.MetricDefinitions',
    'TrainingJobDefinitions[1].AlgorithmSpecification.MetricDefinitions',
  ],
};
