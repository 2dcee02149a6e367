import { type Stack, Tags, aws_ec2 as ec2, aws_efs as efs, aws_s3 as s3 } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  type Algorithm,
  AlgorithmImages,
  type AlgorithmProps,
  AlgorithmProvisioning,
  BatchStrategy,
  InstanceType,
  SplitType,
  TrainingInput,
  TrainingJob,
  TrainingOutput,
  TrainingResources,
  TransformInput,
  TransformOutput,
  TransformResources,
  ValidationProfile,
  type ValidationProfileOptions,
} from '../../lib';
import {
  ACCOUNT,
  REGION,
  algorithmProps,
  errorOf,
  image,
  newAlgorithm,
  newStack,
  onlyResource,
  placedStack,
  startJson,
  statementsOf,
} from '../stacks';

const TYPE = 'Custom::SageMakerAlgorithm';
const FILES = efs.FileSystem.fromFileSystemAttributes(newStack(), 'files', {
  fileSystemId: 'fs-0123456789abcdef0',
  securityGroup: ec2.SecurityGroup.fromSecurityGroupId(newStack(), 'group', 'sg-1'),
});
const DATA = s3.Bucket.fromBucketName(newStack(), 'data', 'data');

function profile(overrides: Partial<ValidationProfileOptions> = {}): ValidationProfile {
  return ValidationProfile.of('smoke', {
    training: {
      inputs: { train: TrainingInput.fromBucket(DATA, 'train/', { contentType: 'text/csv' }) },
      output: TrainingOutput.toBucket(DATA, 'validated'),
      resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
      hyperparameters: { max_depth: '3' },
    },
    transform: {
      input: TransformInput.fromBucket(DATA, 'in/', { splitType: SplitType.LINE }),
      output: TransformOutput.toBucket(DATA, 'out'),
      resources: TransformResources.of(InstanceType.ML_M5_XLARGE),
      batchStrategy: BatchStrategy.SINGLE_RECORD,
    },
    ...overrides,
  });
}

const validated = (stack: Stack, props: Partial<AlgorithmProps> = {}): Algorithm =>
  newAlgorithm(stack, { validationProfiles: [profile()], ...props });

describe('An algorithm that a custom resource creates', () => {
  test('has the validation profile in its request, and no AWS::SageMaker::Algorithm', () => {
    const stack = newStack();
    validated(stack);
    Template.fromStack(stack).resourceCountIs('AWS::SageMaker::Algorithm', 0);
    expect(startJson(stack, TYPE, 'Request')).toMatchObject({
      TrainingSpecification: {
        TrainingImage: 'example.com/algorithm:1',
        SupportedTrainingInstanceTypes: ['ml.m5.xlarge'],
        TrainingChannels: [{ Name: 'train', IsRequired: true, SupportedInputModes: ['File'] }],
      },
      InferenceSpecification: { SupportedResponseMIMETypes: ['application/json'] },
      ValidationSpecification: {
        ValidationRole: expect.stringContaining('Role') as string,
        ValidationProfiles: [
          {
            ProfileName: 'smoke',
            TrainingJobDefinition: {
              TrainingInputMode: 'File',
              HyperParameters: { max_depth: '3' },
              InputDataConfig: [{ ChannelName: 'train', ContentType: 'text/csv', InputMode: 'File' }],
              OutputDataConfig: { S3OutputPath: 's3://data/validated' },
              ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1, VolumeSizeInGB: 30 },
              StoppingCondition: { MaxRuntimeInSeconds: 3600 },
            },
            TransformJobDefinition: {
              BatchStrategy: 'SingleRecord',
              TransformInput: { SplitType: 'Line' },
              TransformOutput: { S3OutputPath: 's3://data/out' },
              TransformResources: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1 },
            },
          },
        ],
      },
    });
  });

  test('keeps the case of environment variable names', () => {
    const stack = newStack();
    const { inference } = algorithmProps();
    validated(stack, { inference: inference && { ...inference, environment: { camelCase: '1' } } });
    expect(startJson(stack, TYPE, 'Request')).toMatchObject({
      InferenceSpecification: { Containers: [{ Environment: { camelCase: '1' } }] },
    });
  });

  test('has a name that is known at synthesis and starts with the prefix of the jobs in its stack', () => {
    const stack = newStack();
    const algorithm = validated(stack, { algorithmName: 'Churn' });
    const name = stack.resolve(algorithm.algorithmName) as string;
    expect(name).toMatch(/^stack-[0-9a-z]{4}-churn-[0-9a-f]{10}$/);
    expect(onlyResource(stack, TYPE)).toMatchObject({ Prefix: name, IsExactName: 'true' });
  });

  test('changes its name if its validation profile changes, and not if its tags change', () => {
    const name = (props: Partial<AlgorithmProps> = {}): unknown => {
      const stack = newStack();
      return stack.resolve(validated(stack, props).algorithmName);
    };
    const tagged = newStack();
    const { algorithmName } = validated(tagged);
    Tags.of(tagged).add('team', 'fraud');
    expect(startJson(tagged, TYPE, 'Tags')).toEqual([{ Key: 'team', Value: 'fraud' }]);
    expect(tagged.resolve(algorithmName)).toBe(name());
    expect(name({ validationProfiles: [profile({ transform: undefined })] })).not.toBe(name());
    expect(name({ revision: '2' })).not.toBe(name());
  });

  test('is validated before a training job that uses it starts', () => {
    const stack = newStack();
    new TrainingJob(stack, 'Train', {
      algorithm: validated(stack),
      inputs: { train: TrainingInput.fromBucket(DATA, 'train/') },
      resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
    });
    const template = Template.fromStack(stack);
    const conditions = Object.keys(template.findResources('AWS::CloudFormation::WaitCondition'));
    const condition = conditions.find((id) => id.startsWith('Algorithm'));
    template.hasResource('Custom::SageMakerTrainingJob', { DependsOn: Match.arrayWith([condition]) });
  });

  test('has no validation specification and passes no role without a validation profile', () => {
    const stack = newStack();
    newAlgorithm(stack, { provisioning: AlgorithmProvisioning.CUSTOM_RESOURCE });
    expect(startJson(stack, TYPE, 'Request')).not.toHaveProperty('ValidationSpecification');
    expect(JSON.stringify(statementsOf(stack, 'SageMakerJobsRole'))).not.toContain('iam:PassRole');
  });

  test('grants permission to create an algorithm of its name only, and to access the data of its validation jobs only', () => {
    const stack = placedStack();
    const { algorithmName } = validated(stack);
    expect(statementsOf(stack, 'SageMakerJobsRole')).toContainEqual({
      Effect: 'Allow',
      Action: ['sagemaker:CreateAlgorithm', 'sagemaker:AddTags'],
      Resource: {
        'Fn::Join': [
          '',
          [
            'arn:',
            { Ref: 'AWS::Partition' },
            `:sagemaker:${REGION}:${ACCOUNT}:algorithm/${stack.resolve(algorithmName) as string}`,
          ],
        ],
      },
    });
    const objects = JSON.stringify(statementsOf(stack, 'AlgorithmHandledRole')).match(/data\/[a-z]+\/\*/g);
    expect([...new Set(objects)].sort()).toEqual(['data/in/*', 'data/out/*', 'data/train/*', 'data/validated/*']);
  });
});

