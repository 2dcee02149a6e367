import { type Stack, aws_s3 as s3 } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import {
  Channel,
  InferenceAmi,
  InstanceType,
  Model,
  ModelPackage,
  ProductionVariant,
  TrainingInput,
  TrainingJob,
  TrainingResources,
  TransformInput,
  TransformJob,
  TransformOutput,
  TransformResources,
} from '../../lib';
import { newConfig } from '../features';
import { algorithmProps, image, newAlgorithm, newStack } from '../stacks';

const NEW = InstanceType.of('ml.new9.large');
const bucket = (stack: Stack) => s3.Bucket.fromBucketName(stack, 'Data', 'data');
const INFERENCE = algorithmProps().inference!;
const variant = (stack: Stack, options: object) =>
  newConfig(stack, {
    variants: [
      ProductionVariant.instances('main', {
        model: new Model(stack, 'Model', { image: image() }),
        instanceType: InstanceType.ML_M5_LARGE,
        ...options,
      }),
    ],
  });
const train = (stack: Stack, props: object) =>
  new TrainingJob(stack, 'Train', {
    image: image(),
    resources: TrainingResources.of(InstanceType.ML_M5_LARGE),
    ...props,
  });
const transform = (stack: Stack, type: InstanceType, contentType?: string) =>
  new TransformJob(stack, 'Score', {
    model: new Model(stack, 'Model', { image: image() }),
    input: TransformInput.fromBucket(bucket(stack), 'in/', { contentType }),
    output: TransformOutput.toBucket(s3.Bucket.fromBucketName(stack, 'Out', 'out-data'), 'out'),
    resources: TransformResources.of(type),
  });
const modelPackage = (stack: Stack, inference: object) =>
  new ModelPackage(stack, 'Package', { image: image(), inference: { ...INFERENCE, ...inference } });

const UNKNOWN = 'unknown when this version of the library was published: ';

/** Values that AWS may accept, but that the library does not know, and the warning about them. */
const UNKNOWN_VALUES: [string, (stack: Stack) => unknown, string][] = [
  [
    'an inference AMI',
    (s) => variant(s, { inferenceAmi: InferenceAmi.of('bogus') }),
    `Inference AMIs that were ${UNKNOWN}bogus`,
  ],
  [
    'an instance type of a variant',
    (s) => variant(s, { instanceType: NEW }),
    `for endpoint that were ${UNKNOWN}ml.new9.large`,
  ],
  [
    'an instance type of a training job',
    (s) => train(s, { resources: TrainingResources.of(NEW) }),
    `for training that were ${UNKNOWN}`,
  ],
  ['an instance type of a transform job', (s) => transform(s, NEW), `for transform that were ${UNKNOWN}ml.new9.large`],
  [
    'an instance type of a model package',
    (s) => modelPackage(s, { realtimeInstanceTypes: [NEW] }),
    `for endpoint that were ${UNKNOWN}ml.new9.large`,
  ],
  [
    'an instance type of an algorithm',
    (s) => newAlgorithm(s, { trainingInstanceTypes: [NEW] }),
    `for training that were ${UNKNOWN}`,
  ],
  [
    'a content type of an algorithm',
    (s) => newAlgorithm(s, { inference: { ...INFERENCE, contentTypes: ['csv'] } }),
    'not MIME types such as "text/csv": csv.',
  ],
  [
    'a content type of a channel',
    (s) => newAlgorithm(s, { channels: [Channel.file('train', { contentTypes: ['csv'] })] }),
    'not MIME types such as "text/csv": csv.',
  ],
  [
    'a content type of a model package',
    (s) => modelPackage(s, { contentTypes: ['csv'] }),
    'not MIME types such as "text/csv": csv.',
  ],
  [
    'a content type of a training input',
    (s) => train(s, { inputs: { train: TrainingInput.fromBucket(bucket(s), 'a/', { contentType: 'csv' }) } }),
    'not MIME types such as "text/csv": csv.',
  ],
  [
    'a content type of a transform input',
    (s) => transform(s, InstanceType.ML_M5_LARGE, 'csv'),
    'not MIME types such as "text/csv": csv.',
  ],
];

test.each(UNKNOWN_VALUES)('The library accepts %s that it does not know, and adds a warning', (_, make, warning) => {
  const stack = newStack();
  make(stack);
  const escaped = warning.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp(escaped))).toHaveLength(1);
});

test('Known values and MIME types add no warning', () => {
  const stack = newStack();
  variant(stack, { inferenceAmi: InferenceAmi.AL2_GPU_2 });
  newAlgorithm(stack);
  train(stack, { inputs: { train: TrainingInput.fromBucket(bucket(stack), 'a/', { contentType: 'text/csv' }) } });
  expect(Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('unknown|MIME'))).toEqual([]);
});
