import { CfnParameter, type Stack, aws_s3 as s3 } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  Algorithm,
  AlgorithmProvisioning,
  InstanceType,
  Model,
  TrainingInput,
  TrainingJob,
  type TrainingJobProps,
  TrainingResources,
  TransformInput,
  TransformJob,
  TransformOutput,
  TransformResources,
  TuningJob,
} from '../../lib';
import { tuningDefinition } from '../jobs';
import { algorithmProps, errorOf, image, newAlgorithm, newStack, startJson } from '../stacks';

const TYPE = 'Custom::SageMakerTrainingJob';

function newJob(stack: Stack, props: Partial<TrainingJobProps> = {}): TrainingJob {
  return new TrainingJob(stack, 'Train', {
    image: image(),
    resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
    ...props,
  });
}

/** The request and the identity of a training job with overrides, and the logical id of its resource. */
function overridden(override: (job: TrainingJob, stack: Stack) => void): {
  request: Record<string, unknown>;
  identity: Record<string, unknown>;
  logicalId: string;
} {
  const stack = newStack();
  override(newJob(stack, { hyperparameters: { 'a.b': '1', 'a.c': '2' } }), stack);
  const [logicalId] = Object.keys(Template.fromStack(stack).findResources(TYPE));
  return { request: startJson(stack, TYPE, 'Request'), identity: startJson(stack, TYPE, 'Identity'), logicalId };
}

describe('An override of the request of a training job', () => {
  test('sets a member and the structures on its path, and keeps the others', () => {
    const { request } = overridden((job) => {
      job.addRequestOverride('ResourceConfig.NewConfig.Mode', 'Fast');
      job.addRequestOverride('ResourceConfig.VolumeSizeInGB', 31);
    });
    expect(request.ResourceConfig).toEqual({
      InstanceType: 'ml.m5.xlarge',
      InstanceCount: 1,
      VolumeSizeInGB: 31,
      NewConfig: { Mode: 'Fast' },
    });
  });

  test('deletes a member when its value is undefined', () => {
    const { request } = overridden((job) => job.addRequestOverride('ResourceConfig.VolumeSizeInGB', undefined));
    expect(request.ResourceConfig).toEqual({ InstanceType: 'ml.m5.xlarge', InstanceCount: 1 });
  });

  test('refers to a name with a period by a backslash', () => {
    const { request } = overridden((job) => job.addRequestOverride('HyperParameters.a\\.b', '3'));
    expect(request.HyperParameters).toEqual({ 'a.b': '3', 'a.c': '2' });
  });

  test('replaces an earlier override of the same path', () => {
    const { request } = overridden((job) => {
      job.addRequestOverride('ResourceConfig.New', 1);
      job.addRequestOverride('ResourceConfig.New', { Deep: [true, null] });
    });
    expect(request.ResourceConfig).toMatchObject({ New: { Deep: [true, null] } });
  });

  test('can contain a reference', () => {
    const { request } = overridden((job, stack) =>
      job.addRequestOverride('NewArn', new CfnParameter(stack, 'Arn').valueAsString),
    );
    expect(request.NewArn).toContain('Arn');
  });

  test('is part of the job identity: the job runs again when it is added, changed or a deletion', () => {
    const ids = [
      () => undefined,
      (job: TrainingJob) => job.addRequestOverride('New', 1),
      (job: TrainingJob) => job.addRequestOverride('New', 2),
      (job: TrainingJob) => job.addRequestOverride('New', {}),
      (job: TrainingJob) => job.addRequestOverride('New', undefined),
    ].map((override) => overridden(override));
    expect(new Set(ids.map(({ logicalId }) => logicalId)).size).toBe(5);
    expect(new Set(ids.map(({ identity }) => JSON.stringify(identity))).size).toBe(5);
    expect(ids[0].identity).not.toHaveProperty('RequestOverrides');
  });

  test.each([
    ['', '`path` must name a member of the request'],
    ['ResourceConfig..Foo', '`path` must name a member of the request'],
    ['TrainingJobName', '`path` must not be "TrainingJobName": the name and the tags of a job are set at deployment'],
    ['Tags.0.Key', '`path` must not be "Tags.0.Key"'],
  ])('with the path "%s" is rejected', (path, error) => {
    expect(errorOf(() => newJob(newStack()).addRequestOverride(path, 1))).toContain(error);
  });
});