describe('The validation of an algorithm with a validation profile', () => {
  test.each<[string, Partial<AlgorithmProps>, string]>([
    [
      'provisioning by AWS::SageMaker::Algorithm',
      { provisioning: AlgorithmProvisioning.CLOUDFORMATION },
      '`validationProfiles` requires `provisioning` CUSTOM_RESOURCE',
    ],
    [
      'two profiles',
      { validationProfiles: [profile(), profile()] },
      '`validationProfiles` must have exactly 1 entry, got 2',
    ],
    [
      'a transform job for an algorithm that only trains',
      { images: AlgorithmImages.trainingOnly(image()), inference: undefined },
      '`validationProfiles` "smoke": `transform` requires an algorithm with `inference`',
    ],
    [
      'a transform job on an instance type that the algorithm does not support',
      {
        validationProfiles: [
          profile({
            transform: {
              input: TransformInput.fromBucket(DATA, 'in/'),
              output: TransformOutput.toBucket(DATA, 'out'),
              resources: TransformResources.of(InstanceType.ML_M5_LARGE),
            },
          }),
        ],
      },
      '`validationProfiles` "smoke": `transform.resources`: ml.m5.large is not an instance type that the algorithm supports for batch ' +
        'transform (ml.m5.xlarge). Use one of these, or add it to `transformInstanceTypes` of `inference`',
    ],
    [
      'an input from a file system',
      {
        validationProfiles: [
          profile({
            training: {
              inputs: { train: TrainingInput.fromEfs(FILES, '/train') },
              output: TrainingOutput.toBucket(DATA, 'x'),
              resources: TrainingResources.of(InstanceType.ML_C5_XLARGE),
            },
          }),
        ],
      },
      '`inputs["train"]` must be in Amazon S3: a file system requires a VPC, which validation jobs do not have',
    ],
    [
      'a hyperparameter that the algorithm does not allow',
      {
        validationProfiles: [
          profile({
            training: {
              inputs: {},
              output: TrainingOutput.toBucket(DATA, 'x'),
              resources: TrainingResources.of(InstanceType.ML_C5_XLARGE),
              hyperparameters: { max_depth: '99' },
            },
          }),
        ],
      },
      '`validationProfiles` "smoke": `hyperparameters["max_depth"]` must be at most 64, got 99',
    ],
    [
      'a name that leaves no space for the prefix of the stack’s jobs',
      { algorithmName: 'a'.repeat(36) },
      '`algorithmName` must have at most 35 characters',
    ],
  ])('rejects %s', (_, props, message) => {
    expect(errorOf(() => validated(newStack(), props))).toContain(message);
  });

  test('rejects a validation role without a validation profile', () => {
    const stack = newStack();
    const { role } = new TrainingJob(stack, 'Train', {
      image: image(),
      resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
    });
    expect(errorOf(() => newAlgorithm(stack, { validationRole: role }))).toContain(
      '`validationRole` requires `validationProfiles`',
    );
  });
});
