import { Readable } from 'node:stream';
import { OUTPUT, RESOURCES, ROLE, STOPPING, controlPlane, trainingJob } from '../control-plane';

const S3DataSource = { S3DataType: 'S3Prefix', S3Uri: 's3://data/in/' };
const channel = (more: object = {}): object => ({ ChannelName: 'train', DataSource: { S3DataSource }, ...more });

const { call, changes, s3 } = controlPlane(() => 0);

beforeAll(async () => {
  await s3.put('data', 'in/a.csv', Readable.from(['1']));
  call('CreateAlgorithm', {
    AlgorithmName: 'churn',
    TrainingSpecification: {
      TrainingImage: 'churn:1',
      SupportedTrainingInstanceTypes: ['ml.m5.large', 'ml.m5.xlarge'],
      SupportsDistributedTraining: false,
      TrainingChannels: [
        {
          Name: 'train',
          IsRequired: true,
          SupportedContentTypes: ['text/csv'],
          SupportedCompressionTypes: ['None'],
          SupportedInputModes: ['File'],
        },
      ],
    },
  });
});

const job = (more: object = {}): object => ({
  ...trainingJob('job'),
  AlgorithmSpecification: { AlgorithmName: 'churn', TrainingInputMode: 'File' },
  InputDataConfig: [channel()],
  ...more,
});

test.each<[string, object, string]>([
  [
    'an instance type that its algorithm does not support',
    { ResourceConfig: { ...RESOURCES, InstanceType: 'ml.m5.4xlarge' } },
    'The algorithm does not support the instance type ml.m5.4xlarge. Supported types: ml.m5.large, ml.m5.xlarge',
  ],
  [
    'several instances, if its algorithm does not support distributed training',
    { ResourceConfig: { ...RESOURCES, InstanceCount: 2 } },
    'The algorithm does not support distributed training, got: 2 instances',
  ],
  [
    'several instance groups, if its algorithm does not support distributed training',
    {
      ResourceConfig: {
        VolumeSizeInGB: 1,
        InstanceGroups: ['a', 'b'].map((InstanceGroupName) => ({
          InstanceGroupName,
          InstanceType: 'ml.m5.large',
          InstanceCount: 1,
        })),
      },
    },
    'The algorithm does not support distributed training, got: 2 instances',
  ],
  [
    'a channel that its algorithm does not have',
    { InputDataConfig: [channel(), channel({ ChannelName: 'other' })] },
    'Channels unknown to the algorithm: other',
  ],
  ['no required channel', { InputDataConfig: undefined }, 'Required channels are missing: train'],
  [
    'a content type that a channel does not support',
    { InputDataConfig: [channel({ ContentType: 'image/png' })] },
    'Channel train: the algorithm does not support the content type image/png. Supported: text/csv',
  ],
  [
    'an input mode that a channel does not support',
    { InputDataConfig: [channel({ InputMode: 'FastFile' })] },
    'Channel train: the algorithm does not support the input mode FastFile. Supported: File',
  ],
])('A training job is rejected with %s', (_, more, message) => {
  expect(() => call('CreateTrainingJob', job(more))).toThrow(message);
});

test('A training job within the specification of its algorithm is accepted', async () => {
  call('CreateTrainingJob', job({ InputDataConfig: [channel({ ContentType: 'text/csv' })] }));
  await changes.until('job Completed');
  expect(changes.all).toContain('job Completed');
});

test('A tuning job is rejected if its objective metric is not defined', () => {
  const tuningJob = {
    HyperParameterTuningJobName: 'tuning',
    HyperParameterTuningJobConfig: {
      Strategy: 'Random',
      HyperParameterTuningJobObjective: { Type: 'Maximize', MetricName: 'unheard' },
      ResourceLimits: { MaxNumberOfTrainingJobs: 1, MaxParallelTrainingJobs: 1 },
      ParameterRanges: { ContinuousParameterRanges: [{ Name: 'x', MinValue: '0', MaxValue: '1' }] },
    },
    TrainingJobDefinition: {
      AlgorithmSpecification: {
        TrainingImage: 'churn:1',
        TrainingInputMode: 'File',
        MetricDefinitions: [{ Name: 'loss', Regex: 'loss=(.*?);' }],
      },
      RoleArn: ROLE,
      OutputDataConfig: OUTPUT,
      ResourceConfig: RESOURCES,
      StoppingCondition: STOPPING,
    },
  };
  expect(() => call('CreateHyperParameterTuningJob', tuningJob)).toThrow(
    'The objective metric "unheard" is not defined. Add it to MetricDefinitions, got: loss',
  );
});
