import type { Stack } from 'aws-cdk-lib';
import { Annotations, Match, type Matcher } from 'aws-cdk-lib/assertions';
import {
  InstanceType,
  ModelPackage,
  type ModelPackageProps,
  TransformInput,
  TransformOutput,
  TransformResources,
} from '../../lib';
import { bucket } from '../features';
import { image, newAlgorithm, newStack } from '../stacks';
import { JOBS } from '../jobs';

const WARNING = (property: string): Matcher =>
  Match.stringLikeRegexp(
    `\`certifyForMarketplace\` is set without \`${property}\`: AWS Marketplace only lists products whose validation by SageMaker has succeeded`,
  );

function newPackage(stack: Stack, props: Partial<ModelPackageProps>): void {
  new ModelPackage(stack, 'Package', {
    image: image(),
    inference: {
      contentTypes: ['text/csv'],
      responseMimeTypes: ['text/csv'],
      realtimeInstanceTypes: [InstanceType.ML_M5_XLARGE],
      transformInstanceTypes: [InstanceType.ML_M5_XLARGE],
    },
    ...props,
  });
}

describe('An algorithm that is certified for AWS Marketplace', () => {
  test('adds a warning if it is not validated', () => {
    const stack = newStack();
    newAlgorithm(stack, { certifyForMarketplace: true });
    Annotations.fromStack(stack).hasWarning('/Stack/Algorithm', WARNING('validationProfiles'));
  });

  test('adds no warning if it is validated', () => {
    const stack = newStack();
    JOBS.CreateAlgorithm.make['with a training job and a transform job for validation'](stack);
    Annotations.fromStack(stack).hasNoWarning('*', WARNING('validationProfiles'));
  });
});

describe('A model package that is certified for AWS Marketplace', () => {
  const validationProfile = (stack: Stack): ModelPackageProps['validationProfile'] => ({
    profileName: 'smoke',
    transform: {
      input: TransformInput.fromBucket(bucket(stack), 'in/'),
      output: TransformOutput.toBucket(bucket(stack), 'out'),
      resources: TransformResources.of(InstanceType.ML_M5_XLARGE),
    },
  });

  test('adds a warning if it is not validated', () => {
    const stack = newStack();
    newPackage(stack, { certifyForMarketplace: true });
    Annotations.fromStack(stack).hasWarning('/Stack/Package', WARNING('validationProfile'));
  });

  test('adds no warning if it is validated', () => {
    const stack = newStack();
    newPackage(stack, { certifyForMarketplace: true, validationProfile: validationProfile(stack) });
    Annotations.fromStack(stack).hasNoWarning('*', WARNING('validationProfile'));
  });
});

test('An algorithm and a model package that are not certified for AWS Marketplace add no warning without validation', () => {
  const stack = newStack();
  newAlgorithm(stack);
  newPackage(stack, { certifyForMarketplace: false });
  Annotations.fromStack(stack).hasNoWarning('*', WARNING('validationProfiles?'));
});
