import type { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  BuiltInAlgorithm,
  ContainerImage,
  HyperparameterRange,
  ImagePurpose,
  InstanceType,
  MetricDefinition,
  Objective,
  Processor,
  Script,
  TrainingJob,
  type TrainingJobProps,
  TrainingResources,
  TuningJob,
} from '../../lib';
import { tuningDefinition } from '../jobs';
import { errorOf, newStack, startJson } from '../stacks';

const XGBOOST = provided(BuiltInAlgorithm.XGBOOST, '1.7-1');
const AUC = MetricDefinition.of('auc', 'auc=([0-9.]+)');
const OWN_METRICS =
  '`metrics` must not be set: the algorithm defines its own metrics, and SageMaker rejects other ones';

function provided(algorithm: BuiltInAlgorithm, version?: string): ContainerImage {
  return ContainerImage.fromBuiltInAlgorithm(algorithm, {
    purpose: ImagePurpose.TRAINING,
    version,
    processor: Processor.CPU,
  });
}

function train(props: Partial<TrainingJobProps>): () => unknown {
  return () =>
    new TrainingJob(newStack(), 'Train', { resources: TrainingResources.of(InstanceType.ML_M5_XLARGE), ...props });
}

function tune(image: ContainerImage, objective: string | Objective, metrics?: MetricDefinition[]): Stack {
  const stack = newStack();
  const definition = tuningDefinition({
    image,
    metrics,
    objective: typeof objective === 'string' ? Objective.maximize(objective) : objective,
    ranges: [HyperparameterRange.continuous('eta', { min: 0.01, max: 0.5 })],
  });
  new TuningJob(stack, 'Tune', { definitions: [definition] });
  return stack;
}

function warningsOf(stack: Stack): unknown[] {
  return Annotations.fromStack(stack)
    .findWarning('*', Match.stringLikeRegexp('Metrics of'))
    .map(({ entry }) => entry.data);
}

describe('A built-in algorithm, which defines its metrics,', () => {
  test.each<[BuiltInAlgorithm, string | undefined, string]>([
    [BuiltInAlgorithm.XGBOOST, '1.7-1', 'validation:auc'],
    [BuiltInAlgorithm.XGBOOST, '1', 'validation:rmse'],
    [BuiltInAlgorithm.LINEAR_LEARNER, undefined, 'validation:objective_loss'],
    [BuiltInAlgorithm.KMEANS, undefined, 'test:msd'],
    [BuiltInAlgorithm.DEEP_AR, undefined, 'test:RMSE'],
  ])('%o %s can be tuned for a metric without definitions', (algorithm, version, metricName) => {
    const stack = tune(provided(algorithm, version), metricName);
    expect(warningsOf(stack)).toEqual([]);
    const request = startJson(stack, 'Custom::SageMakerTuningJob', 'Request');
    expect(request).toMatchObject({
      HyperParameterTuningJobConfig: { HyperParameterTuningJobObjective: { MetricName: metricName } },
    });
    expect(request.TrainingJobDefinition).toHaveProperty('AlgorithmSpecification');
    expect(JSON.stringify(request)).not.toContain('MetricDefinitions');
  });

  test('has a warning about an objective that the library does not know', () => {
    expect(warningsOf(tune(XGBOOST, 'validation:acc'))).toEqual([
      expect.stringMatching(
        /^Metrics of sagemaker-xgboost that were unknown when this version of the library was published: validation:acc\. Known metrics: validation:accuracy, /,
      ),
    ]);
    expect(warningsOf(tune(provided(BuiltInAlgorithm.PCA), 'test:loss'))).toEqual([
      expect.stringContaining('test:loss. Known metrics: none.'),
    ]);
  });

  test('does not accept other definitions of metrics, in training and tuning jobs, also for a script and by its URI', () => {
    const uri = '141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1';
    const image = ContainerImage.fromRegistry(uri);
    expect(errorOf(train({ image: XGBOOST, metrics: [AUC] }))).toContain(OWN_METRICS);
    expect(errorOf(train({ image, metrics: [AUC] }))).toContain(OWN_METRICS);
    expect(
      errorOf(train({ image, metrics: [AUC], script: Script.fromDirectory('test/fixtures/image', 'Dockerfile') })),
    ).toContain(OWN_METRICS);
    expect(errorOf(() => tune(provided(BuiltInAlgorithm.KMEANS), 'auc', [AUC]))).toContain(
      `\`definitions[0]\`: ${OWN_METRICS}`,
    );
  });
});

test('Metrics of scikit-learn scripts and of your own images are defined by the user', () => {
  const sklearn = provided(BuiltInAlgorithm.SCIKIT_LEARN, '1.2-1');
  expect(errorOf(() => tune(sklearn, 'validation:auc'))).toContain(
    '`objective` must name one of `metrics` (none are defined), got: "validation:auc"',
  );
  expect(() => Template.fromStack(tune(sklearn, 'auc', [AUC]))).not.toThrow();
  const own = ContainerImage.fromRegistry('111122223333.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1');
  expect(() => Template.fromStack(tune(own, 'auc', [AUC]))).not.toThrow();
});
