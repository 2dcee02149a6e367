import { validationError } from '../../../../local/aws-model/service-error';
import { checkRequest } from '../../../../local/services/sagemaker/request-rules';
import { OUTPUT, RESOURCES, ROLE, STOPPING, trainingJob } from './control-plane';

const ECR = '000000000000.dkr.ecr.us-east-1.amazonaws.com/churn:1';
const KEY = '11111111-2222-3333-4444-555555555555';
const ALGORITHM = 'arn:aws:sagemaker:eu-west-1:000000000000:algorithm/churn';
const PACKAGE = 'arn:aws:sagemaker:eu-west-1:000000000000:model-package/churn/1';

const training = (more: object): object => ({ ...trainingJob('job'), ...more });
const trainedBy = (TrainingImage: string, more: object = {}): object =>
  training({ AlgorithmSpecification: { TrainingImage, TrainingInputMode: 'File', ...more } });
const trainedOn = (more: object): object => training({ ResourceConfig: { ...RESOURCES, ...more } });
const group = (InstanceType: string): object => ({ InstanceGroupName: 'a', InstanceType, InstanceCount: 1 });
const groupsOf = (...types: string[]): object => ({ VolumeSizeInGB: 1, InstanceGroups: types.map(group) });
const hosted = (more: object): object => ({ ModelName: 'model', PrimaryContainer: { Image: ECR, ...more } });
const spot = (StoppingCondition: object, EnableManagedSpotTraining = true): object =>
  training({ StoppingCondition, EnableManagedSpotTraining });

const FOREIGN = ECR.replace('us-east-1', 'eu-west-1');
const OTHER_REGION = `Region of "${FOREIGN}" does not match expected region of us-east-1. Cross region ECR image pulls are not allowed.`;
const notEcr = (image: string): string =>
  `Invalid image URI ${image}. Please provide a valid Amazon Elastic Container Registry path of the Docker image to run.`;
const outside = (arn: string): string =>
  `The resource ${arn} is in the region eu-west-1, and the request in us-east-1.`;
const localStorage = (type: string): string =>
  `VolumeKmsKeyId is not supported for ${type}, whose local storage is encrypted by the hardware.`;

const check = (operation: string, input: object) => () => checkRequest(operation, input, 'us-east-1');

