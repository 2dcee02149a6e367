import { Duration, type Stack, aws_s3 as s3, aws_scheduler as scheduler } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  Evaluation,
  InstanceType,
  ModelPackageGroup,
  Objective,
  Pipeline,
  ProcessingInput,
  ProcessingJob,
  ProcessingOutput,
  ProcessingResources,
  TrainingInput,
  TrainingJob,
  TrainingResources,
  TrainingWorkflow,
  TuningJob,
} from '../lib';
import { tuningDefinition } from './jobs';
import { image, newAlgorithm, newStack } from './stacks';

const TRAINING = TrainingResources.of(InstanceType.ML_M5_XLARGE);
const PROCESSING = ProcessingResources.of(InstanceType.ML_M5_XLARGE);

type Order = <T>(one: T, other: T) => Record<string, T>;

const texts = (map: Order): Record<string, string> => map('a', 'b');

function inputs(stack: Stack, map: Order): Record<string, TrainingInput> {
  const bucket = s3.Bucket.fromBucketName(stack, 'Data', 'data');
  return map(TrainingInput.fromBucket(bucket, 'one/'), TrainingInput.fromBucket(bucket, 'other/'));
}

function processing(stack: Stack, map: Order) {
  const bucket = s3.Bucket.fromBucketName(stack, 'Raw', 'raw');
  return {
    image: image(),
    resources: PROCESSING,
    inputs: map(ProcessingInput.fromBucket(bucket, 'one/'), ProcessingInput.fromBucket(bucket, 'other/')),
    outputs: map(ProcessingOutput.toBucket(bucket, 'c'), ProcessingOutput.toBucket(bucket, 'd')),
    environment: texts(map),
  };
}

/** Creates constructs whose maps have two entries in an order. */
const CONSTRUCTS: Record<string, (stack: Stack, map: Order) => unknown> = {
  TrainingJob: (stack, map) =>
    new TrainingJob(stack, 'Train', {
      image: image(),
      resources: TRAINING,
      inputs: inputs(stack, map),
      hyperparameters: texts(map),
      environment: texts(map),
    }),
  TuningJob: (stack, map) => {
    const maps = { inputs: inputs(stack, map), hyperparameters: texts(map), environment: texts(map) };
    return new TuningJob(stack, 'Tune', { definitions: [tuningDefinition(maps)] });
  },
  ProcessingJob: (stack, map) => new ProcessingJob(stack, 'Prepare', processing(stack, map)),
  TrainingWorkflow: (stack, map) =>
    new TrainingWorkflow(stack, 'Retraining', {
      training: { image: image(), resources: TRAINING, inputs: inputs(stack, map), hyperparameters: texts(map) },
      evaluation: Evaluation.processing({ ...processing(stack, map), objective: Objective.maximize('auc') }),
      registration: {
        group: ModelPackageGroup.fromModelPackageGroupName(stack, 'Group', 'churn'),
        algorithm: newAlgorithm(stack),
        customerMetadata: texts(map),
      },
    }),
  Pipeline: (stack, map) =>
    Pipeline.fromPipelineName(stack, 'Pipeline', 'churn').startOnSchedule(
      'Weekly',
      scheduler.ScheduleExpression.rate(Duration.days(7)),
      { parameters: texts(map) },
    ),
};

test.each(Object.entries(CONSTRUCTS))(
  'The template of a %s does not depend on the order of maps, which Java does not keep',
  (_, make) => {
    const [first, second] = [
      (one: unknown, other: unknown) => ({ one, other }),
      (one: unknown, other: unknown) => ({ other, one }),
    ].map((map) => {
      const stack = newStack();
      make(stack, map as Order);
      return JSON.stringify(Template.fromStack(stack).toJSON());
    });
    expect(second).toBe(first);
  },
);
