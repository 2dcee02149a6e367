import {
  Duration,
  type Stack,
  aws_cloudwatch as cloudwatch,
  aws_s3 as s3,
  aws_scheduler as scheduler,
} from 'aws-cdk-lib';
import {
  ContinuousDeployment,
  type ContinuousDeploymentProps,
  type Endpoint,
  Evaluation,
  Expectation,
  InstanceType,
  MetricDefinition,
  Model,
  ModelPackageGroup,
  Objective,
  ProcessingResources,
  S3Location,
  type ShadowTestOptions,
  SmokeTestRequest,
  TrainingInput,
  TrainingOutput,
  TrainingResources,
  TrainingWorkflow,
  type TrainingWorkflowProps,
  TransformInput,
  TransformOutput,
  TransformResources,
  TransformSchedule,
  type TransformScheduleProps,
} from '../lib';
import { newEndpoint, releasedConfig, releasedVersion } from './hosting-fixtures';
import { image } from './stacks';

const RATE = scheduler.ScheduleExpression.rate(Duration.days(7));
const OBJECTIVE = Objective.maximize('validation:auc');

const bucket = (stack: Stack, name: string): s3.IBucket =>
  (stack.node.tryFindChild(name) as s3.IBucket | undefined) ?? s3.Bucket.fromBucketName(stack, name, name);

/** A training workflow that trains, evaluates by a metric of the training, compares and registers. */
export function newWorkflow(stack: Stack, props: Partial<TrainingWorkflowProps> = {}): TrainingWorkflow {
  return new TrainingWorkflow(stack, 'Retraining', {
    training: {
      image: image('train'),
      metrics: [MetricDefinition.of('validation:auc', 'auc=([0-9.]+)')],
      inputs: { train: TrainingInput.fromBucket(bucket(stack, 'data'), 'train/', { contentType: 'text/csv' }) },
      resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
      output: TrainingOutput.toBucket(bucket(stack, 'models'), 'churn'),
    },
    evaluation: Evaluation.trainingMetric(OBJECTIVE),
    gate: { threshold: 0.85 },
    registration: {
      group: ModelPackageGroup.fromModelPackageGroupName(stack, 'Group', 'churn'),
      image: image('serve'),
      inference: {
        contentTypes: ['text/csv'],
        responseMimeTypes: ['text/csv'],
        realtimeInstanceTypes: [InstanceType.ML_C7I_LARGE],
        transformInstanceTypes: [InstanceType.ML_M5_XLARGE],
      },
    },
    stateMachineName: 'retraining',
    ...props,
  });
}

/** The evaluation by a processing job, which writes its reports to the bucket `reports`. */
export const processingEvaluation = (stack: Stack): Evaluation =>
  Evaluation.processing({
    image: image('evaluate'),
    resources: ProcessingResources.of(InstanceType.ML_M5_XLARGE),
    objective: Objective.maximize('metrics.auc.value'),
    reportLocation: S3Location.fromBucket(bucket(stack, 'reports'), 'churn/'),
  });

/** Adds everything that can start a workflow: a schedule, new data and an alarm. */
export function startAutomatically(workflow: TrainingWorkflow): void {
  const { stack } = workflow;
  workflow.startOnSchedule('Weekly', RATE);
  workflow.startOnNewData('NewData', { bucket: bucket(stack, 'data'), prefix: 'train/' });
  const drift = `arn:aws:cloudwatch:eu-west-1:${stack.account}:alarm:drift`;
  workflow.startOnAlarm('Drift', cloudwatch.Alarm.fromAlarmArn(stack, 'Alarm', drift));
}

export function newDeployment(stack: Stack, props: Partial<ContinuousDeploymentProps> = {}): ContinuousDeployment {
  return new ContinuousDeployment(stack, 'Release', {
    group: ModelPackageGroup.fromModelPackageGroupName(stack, 'Group', 'churn'),
    stackName: 'churn-hosting',
    parameterName: '/churn/deployed',
    stateMachineName: 'release',
    ...props,
  });
}

/** A shadow test, whose captured data is in the bucket `data`. */
export const shadowTest = (stack: Stack): ShadowTestOptions => ({
  parameterName: '/churn/shadow',
  endpointName: 'churn',
  productionVariantName: 'main',
  shadowVariantName: 'candidate',
  captureDestination: S3Location.fromBucket(bucket(stack, 'data'), 'captured'),
  duration: Duration.hours(24),
  minRequests: 1000,
});

/** An endpoint of the released version, with a smoke test. */
export const testedEndpoint = (stack: Stack): Endpoint =>
  newEndpoint(stack, {
    endpointConfig: releasedConfig(stack),
    smokeTest: {
      request: SmokeTestRequest.fromText('1,2'),
      contentType: 'text/csv',
      expect: [Expectation.jsonPath('$.score').exists()],
    },
  });

/** An endpoint whose captured data is compared with a baseline. */
export const monitoredEndpoint = (stack: Stack): Endpoint => {
  const data = bucket(stack, 'data');
  const dataCapture = { destination: S3Location.fromBucket(data, 'captured') };
  const endpoint = newEndpoint(stack, { endpointConfig: releasedConfig(stack, { dataCapture }) });
  endpoint.addMonitor('Drift', {
    image: image('monitor'),
    resources: ProcessingResources.of(InstanceType.ML_M5_XLARGE),
    baseline: S3Location.fromBucket(data, 'baseline/'),
    reportLocation: S3Location.fromBucket(bucket(stack, 'reports'), 'drift'),
    schedule: RATE,
    stateMachineName: 'drift',
  });
  return endpoint;
};

/** The batch transform of the released version. */
export const newTransformSchedule = (stack: Stack, props: Partial<TransformScheduleProps> = {}): TransformSchedule =>
  new TransformSchedule(stack, 'Nightly', {
    model: new Model(stack, 'Scored', { modelPackage: releasedVersion(stack, undefined, 'Scores') }),
    input: TransformInput.fromBucket(bucket(stack, 'data'), 'in/'),
    output: TransformOutput.toBucket(bucket(stack, 'data'), 'out'),
    resources: TransformResources.of(InstanceType.ML_M5_XLARGE),
    schedule: RATE,
    stateMachineName: 'nightly',
    ...props,
  });

/** All constructs of the continuous lifecycle, each function in a stack of its own. */
export const CONTINUOUS_LIFECYCLE: ((stack: Stack) => unknown)[] = [
  (stack) => startAutomatically(newWorkflow(stack)),
  (stack) => newWorkflow(stack, { evaluation: processingEvaluation(stack) }),
  // The hosting stack of the next function has another name.
  (stack) => newDeployment(stack, { parameterName: '/other/deployed', shadowTest: shadowTest(stack) }),
  (stack) => [testedEndpoint(stack), newTransformSchedule(stack)],
  monitoredEndpoint,
];