test('An override of a tuning job can refer to an item of a list', () => {
  const stack = newStack();
  const job = new TuningJob(stack, 'Tune', {
    definitions: [tuningDefinition({ definitionName: 'a' }), tuningDefinition({ definitionName: 'b' })],
  });
  job.addRequestOverride('TrainingJobDefinitions.1.ResourceConfig.New', 1);
  const { TrainingJobDefinitions } = startJson(stack, 'Custom::SageMakerTuningJob', 'Request');
  expect(TrainingJobDefinitions).toMatchObject([
    { ResourceConfig: expect.not.objectContaining({ New: 1 }) as object },
    { ResourceConfig: { New: 1, InstanceType: 'ml.m5.xlarge' } },
  ]);
});

test('An override of a transform job sets a member of its request', () => {
  const stack = newStack();
  const bucket = new s3.Bucket(stack, 'Data');
  new TransformJob(stack, 'Score', {
    model: new Model(stack, 'Model', { image: image() }),
    input: TransformInput.fromBucket(bucket, 'in/'),
    output: TransformOutput.toBucket(bucket, 'out'),
    resources: TransformResources.of(InstanceType.ML_M5_XLARGE),
  }).addRequestOverride('TransformResources.New', true);
  expect(startJson(stack, 'Custom::SageMakerTransformJob', 'Request')).toMatchObject({
    TransformResources: { New: true, InstanceType: 'ml.m5.xlarge' },
  });
});

describe('An override of an algorithm', () => {
  const NAME = 'Custom::SageMakerAlgorithm';

  function created(path?: string): { stack: Stack; request: Record<string, unknown>; name: unknown } {
    const stack = newStack();
    const algorithm = newAlgorithm(stack, { provisioning: AlgorithmProvisioning.CUSTOM_RESOURCE });
    if (path !== undefined) algorithm.addRequestOverride(path, { S3DataType: 'S3Object' });
    const inputs = { train: TrainingInput.fromBucket(new s3.Bucket(stack, 'Data'), 'train/') };
    newJob(stack, { image: undefined, algorithm, inputs });
    const [{ Properties }] = Object.values(Template.fromStack(stack).findResources(NAME));
    const { Prefix } = Properties as { Prefix: unknown };
    return { stack, request: startJson(stack, NAME, 'Request'), name: Prefix };
  }
  const jobOf = ({ stack }: { stack: Stack }): string[] => Object.keys(Template.fromStack(stack).findResources(TYPE));

  test('is part of its name, and of the identity of training jobs if it is in the training specification', () => {
    const none = created();
    const training = created('TrainingSpecification.AdditionalS3DataSource');
    const inference = created('InferenceSpecification.New');
    expect(training.request.TrainingSpecification).toMatchObject({
      AdditionalS3DataSource: { S3DataType: 'S3Object' },
    });
    expect(new Set([none.name, training.name, inference.name]).size).toBe(3);
    expect([jobOf(none), jobOf(inference)]).toEqual([jobOf(none), jobOf(none)]);
    expect(jobOf(training)).not.toEqual(jobOf(none));
  });

  test('is rejected if CloudFormation creates the algorithm, whose L1 construct has overrides of its own', () => {
    const stack = newStack();
    const algorithm = new Algorithm(stack, 'Algorithm', algorithmProps());
    expect(errorOf(() => algorithm.addRequestOverride('New', 1))).toBe(
      'Algorithm Stack/Algorithm: `addRequestOverride()` requires `provisioning: AlgorithmProvisioning.CUSTOM_RESOURCE`. ' +
        'For AWS::SageMaker::Algorithm, use `addPropertyOverride()` of the L1 construct in `node.defaultChild`.',
    );
    Template.fromStack(stack).hasResource('AWS::SageMaker::Algorithm', Match.anyValue());
  });
});
