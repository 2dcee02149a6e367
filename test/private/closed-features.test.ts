import { type Stack, aws_s3 as s3 } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import {
  EndpointConfig,
  ExplainerBaseline,
  FileSource,
  InstanceType,
  Model,
  ModelPackage,
  ModelPackageGroup,
  ProductionVariant,
  Profiler,
  TrainingJob,
  TrainingResources,
} from '../../lib';
import { image, newStack } from '../stacks';

const bucket = (stack: Stack): s3.IBucket => s3.Bucket.fromBucketName(stack, 'Data', 'data');

function train(stack: Stack, profiler?: Profiler): void {
  new TrainingJob(stack, 'Train', {
    image: image(),
    resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
    profiler,
  });
}

function notesOf(stack: Stack): string[] {
  return Annotations.fromStack(stack)
    .findInfo('*', Match.stringLikeRegexp('closed to new customers'))
    .map(({ entry }) => (entry.data as string).replace(/ \[ack: .*/, ''));
}

test.each<[string, (stack: Stack) => unknown, string]>([
  [
    'the explainer of an endpoint',
    (stack) => {
      const model = new Model(stack, 'Model', { image: image() });
      return new EndpointConfig(stack, 'Config', {
        variants: [ProductionVariant.instances('main', { model, instanceType: InstanceType.ML_M5_LARGE })],
        explainer: { baseline: ExplainerBaseline.inline('1') },
      });
    },
    '`explainer` requires SageMaker Clarify, which has been closed to new customers since 2026-07-30. Explain predictions in the ' +
      'inference container instead, for example with SHAP.',
  ],
  [
    'a profiler',
    (stack) => train(stack, Profiler.toBucket(bucket(stack), 'profile/')),
    '`profiler` requires SageMaker Profiler, which has been closed to new customers since 2026-07-30. Use the metrics of the ' +
      'instances in Amazon CloudWatch instead.',
  ],
  [
    'the baselines of a model package',
    (stack) =>
      new ModelPackage(stack, 'Package', {
        group: new ModelPackageGroup(stack, 'Group'),
        image: image(),
        inference: { contentTypes: ['text/csv'], responseMimeTypes: ['text/csv'] },
        driftCheckBaselines: { bias: { preTrainingConstraints: FileSource.fromObject(bucket(stack), 'a.json') } },
      }),
    '`driftCheckBaselines` requires SageMaker Model Monitor, which has been closed to new customers since 2026-07-30. Analyze the ' +
      'captured data with your own container and `endpoint.addMonitor()` instead.',
  ],
])('A note states that %s is only available to existing customers', (_, make, note) => {
  const stack = newStack();
  make(stack);
  expect(notesOf(stack)).toEqual([note]);
});

test.each([undefined, Profiler.disabled()])(
  'There is no such note without a profiler, or with a disabled one',
  (profiler) => {
    const stack = newStack();
    train(stack, profiler);
    expect(notesOf(stack)).toEqual([]);
  },
);
