import {
  type Duration,
  type aws_ec2 as ec2,
  type aws_ssm as ssm,
  aws_cloudwatch as cloudwatch,
  type aws_iam as iam,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ModelData } from '../common/model-data';
import { TrainingOutput } from '../common/training-output';
import { executionRole, grantShell } from '../private/execution-role';
import { JobBase } from '../private/job-base';
import type { JobRequest } from '../private/job-request';
import { JobResource, checkJobName } from '../private/job-resource';
import { publish } from '../private/parameter';
import { ValidationErrors } from '../private/validation';
import { TrainedModelData } from './trained-model-data';
import { renderTraining } from './training-request';
import {
  checkAlgorithm,
  checkImageOnly,
  checkRuntime,
  checkTimes,
  checkTraining,
  waitFor,
  warnOfUnknownInstanceTypes,
} from './training-validation';
import type { TrainingJobProps } from './training-job-props';

/**
 * A training job that belongs to a stack. It runs when it is new, and again when something that decides its result has
 * changed: algorithm or image, hyperparameters, inputs, resources, environment, output, or `revision`. Role, network and
 * tags do not.
 *
 * When the job fails, so does the deployment, with the reason that the job gave. Artifacts are never deleted.
 *
 * @resource AWS::CloudFormation::CustomResource
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html
 */
export class TrainingJob extends JobBase implements ec2.IConnectable, iam.IGrantable {
  /** The name that the job gets at deployment. */
  public readonly jobName: string;

  /** The trained model. Whoever uses it waits for the job. */
  public readonly modelData: ModelData;

  /** The role that the containers run with. */
  public readonly role: iam.IRole;

  /** Where the job puts what it makes. */
  public readonly output: TrainingOutput;

  /** @internal */
  protected readonly _job: JobResource;
  private readonly trained: TrainedModelData;
  private readonly vpcConnections?: ec2.Connections;

  constructor(scope: Construct, id: string, props: TrainingJobProps) {
    super(scope, id, 'training');
    const maxRuntime = checkTrainingJob(this, props);
    const wait = waitFor(props.wait, props.maxWaitTime ?? maxRuntime);
    this.role = executionRole(this, props.role, ['TrainingJobs']);
    this.output = props.output ?? TrainingOutput.toBucket(this._newArtifactBucket(), 'training');

    const container = { ContainerEntrypoint: props.entrypoint, ContainerArguments: props.arguments };
    const bound = { role: this.role, output: this.output, maxRuntime, container };
    const { request, identity, connections } = renderTraining(this, props, bound);
    this.vpcConnections = connections;
    const hyperparameters = props.script
      ? { ...props.script._hyperparameters(this, this.role), ...props.hyperparameters }
      : props.hyperparameters;
    this._job = new JobResource(this, 'Job', {
      kind: 'training',
      name: props.trainingJobName,
      request: { HyperParameters: hyperparameters, ...request, ...renderObservation(props, this.role) },
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
      isWaitedFor: wait !== undefined,
      ended: this._job.ended,
      modelDataUrl: () => this._job.attribute('ModelDataUrl'),
    });
    this.modelData = this.trained;
  }

  /**
   * Makes the model known to other stacks, as text in a parameter: where its data is. An export could not change while it is
   * used. The other stack reads it with `ModelData.fromParameter`.
   *
   * @param parameterName the parameter to write, for example `/churn/model`
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
      throw new Error(`Training job ${this.node.path} has no connections: give it a \`vpc\`.`);
    return this.vpcConnections;
  }

  /**
   * A metric that the job prints.
   *
   * @param metricName the name of one of the metrics of the algorithm or of the job
   * @param options how to look at it
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
 * The time that the job may run.
 *
 * @throws one error that lists all that is wrong with the definition of a training job
 */
function checkTrainingJob(scope: Construct, props: TrainingJobProps): Duration {
  const errors = new ValidationErrors(`Training job ${scope.node.path}`);
  checkJobName(errors, 'trainingJobName', props.trainingJobName);
  checkTraining(errors, props, { environment: ENVIRONMENT });
  checkContainer(errors, props);
  checkObservation(errors, props);
  const maxRuntime = checkTimes(errors, props);
  checkRuntime(errors, maxRuntime, props.maxWaitTime);
  checkAlgorithm(errors, props);
  errors.throwIfAny();
  warnOfUnknownInstanceTypes(scope, props);
  return maxRuntime;
}

function checkContainer(errors: ValidationErrors, props: TrainingJobProps): void {
  const { entrypoint, arguments: args } = props;
  errors.checkEach(
    'entrypoint',
    entrypoint && 'TrainingContainerEntrypoint',
    'TrainingContainerEntrypointString',
    entrypoint,
  );
  errors.checkEach('arguments', args && 'TrainingContainerArguments', 'TrainingContainerArgument', args);
  checkImageOnly(errors, props, { entrypoint, arguments: args });
}

function checkObservation(
  errors: ValidationErrors,
  { tensorBoard, remoteDebug, networkIsolation, experiment, algorithm }: TrainingJobProps,
): void {
  errors.when(
    remoteDebug === true && algorithm?.isMarketplaceProduct === true,
    '`remoteDebug` opens a shell, which an algorithm from AWS Marketplace does not allow',
  );
  errors.check('tensorBoard.localPath', 'DirectoryPath', tensorBoard?.localPath);
  errors.when(
    remoteDebug === true && networkIsolation === true,
    '`remoteDebug` needs a network, and `networkIsolation` leaves none',
  );
  for (const [property, name] of Object.entries(experiment ?? {})) {
    errors.check(`experiment.${property}`, 'ExperimentEntityName', name);
  }
}

/** What watches a job. None of it decides the result. */
function renderObservation(props: TrainingJobProps, role: iam.IRole): Partial<JobRequest<'training'>> {
  const { tensorBoard, profiler, remoteDebug, experiment } = props;
  tensorBoard?.location.grantWrite(role);
  if (remoteDebug === true) grantShell(role);
  return {
    TensorBoardOutputConfig: tensorBoard && {
      LocalPath: tensorBoard.localPath,
      S3OutputPath: tensorBoard.location.uri,
    },
    ProfilerConfig: profiler?._bind(role),
    RemoteDebugConfig: remoteDebug === true ? { EnableRemoteDebug: true } : undefined,
    ExperimentConfig: experiment && {
      ExperimentName: experiment.experimentName,
      TrialName: experiment.trialName,
      TrialComponentDisplayName: experiment.trialComponentDisplayName,
      RunName: experiment.runName,
    },
  };
}
