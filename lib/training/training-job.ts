import {
  type Duration,
  type aws_ec2 as ec2,
  type aws_ssm as ssm,
  aws_cloudwatch as cloudwatch,
  type aws_iam as iam,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { waitTimeOf } from '../common/job-times';
import type { ModelData } from '../common/model-data';
import { TrainingOutput } from '../common/training-output';
import { executionRole } from '../private/execution-role';
import { newArtifactBucket } from '../private/artifact-bucket';
import { JobBase } from '../private/job-base';
import { JobResource, checkJobName } from '../private/job-resource';
import { publish } from '../private/parameter';
import { RuleError } from '../private/rules';
import { ValidationErrors } from '../private/validation';
import { TrainedModelData } from './trained-model-data';
import { checkTrainingJob, renderTrainingJob, warnAboutTrainingJob } from './training-job-definition';
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
 *
 * @example
 * import { Duration, aws_s3 as s3 } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const algorithm: sagemaker.Algorithm;
 * declare const bucket: s3.IBucket;
 *
 * const job = new sagemaker.TrainingJob(this, 'Train', {
 *   algorithm,
 *   inputs: { train: sagemaker.TrainingInput.fromBucket(bucket, 'churn/train/') },
 *   hyperparameters: { max_depth: '8' },
 *   resources: sagemaker.TrainingResources.of(sagemaker.InstanceType.ML_G5_XLARGE),
 *   maxRuntime: Duration.hours(5),
 * });
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
    const maxRuntime = checkProps(this, props);
    const wait = waitTimeOf(props.wait, props.maxWaitTime ?? maxRuntime);
    this.role = executionRole(this, props.role, ['TrainingJobs']);
    this.output = props.output ?? TrainingOutput.toBucket(newArtifactBucket(this), 'training');

    const { request, identity, connections } = renderTrainingJob(this, props, {
      role: this.role,
      output: this.output,
      maxRuntime,
    });
    this.vpcConnections = connections;
    this._job = new JobResource(this, 'Job', {
      kind: 'training',
      name: props.trainingJobName,
      request,
      identity: { ...identity, Revision: props.revision },
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
      throw new RuleError('all-stages', `Training job ${this.node.path} has no connections: set \`vpc\`.`);
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

/**
 * Validates a training job, and returns its maximum run time.
 *
 * @throws an error that lists every invalid property of the training job
 */
function checkProps(scope: Construct, props: TrainingJobProps): Duration {
  const errors = new ValidationErrors(`Training job ${scope.node.path}`, 'training-and-tuning');
  errors.requireTypes('TrainingJobProps', props);
  checkJobName(errors, 'trainingJobName', props.trainingJobName);
  const maxRuntime = checkTrainingJob(scope, errors, props, props.wait);
  errors.throwIfAny();
  warnAboutTrainingJob(scope, props);
  return maxRuntime;
}
