import {
  type Duration,
  type aws_ec2 as ec2,
  type aws_ssm as ssm,
  aws_cloudwatch as cloudwatch,
  type aws_iam as iam,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkExperiment, renderExperiment } from '../common/experiment';
import { checkMaxRuntime, waitTimeOf } from '../common/job-times';
import type { ModelData } from '../common/model-data';
import { TrainingOutput } from '../common/training-output';
import { executionRole, grantSsmSession } from '../private/execution-role';
import { noteClosedFeature } from '../private/closed-features';
import { newArtifactBucket } from '../private/artifact-bucket';
import { JobBase } from '../private/job-base';
import type { JobRequest } from '../private/job-request';
import { JobResource, checkJobName } from '../private/job-resource';
import { publish } from '../private/parameter';
import { ValidationErrors } from '../private/validation';
import { TrainedModelData } from './trained-model-data';
import { renderTraining } from './training-request';
import { checkAlgorithm, checkImageOnly, checkJobTimes, checkTraining, warnAboutTraining } from './training-validation';
import type { TrainingJobProps } from './training-job-props';

/**
 * A training job that runs during the deployment of its stack. It runs when it is added to the stack, and again when its
 * identity changes: algorithm or image, hyperparameters, inputs, resources, environment, checkpoints, output, or `revision`.
 * Role, network and tags are not part of the identity.
 *
 * If the job fails, the deployment fails with the failure reason of the job. Artifacts are never deleted.
 *
 * @resource AWS::CloudFormation::CustomResource
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
 */
export class TrainingJob extends JobBase implements ec2.IConnectable, iam.IGrantable {
  /** The name of the job, which is known at deployment. */
  public readonly jobName: string;

  /** The model artifact. Resources that use it are created after the end of the job. */
  public readonly modelData: ModelData;

  /** The execution role of the job. */
  public readonly role: iam.IRole;

  /** The S3 location and the encryption of the artifacts. */
  public readonly output: TrainingOutput;

  /** @internal */
  protected readonly _job: JobResource;
  private readonly trained: TrainedModelData;
  private readonly vpcConnections?: ec2.Connections;

  constructor(scope: Construct, id: string, props: TrainingJobProps) {
    super(scope, id, 'training');
    const maxRuntime = checkTrainingJob(this, props);
    const wait = waitTimeOf(props.wait, props.maxWaitTime ?? maxRuntime);
    this.role = executionRole(this, props.role, ['TrainingJobs']);
    this.output = props.output ?? TrainingOutput.toBucket(newArtifactBucket(this), 'training');

    const container = { ContainerEntrypoint: props.entrypoint, ContainerArguments: props.arguments };
    const context = { role: this.role, output: this.output, maxRuntime, container };
    const { request, identity, connections } = renderTraining(this, props, context);
    this.vpcConnections = connections;
    const hyperparameters = props.script
      ? { ...props.script._hyperparameters(this, this.role), ...props.hyperparameters }
      : props.hyperparameters;
    this._job = new JobResource(this, 'Job', {
      kind: 'training',
      name: props.trainingJobName,
      request: {
        HyperParameters: hyperparameters,
        ...request,
        AlgorithmSpecification: {
          ...request.AlgorithmSpecification,
          EnableSageMakerMetricsTimeSeries: props.metricsTimeSeries,
        },
        ...renderMonitoring(props, this.role),
      },
      identity: { HyperParameters: hyperparameters, ...identity, Revision: props.revision },
      role: this.role,
      wait,
      allowMaxRuntimeExceeded: props.allowMaxRuntimeExceeded,
      tags: this.cdkTagManager,
    });
    if (props.algorithm !== undefined) this._job.startAfter(props.algorithm);
    this.jobName = this._job.attribute('JobName');
    this.trained = new TrainedModelData({
      job: this,
      output: this.output,
      isAwaited: wait !== undefined,
      ended: this._job.completion,
      modelDataUrl: () => this._job.attribute('ModelDataUrl'),
    });
    this.modelData = this.trained;
  }

  /**
   * Writes the URI of the model artifact to an SSM parameter, which other stacks read with `ModelData.fromParameter`. Unlike
   * a CloudFormation export, the parameter can change while other stacks use it.
   *
   * @param parameterName the name of the new parameter, for example `/churn/model`
   */
  public publish(parameterName: string): ssm.StringParameter {
    const { modelDataUrl, dependency } = this.trained._reference();
    return publish(this, parameterName, modelDataUrl, dependency);
  }

  public get grantPrincipal(): iam.IPrincipal {
    return this.role.grantPrincipal;
  }

  public get connections(): ec2.Connections {
    if (this.vpcConnections === undefined)
      throw new Error(`Training job ${this.node.path} has no connections: set \`vpc\`.`);
    return this.vpcConnections;
  }

  /**
   * Returns the CloudWatch metric of a metric definition.
   *
   * @param metricName the name of a metric of the algorithm or of the job
   * @param options the metric options
   */
  public metric(metricName: string, options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: '/aws/sagemaker/TrainingJobs',
      metricName,
      dimensionsMap: { TrainingJobName: this.jobName },
      ...options,
    });
  }
}

const ENVIRONMENT = {
  map: 'TrainingEnvironmentMap',
  key: 'TrainingEnvironmentKey',
  value: 'TrainingEnvironmentValue',
} as const;

/**
 * Validates a training job, and returns its maximum run time.
 *
 * @throws an error that lists every invalid property of the training job
 */
function checkTrainingJob(scope: Construct, props: TrainingJobProps): Duration {
  const errors = new ValidationErrors(`Training job ${scope.node.path}`);
  errors.requireTypes('TrainingJobProps', props);
  checkJobName(errors, 'trainingJobName', props.trainingJobName);
  checkTraining(scope, errors, props, { environment: ENVIRONMENT });
  checkContainer(errors, props);
  checkMonitoring(errors, props);
  const maxRuntime = checkMaxRuntime(errors, props);
  checkJobTimes(errors, maxRuntime, props);
  checkAlgorithm(errors, props);
  errors.throwIfAny();
  warnAboutTraining(scope, props);
  if (props.profiler?._isEnabled === true) noteClosedFeature(scope, 'profiler', 'Profiler');
  return maxRuntime;
}

function checkContainer(errors: ValidationErrors, props: TrainingJobProps): void {
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
  { tensorBoard, remoteDebug, networkIsolation, experiment, mlflow, algorithm }: TrainingJobProps,
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

/** Renders the properties that monitor the job, which are not part of its identity. */
function renderMonitoring(props: TrainingJobProps, role: iam.IRole): Partial<JobRequest<'training'>> {
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
