import { type Duration, type aws_ec2 as ec2, type aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type ExperimentOptions, checkExperiment, renderExperiment } from '../common/experiment';
import { checkMaxRuntime } from '../common/job-times';
import type { JobWait } from '../common/job-wait';
import { type TrainingOutput } from '../common/training-output';
import { noteClosedFeature } from '../private/closed-features';
import { grantSsmSession } from '../private/execution-role';
import type { JobRequest } from '../private/job-request';
import { sortedMap } from '../private/sorted-entries';
import type { ValidationErrors } from '../private/validation';
import type { MlflowOptions } from './mlflow';
import type { Profiler } from './profiler';
import type { TensorBoardOptions } from './tensor-board';
import type { TrainingOptions } from './training-options';
import { type TrainingContext, renderTraining } from './training-request';
import { checkAlgorithm, checkImageOnly, checkJobTimes, checkTraining, warnAboutTraining } from './training-validation';

/** The definition of a training job, which a deployment or a workflow runs. */
export interface TrainingJobDefinition extends TrainingOptions {
  /**
   * The S3 location and the encryption of the artifacts.
   *
   * @default - a new bucket that is retained when the stack is deleted
   */
  readonly output?: TrainingOutput;

  /**
   * The maximum run time of the job, at most 28 days.
   *
   * @default - `maxWaitTime` if it is set; otherwise 1 day, or if a deployment waits for the job, the time that it waits minus
   * 30 minutes for start, download and upload
   */
  readonly maxRuntime?: Duration;

  /**
   * The entrypoint of the container, which is run without the argument `train`. Requires `image`.
   *
   * @default - the entrypoint of the image
   */
  readonly entrypoint?: string[];

  /**
   * The arguments of the container's entrypoint. Requires `image`.
   *
   * @default - `train`
   */
  readonly arguments?: string[];

  /**
   * The execution role of the job. It is granted the permissions that the job needs.
   *
   * @default - a new role with least-privilege permissions
   */
  readonly role?: iam.IRole;

  /**
   * The TensorBoard output of the job.
   *
   * @default - no TensorBoard output
   */
  readonly tensorBoard?: TensorBoardOptions;

  /**
   * The profiler, which monitors the resource utilization of the instances. Closed to new customers since 2026-07-30.
   *
   * @default - the service default
   */
  readonly profiler?: Profiler;

  /**
   * Whether remote debugging is enabled: a shell in the containers through AWS Systems Manager.
   *
   * @default false
   */
  readonly remoteDebug?: boolean;

  /**
   * The association of the job with SageMaker Experiments.
   *
   * @default - no experiment
   */
  readonly experiment?: ExperimentOptions;

  /**
   * The MLflow tracking of the job. It is not part of the job identity.
   *
   * @default - no MLflow tracking
   */
  readonly mlflow?: MlflowOptions;

  /**
   * Whether SageMaker checks the hardware and the network of the instances before training.
   *
   * @default false
   */
  readonly infraCheck?: boolean;

  /**
   * Whether SageMaker stores the time series of the metrics, for example for SageMaker Studio.
   *
   * @default - true with at least one of `metrics`, and for built-in algorithms and some images that SageMaker provides; false otherwise
   */
  readonly metricsTimeSeries?: boolean;
}

const ENVIRONMENT = {
  map: 'TrainingEnvironmentMap',
  key: 'TrainingEnvironmentKey',
  value: 'TrainingEnvironmentValue',
} as const;

/**
 * Validates the definition of a training job, and returns its maximum run time.
 *
 * @param wait whether a deployment waits for the job
 */
export function checkTrainingJob(
  scope: Construct,
  errors: ValidationErrors,
  definition: TrainingJobDefinition,
  wait?: JobWait,
): Duration {
  checkTraining(scope, errors, definition, { environment: ENVIRONMENT });
  checkContainer(errors, definition);
  checkMonitoring(errors, definition);
  const maxRuntime = checkMaxRuntime(errors, { ...definition, wait });
  checkJobTimes(errors, maxRuntime, definition);
  checkAlgorithm(errors, definition);
  return maxRuntime;
}

/** Adds the warnings about a valid definition. */
export function warnAboutTrainingJob(scope: Construct, definition: TrainingJobDefinition): void {
  warnAboutTraining(scope, definition);
  if (definition.profiler?._isEnabled === true) noteClosedFeature(scope, 'profiler', 'Profiler');
}

