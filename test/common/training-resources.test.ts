import { Duration, Size, type Stack, aws_ecr_assets as ecr_assets, aws_kms as kms } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  ContainerImage,
  InstanceType,
  type TrainingInstancePreference,
  TrainingJob,
  type TrainingJobProps,
  TrainingResources,
  TuningJob,
} from '../../lib';
import { tuningDefinition } from '../jobs';
import { errorOf, newStack, startJson } from '../stacks';

const IMAGE = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn:1';
const PLAN = 'arn:aws:sagemaker:eu-west-1:111122223333:training-plan/p5';

const preference = (name: string): TrainingInstancePreference => ({ instanceType: InstanceType.of(`ml.${name}`) });

describe('TrainingResources', () => {
  test.each([
    [
      'an instance count with a fraction',
      () => TrainingResources.of(InstanceType.ML_M5_LARGE, { instanceCount: 0.5 }),
      '`instanceCount` must be a whole number',
    ],
    [
      'a warm pool of a day',
      () => TrainingResources.of(InstanceType.ML_M5_LARGE, { keepAlive: Duration.days(1) }),
      '`keepAlive (seconds)` must be at most 21600',
    ],
    [
      'two instance groups with the same name',
      () =>
        TrainingResources.ofGroups([
          { name: 'a', instanceType: InstanceType.ML_M5_LARGE },
          { name: 'a', instanceType: InstanceType.ML_G5_XLARGE },
        ]),
      '`groups` must be unique, got more than one "a"',
    ],
    [
      'an empty list of instance groups',
      () => TrainingResources.ofGroups([]),
      '`groups` must have at least 1 entry, got 0',
    ],
    [
      'a training plan that is not an ARN',
      () => TrainingResources.of(InstanceType.ML_M5_LARGE, { trainingPlanArn: 'p5' }),
      '`trainingPlanArn` must',
    ],
    [
      'no preferred instance type',
      () => TrainingResources.preferring([]),
      '`preferences` must have 1 to 5 entries, got 0',
    ],
    [
      'six preferred instance types',
      () =>
        TrainingResources.preferring(
          ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge'].map((size) => preference(`m5.${size}`)),
        ),
      '`preferences` must have 1 to 5 entries, got 6',
    ],
    [
      'a preferred instance type twice',
      () => TrainingResources.preferring([preference('g5.xlarge'), preference('g5.xlarge')]),
      '`preferences` must be unique, got more than one "ml.g5.xlarge"',
    ],
    [
      'an instance count for some of the preferred types',
      () => TrainingResources.preferring([{ ...preference('g5.xlarge'), instanceCount: 2 }, preference('g6.xlarge')]),
      '`instanceCount` must be set for all of `preferences`, or for none of them',
    ],
    [
      'instance counts for each of the preferred types and for all of them',
      () =>
        TrainingResources.preferring([{ ...preference('g5.xlarge'), instanceCount: 2 }], {
          instanceCount: 2,
        }),
      '`instanceCount` must not be set both in `preferences` and for all of them',
    ],
    [
      'no instance of a preferred type',
      () => TrainingResources.preferring([{ ...preference('g5.xlarge'), instanceCount: 0 }]),
      '`preferences[0].instanceCount` must be a whole number of at least 1, got 0',
    ],
    [
      'training plans for a preferred type and for all of them',
      () =>
        TrainingResources.preferring([{ ...preference('p5.48xlarge'), trainingPlanArn: PLAN }], {
          trainingPlanArn: PLAN,
        }),
      '`trainingPlanArn` must not be set both in `preferences` and for all of them',
    ],
    [
      'a volume key if a preferred type has local storage',
      () =>
        TrainingResources.preferring([preference('m5.xlarge'), preference('g5.xlarge')], {
          volumeEncryptionKey: new kms.Key(newStack(), 'Key'),
        }),
      '`volumeEncryptionKey` is not supported for ml.g5.xlarge',
    ],
  ])('rejects %s', (_, create, message) => {
    expect(errorOf(create)).toContain(message);
  });
});