describe('A request is rejected', () => {
  test.each<[string, string, object, string]>([
    ['a training image in another region', 'CreateTrainingJob', trainedBy(FOREIGN), OTHER_REGION],
    ['an inference image in another region', 'CreateModel', hosted({ Image: FOREIGN }), OTHER_REGION],
    [
      'an image in a registry that is not Amazon ECR',
      'CreateTrainingJob',
      trainedBy('ghcr.io/churn:1'),
      notEcr('ghcr.io/churn:1'),
    ],
    [
      'an image in a registry that is not Amazon ECR, with the platform as its access mode',
      'CreateModel',
      hosted({ Image: 'ghcr.io/churn:1', ImageConfig: { RepositoryAccessMode: 'Platform' } }),
      notEcr('ghcr.io/churn:1'),
    ],
    [
      'an image in the public gallery of Amazon ECR',
      'CreateModel',
      hosted({ Image: 'public.ecr.aws/docker/library/python:3.11' }),
      notEcr('public.ecr.aws/docker/library/python:3.11'),
    ],
    [
      'an algorithm in another region',
      'CreateTrainingJob',
      training({ AlgorithmSpecification: { AlgorithmName: ALGORITHM, TrainingInputMode: 'File' } }),
      outside(ALGORITHM),
    ],
    [
      'a model package in another region',
      'CreateModel',
      { ModelName: 'model', PrimaryContainer: { ModelPackageName: PACKAGE } },
      outside(PACKAGE),
    ],
    [
      'a source algorithm in another region',
      'CreateModelPackage',
      {
        ModelPackageName: 'churn',
        SourceAlgorithmSpecification: { SourceAlgorithms: [{ AlgorithmName: ALGORITHM }] },
      },
      outside(ALGORITHM),
    ],
    [
      'a volume key for an instance type with local storage',
      'CreateTrainingJob',
      trainedOn({ InstanceType: 'ml.g5.xlarge', VolumeKmsKeyId: KEY }),
      localStorage('ml.g5.xlarge'),
    ],
    [
      'a volume key for one instance group with local storage',
      'CreateTrainingJob',
      training({ ResourceConfig: { ...groupsOf('ml.m5.large', 'ml.r5d.large'), VolumeKmsKeyId: KEY } }),
      localStorage('ml.r5d.large'),
    ],
    [
      'a volume key for one of the preferred instance types with local storage',
      'CreateTrainingJob',
      training({
        ResourceConfig: {
          VolumeSizeInGB: 1,
          InstancePreferences: ['ml.m5.large', 'ml.g5.xlarge'].map((InstanceType) => ({
            InstanceType,
            InstanceCount: 1,
          })),
          VolumeKmsKeyId: KEY,
        },
      }),
      localStorage('ml.g5.xlarge'),
    ],
    [
      'a volume key for a transform instance with local storage',
      'CreateTransformJob',
      {
        TransformJobName: 'job',
        ModelName: 'model',
        TransformInput: { DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/in/' } } },
        TransformOutput: OUTPUT,
        TransformResources: { InstanceType: 'ml.g5.xlarge', InstanceCount: 1, VolumeKmsKeyId: KEY },
      },
      localStorage('ml.g5.xlarge'),
    ],
    [
      'a volume key for a tuning job with local storage',
      'CreateHyperParameterTuningJob',
      {
        HyperParameterTuningJobName: 'job',
        HyperParameterTuningJobConfig: { Strategy: 'Random', ResourceLimits: { MaxParallelTrainingJobs: 1 } },
        TrainingJobDefinition: {
          AlgorithmSpecification: { TrainingImage: ECR, TrainingInputMode: 'File' },
          RoleArn: ROLE,
          OutputDataConfig: OUTPUT,
          StoppingCondition: STOPPING,
          ResourceConfig: { ...RESOURCES, InstanceType: 'ml.p4d.24xlarge', VolumeKmsKeyId: KEY },
        },
      },
      localStorage('ml.p4d.24xlarge'),
    ],
    [
      'a warm pool of Spot Instances',
      'CreateTrainingJob',
      {
        ...spot({ MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 60 }),
        ResourceConfig: { ...RESOURCES, KeepAlivePeriodInSeconds: 60 },
      },
      'KeepAlivePeriodInSeconds is not supported with EnableManagedSpotTraining.',
    ],
    [
      'a warm pool of instance groups',
      'CreateTrainingJob',
      training({ ResourceConfig: { ...groupsOf('ml.m5.large'), KeepAlivePeriodInSeconds: 60 } }),
      'KeepAlivePeriodInSeconds is not supported for heterogeneous clusters.',
    ],
    [
      'managed spot training without a waiting time',
      'CreateTrainingJob',
      spot(STOPPING),
      'Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds',
    ],
    [
      'managed spot training that waits for less than it runs',
      'CreateTrainingJob',
      spot({ MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 59 }),
      'Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds',
    ],
    [
      'a waiting time without managed spot training',
      'CreateTrainingJob',
      spot({ MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 60 }, false),
      'Invalid MaxWaitTimeInSeconds. It is supported only when EnableManagedSpotTraining is set to true',
    ],
  ])('for %s', (_, operation, input, message) => {
    expect(check(operation, input)).toThrow(validationError(message));
  });
});

test.each<[string, string, object]>([
  ['an image in the region', 'CreateTrainingJob', trainedBy(ECR)],
  ['an image that the engine has, by its name', 'CreateTrainingJob', trainedBy('churn/train:1')],
  [
    'an image in a private registry that is read through a VPC',
    'CreateModel',
    hosted({ Image: 'registry.example.com/churn:1', ImageConfig: { RepositoryAccessMode: 'Vpc' } }),
  ],
  [
    'a training image in a private registry that is read through a VPC',
    'CreateTrainingJob',
    trainedBy('registry.example.com/churn:1', { TrainingImageConfig: { TrainingRepositoryAccessMode: 'Vpc' } }),
  ],
  ['a volume key for an instance type without local storage', 'CreateTrainingJob', trainedOn({ VolumeKmsKeyId: KEY })],
  ['an instance type with local storage', 'CreateTrainingJob', trainedOn({ InstanceType: 'ml.g5.xlarge' })],
  ['a warm pool', 'CreateTrainingJob', trainedOn({ KeepAlivePeriodInSeconds: 60 })],
  [
    'managed spot training that waits as long as it runs',
    'CreateTrainingJob',
    spot({ MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 60 }),
  ],
])('A request is accepted for %s', (_, operation, input) => {
  expect(check(operation, input)).not.toThrow();
});
