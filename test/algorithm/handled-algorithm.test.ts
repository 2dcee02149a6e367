import { type Stack, Tags, aws_s3 as s3 } from 'aws-cdk-lib';
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

const START = 'Custom::SageMakerAlgorithm';
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

describe('An algorithm with a validation profile', () => {
  test('is made by the handler, which is told the jobs that it must pass', () => {
    const stack = newStack();
    validated(stack);
    Template.fromStack(stack).resourceCountIs('AWS::SageMaker::Algorithm', 0);
    expect(startJson(stack, START, 'Request')).toMatchObject({
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

  test('keeps the names of variables as they are', () => {
    const stack = newStack();
    const { inference } = algorithmProps();
    validated(stack, { inference: inference && { ...inference, environment: { camelCase: '1' } } });
    expect(startJson(stack, START, 'Request')).toMatchObject({
      InferenceSpecification: { Containers: [{ Environment: { camelCase: '1' } }] },
    });
  });

  test('has one name, in the template as at deployment, that starts as all jobs of the stack do', () => {
    const stack = newStack();
    const algorithm = validated(stack, { algorithmName: 'Churn' });
    const name = stack.resolve(algorithm.algorithmName) as string;
    expect(name).toMatch(/^stack-[0-9a-f]{4}-churn-[0-9a-f]{10}$/);
    expect(onlyResource(stack, START)).toMatchObject({ Prefix: name, IsExactName: 'true' });
  });

  test('has another name when its profile changes, and the same when its tags do', () => {
    const name = (props: Partial<AlgorithmProps> = {}): unknown => {
      const stack = newStack();
      return stack.resolve(validated(stack, props).algorithmName);
    };
    const tagged = newStack();
    const { algorithmName } = validated(tagged);
    Tags.of(tagged).add('team', 'fraud');
    expect(startJson(tagged, START, 'Tags')).toEqual([{ Key: 'team', Value: 'fraud' }]);
    expect(tagged.resolve(algorithmName)).toBe(name());
    expect(name({ validationProfiles: [profile({ transform: undefined })] })).not.toBe(name());
    expect(name({ revision: '2' })).not.toBe(name());
  });

  test('is waited for by whoever trains it', () => {
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

  test('may be made under its own name only, and its jobs may touch nothing but their data', () => {
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

test('An algorithm is made by the handler in regions that have no type for it, when that is asked for', () => {
  const stack = newStack();
  newAlgorithm(stack, { provisioning: AlgorithmProvisioning.CUSTOM_RESOURCE });
  expect(startJson(stack, START, 'Request')).not.toHaveProperty('ValidationSpecification');
  expect(JSON.stringify(statementsOf(stack, 'SageMakerJobsRole'))).not.toContain('iam:PassRole');
});

test('An algorithm without profiles is made by CloudFormation, without a handler', () => {
  const stack = newStack();
  newAlgorithm(stack);
  Template.fromStack(stack).resourceCountIs('AWS::SageMaker::Algorithm', 1);
  Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 0);
});

describe('A validation profile is refused', () => {
  test.each<[string, Partial<AlgorithmProps>, string]>([
    [
      'when CloudFormation is to make the algorithm',
      { provisioning: AlgorithmProvisioning.CLOUDFORMATION },
      '`validationProfiles` need `provisioning` CUSTOM_RESOURCE',
    ],
    [
      'beside another',
      { validationProfiles: [profile(), profile()] },
      '`validationProfiles` must have exactly 1 entry, got 2',
    ],
    [
      'when the algorithm only trains, and it transforms',
      { images: AlgorithmImages.trainingOnly(image()), inference: undefined },
      '`validationProfiles` "smoke": `transform` needs an algorithm with `inference`',
    ],
    [
      'when its hyperparameters are not the algorithm’s',
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
      'when the name of the algorithm leaves no room for what names start with',
      { algorithmName: 'a'.repeat(36) },
      '`algorithmName` must have at most 35 characters',
    ],
  ])('%s', (_, props, fault) => {
    expect(errorOf(() => validated(newStack(), props))).toContain(fault);
  });

  test('with a role that has nothing to do', () => {
    const stack = newStack();
    const { role } = new TrainingJob(stack, 'Train', {
      image: image(),
      resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
    });
    expect(errorOf(() => newAlgorithm(stack, { validationRole: role }))).toContain(
      '`validationRole` is for `validationProfiles`, and there is none',
    );
  });
});
