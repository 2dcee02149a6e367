import {
  Duration,
  type Stack,
  aws_ecr_assets as ecr_assets,
  aws_s3 as s3,
  aws_scheduler as scheduler,
} from 'aws-cdk-lib';
import type * as Library from '../../lib';

/** The lifecycle of an algorithm whose images are built from a directory: training, tuning, registry, endpoint and retraining. */
export function lifecycle(stack: Stack, library: typeof Library, directory: string): void {
  const bucket = s3.Bucket.fromBucketName(stack, 'Data', 'churn');
  const inputs = { train: library.TrainingInput.fromBucket(bucket, 'train/') };
  const resources = library.TrainingResources.of(library.InstanceType.ML_M5_LARGE);
  const image = (target: string): Library.ContainerImage =>
    library.ContainerImage.fromAsset(directory, { target, processor: library.Processor.CPU });
  const objective = library.Objective.maximize('validation:auc');
  const { algorithm, modelPackageGroup } = new library.ByoAlgorithm(stack, 'Churn', {
    images: library.AlgorithmImages.split({ training: image('training'), inference: image('inference') }),
    channels: [library.Channel.file('train', { contentTypes: ['text/csv'] })],
    hyperparameters: [library.Hyperparameter.continuous('alpha', { min: 0, max: 1, defaultValue: 0.1, tunable: true })],
    metrics: [library.MetricDefinition.of('validation:auc', 'auc=([0-9.]+);')],
    objectives: [objective],
    inputs,
    training: { resources },
    endpoint: { instanceType: library.InstanceType.ML_C7I_LARGE },
  });
  const [maxRuntime, training] = [Duration.hours(1), { algorithm: algorithm!, inputs, resources }];
  new library.TuningJob(stack, 'Tune', {
    definitions: [{ ...training, objective, maxRuntime }],
    maxTrainingJobs: 20,
    maxParallelTrainingJobs: 4,
  });
  new library.TrainingWorkflow(stack, 'Retraining', {
    training,
    evaluation: library.Evaluation.trainingMetric(objective),
    gate: { threshold: 0.85 },
    registration: { group: modelPackageGroup! },
  }).startOnSchedule('Weekly', scheduler.ScheduleExpression.rate(Duration.days(7)));
}

/** The images of the same directory, as assets of the CDK. */
export function imageAssets(stack: Stack, directory: string): void {
  for (const target of ['training', 'inference']) {
    new ecr_assets.DockerImageAsset(stack, target, { directory, target, platform: ecr_assets.Platform.LINUX_AMD64 });
  }
}