describe('A training job with preferred instance types', () => {
  const train = (resources: TrainingResources, props: Partial<TrainingJobProps> = {}): Stack => {
    const stack = newStack();
    new TrainingJob(stack, 'Train', { image: ContainerImage.fromRegistry(IMAGE), resources, ...props });
    return stack;
  };
  const resourceConfigOf = (stack: Stack): unknown =>
    startJson(stack, 'Custom::SageMakerTrainingJob', 'Request').ResourceConfig;

  test('requests the types in their order, with the same number of instances', () => {
    const types = [preference('g5.xlarge'), { ...preference('g6.xlarge'), trainingPlanArn: PLAN }];
    const resources = TrainingResources.preferring(types, { instanceCount: 2 });
    expect(resourceConfigOf(train(resources))).toEqual({
      InstancePreferences: [
        { InstanceType: 'ml.g5.xlarge' },
        { InstanceType: 'ml.g6.xlarge', TrainingPlanArns: [PLAN] },
      ],
      InstanceCount: 2,
      VolumeSizeInGB: 30,
    });
    expect(resources.instanceCount).toBe(2);
    expect(resources.groupNames).toEqual([]);
  });

  test('requests one instance by default, or the number of each type', () => {
    expect(resourceConfigOf(train(TrainingResources.preferring([preference('m5.large')])))).toMatchObject({
      InstanceCount: 1,
    });
    const resources = TrainingResources.preferring([
      { ...preference('m5.large'), instanceCount: 4 },
      { ...preference('m5.xlarge'), instanceCount: 2 },
    ]);
    const config = resourceConfigOf(train(resources));
    expect(config).toMatchObject({ InstancePreferences: [{ InstanceCount: 4 }, { InstanceCount: 2 }] });
    expect(config).not.toHaveProperty('InstanceCount');
    expect(resources.instanceCount).toBe(4);
  });

  test('runs an image that fits all of them', () => {
    const resources = TrainingResources.preferring([preference('g5.xlarge'), preference('m7g.xlarge')]);
    const image = ContainerImage.fromRegistry(IMAGE, { platform: ecr_assets.Platform.LINUX_AMD64 });
    expect(errorOf(() => train(resources, { image }))).toContain('ml.m7g.xlarge');
  });

  test('does not use Spot Instances', () => {
    const resources = TrainingResources.preferring([preference('g5.xlarge')]);
    expect(errorOf(() => train(resources, { useSpotInstances: true }))).toContain(
      '`useSpotInstances` is not supported with TrainingResources.preferring(): only on-demand capacity and training plans are',
    );
  });

  test('has another identity if the order changes', () => {
    const [one, other] = [preference('g5.xlarge'), preference('g6.xlarge')];
    const idOf = (types: TrainingInstancePreference[]): string[] =>
      Object.keys(
        Template.fromStack(train(TrainingResources.preferring(types))).findResources('Custom::SageMakerTrainingJob'),
      );
    expect(idOf([one, other])).not.toEqual(idOf([other, one]));
  });
});

describe('A tuning job with preferred instance types', () => {
  const tune = (resources: TrainingResources): Stack => {
    const stack = newStack();
    new TuningJob(stack, 'Tune', { definitions: [tuningDefinition({ resources })] });
    return stack;
  };

  test('requests the types in their order, each with its number of instances and the size of the volume', () => {
    const types = [preference('m5.4xlarge'), preference('c5.2xlarge')];
    const stack = tune(TrainingResources.preferring(types, { instanceCount: 2, volumeSize: Size.gibibytes(50) }));
    const { TrainingJobDefinition } = startJson(stack, 'Custom::SageMakerTuningJob', 'Request');
    expect(TrainingJobDefinition).toMatchObject({
      HyperParameterTuningResourceConfig: {
        AllocationStrategy: 'Prioritized',
        InstanceConfigs: [
          { InstanceType: 'ml.m5.4xlarge', InstanceCount: 2, VolumeSizeInGB: 50 },
          { InstanceType: 'ml.c5.2xlarge', InstanceCount: 2, VolumeSizeInGB: 50 },
        ],
      },
    });
    expect(TrainingJobDefinition).not.toHaveProperty('ResourceConfig');
  });

  test.each([
    ['for one of them', [{ ...preference('p5.48xlarge'), trainingPlanArn: PLAN }], {}],
    ['for all of them', [preference('p5.48xlarge')], { trainingPlanArn: PLAN }],
  ])('does not support a training plan %s', (_, types, options) => {
    expect(errorOf(() => tune(TrainingResources.preferring(types, options)))).toContain(
      '`definitions[0]`: `trainingPlanArn` is not supported for a tuning job with TrainingResources.preferring()',
    );
  });
});