function checkContainer(errors: ValidationErrors, props: TrainingJobDefinition): void {
  const { entrypoint, arguments: args, useSpotInstances, resources } = props;
  errors.when(
    useSpotInstances === true && resources._hasPreferences,
    '`useSpotInstances` is not supported with TrainingResources.preferring(): only on-demand capacity and training plans are',
  );
  errors.checkEach(
    'entrypoint',
    entrypoint && 'TrainingContainerEntrypoint',
    'TrainingContainerEntrypointString',
    entrypoint,
  );
  errors.checkEach('arguments', args && 'TrainingContainerArguments', 'TrainingContainerArgument', args);
  checkImageOnly(errors, props, { entrypoint, arguments: args });
}

function checkMonitoring(
  errors: ValidationErrors,
  { tensorBoard, remoteDebug, networkIsolation, experiment, mlflow, algorithm }: TrainingJobDefinition,
): void {
  errors.when(
    remoteDebug === true && algorithm?.isMarketplaceProduct === true,
    '`remoteDebug` must not be true: it is not supported for an algorithm from AWS Marketplace',
  );
  errors.check('tensorBoard.localPath', 'DirectoryPath', tensorBoard?.localPath);
  tensorBoard?.location._check(errors, 'tensorBoard.location', 'S3Uri');
  errors.when(
    remoteDebug === true && networkIsolation === true,
    '`remoteDebug` requires a network: it must not be set together with `networkIsolation`',
  );
  checkExperiment(errors, experiment);
  errors.check('mlflow.resourceArn', 'MlFlowResourceArn', mlflow?.resourceArn);
  errors.check('mlflow.experimentName', 'MlflowExperimentName', mlflow?.experimentName);
  errors.check('mlflow.runName', 'MlflowRunName', mlflow?.runName);
}

/** The request that creates a training job, and the part of it that forms the job identity. */
export interface RenderedTrainingJob {
  readonly request: JobRequest<'training'>;
  readonly identity: object;
  readonly connections?: ec2.Connections;
}

/** Renders a training job, and grants its role the permissions of the job. */
export function renderTrainingJob(
  scope: Construct,
  definition: TrainingJobDefinition,
  context: Omit<TrainingContext, 'container'>,
): RenderedTrainingJob {
  const { role } = context;
  const container = { ContainerEntrypoint: definition.entrypoint, ContainerArguments: definition.arguments };
  const { request, identity, connections } = renderTraining(scope, definition, { ...context, container });
  const hyperparameters = sortedMap(
    definition.script
      ? { ...definition.script._hyperparameters(scope, role), ...definition.hyperparameters }
      : definition.hyperparameters,
  );
  return {
    request: {
      HyperParameters: hyperparameters,
      ...request,
      AlgorithmSpecification: {
        ...request.AlgorithmSpecification,
        EnableSageMakerMetricsTimeSeries: definition.metricsTimeSeries,
      },
      ...renderMonitoring(definition, role),
    },
    identity: { HyperParameters: hyperparameters, ...identity },
    connections,
  };
}

/** Renders the properties that monitor the job, which are not part of its identity. */
function renderMonitoring(props: TrainingJobDefinition, role: iam.IRole): Partial<JobRequest<'training'>> {
  const { tensorBoard, profiler, remoteDebug, experiment, mlflow, infraCheck } = props;
  tensorBoard?.location.grantWrite(role);
  if (remoteDebug === true) grantSsmSession(role);
  return {
    TensorBoardOutputConfig: tensorBoard && {
      LocalPath: tensorBoard.localPath,
      S3OutputPath: tensorBoard.location.uri,
    },
    ProfilerConfig: profiler?._bind(role),
    RemoteDebugConfig: remoteDebug === true ? { EnableRemoteDebug: true } : undefined,
    ExperimentConfig: renderExperiment(experiment),
    MlflowConfig: mlflow && {
      MlflowResourceArn: mlflow.resourceArn,
      MlflowExperimentName: mlflow.experimentName,
      MlflowRunName: mlflow.runName,
    },
    InfraCheckConfig: infraCheck === undefined ? undefined : { EnableInfraCheck: infraCheck },
  };
}
