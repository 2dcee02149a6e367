import { type Duration, type aws_ec2 as ec2, type aws_iam as iam, type aws_ssm as ssm } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { waitTimeOf } from '../common/job-times';
import type { ModelData } from '../common/model-data';
import { TrainingOutput } from '../common/training-output';
import { executionRole } from '../private/execution-role';
import { newArtifactBucket } from '../private/artifact-bucket';
import { JobBase } from '../private/job-base';
import { JobResource } from '../private/job-resource';
import { publish } from '../private/parameter';
import { RuleError } from '../private/rules';
import { ValidationErrors } from '../private/validation';
import { TrainedModelData } from './trained-model-data';
import { checkTuningJob, renderTuningJob, warnAboutUnknownStrategy } from './tuning-job-request';
import type { TuningJobProps } from './tuning-job-props';

/**
 * A hyperparameter tuning job that runs during the deployment of its stack: it runs training jobs in search of the
 * hyperparameters with the best objective metric. It runs when it is added to the stack, and again when its identity changes.
 *
 * The name of the job is generated, since the service limits it to 32 characters.
 *
 * @resource AWS::CloudFormation::CustomResource
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html
 *
 * @example
 * import { Duration, aws_s3 as s3 } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const algorithm: sagemaker.Algorithm;
 * declare const bucket: s3.IBucket;
 *
 * const tuning = new sagemaker.TuningJob(this, 'Tune', {
 *   definitions: [
 *     {
 *       algorithm,
 *       inputs: { train: sagemaker.TrainingInput.fromBucket(bucket, 'churn/train/') },
 *       objective: sagemaker.Objective.maximize('validation:auc'),
 *       resources: sagemaker.TrainingResources.of(sagemaker.InstanceType.ML_M5_XLARGE),
 *       maxRuntime: Duration.hours(1),
 *     },
 *   ],
 *   maxTrainingJobs: 20,
 *   maxParallelTrainingJobs: 4,
 * });
 */
export class TuningJob extends JobBase implements ec2.IConnectable, iam.IGrantable {
  /** The name of the tuning job, which is known at deployment. */
  public readonly jobName: string;

  /** The model artifact of the best training job. Resources that use it are created after the end of the tuning job. */
  public readonly bestModelData: ModelData;

  /** The execution role of the training jobs. */
  public readonly role: iam.IRole;

  /** The S3 location and the encryption of the training jobs' artifacts. */
  public readonly output: TrainingOutput;

  /** The network access of the training jobs. */
  public readonly connections: ec2.Connections;

  /** @internal */
  protected readonly _job: JobResource;
  private readonly trained: TrainedModelData;
  private readonly isAwaited: boolean;

  constructor(scope: Construct, id: string, props: TuningJobProps) {
    super(scope, id, 'tuning');
    const maxRuntime = checkProps(this, props);
    const wait = waitTimeOf(props.wait, maxRuntime);
    this.isAwaited = wait !== undefined;
    this.role = executionRole(this, props.role, ['TrainingJobs']);
    this.output = props.output ?? TrainingOutput.toBucket(newArtifactBucket(this), 'tuning');

    const { request, identity, connections } = renderTuningJob(this, props, {
      role: this.role,
      output: this.output,
      maxRuntime,
    });
    this.connections = connections;
    this._job = new JobResource(this, 'Job', {
      kind: 'tuning',
      request,
      identity: { ...identity, Revision: props.revision },
      role: this.role,
      wait,
      tags: this.cdkTagManager,
    });
    props.definitions.forEach(({ algorithm }) => algorithm && this._job.startAfter(algorithm));
    this.jobName = this._job.attribute('JobName');
    this.trained = new TrainedModelData({
      job: this,
      output: this.output,
      isAwaited: this.isAwaited,
      ended: this._job.completion,
      modelDataUrl: () => this._job.result(1),
    });
    this.bestModelData = this.trained;
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

  /** The name of the best training job, which is known at the end of the tuning job. */
  public get bestTrainingJobName(): string {
    if (!this.isAwaited) {
      throw new RuleError(
        'training-and-tuning',
        `The best training job of ${this.node.path} must not be used in its stack: with JobWait.none() it is not known when ` +
          'the stack is deployed. Wait for the tuning job.',
      );
    }
    return this._job.result(0);
  }
}

/**
 * Validates a tuning job, and returns its maximum run time.
 *
 * @throws an error that lists every invalid property of the tuning job
 */
function checkProps(scope: Construct, props: TuningJobProps): Duration {
  const errors = new ValidationErrors(`Tuning job ${scope.node.path}`, 'training-and-tuning');
  errors.requireTypes('TuningJobProps', props);
  const maxRuntime = checkTuningJob(scope, errors, props, props.wait);
  errors.throwIfAny();
  warnAboutUnknownStrategy(scope, props);
  return maxRuntime;
}
