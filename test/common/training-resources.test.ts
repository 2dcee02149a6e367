import { Duration } from 'aws-cdk-lib';
import { InstanceType, TrainingResources } from '../../lib';
import { errorOf } from '../stacks';

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
  ])('rejects %s', (_, create, message) => {
    expect(errorOf(create)).toContain(message);
  });
});
