import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { JobWait } from '../common/job-wait';
import type { TransformOutput } from '../common/transform-output';
import { JobBase } from '../private/job-base';
import { JobResource, checkJobName } from '../private/job-resource';
import { releaseConditionOf } from '../private/release-condition';
import { addWarning } from '../private/rules';
import { ValidationErrors } from '../private/validation';
import {
  type TransformJobDefinition,
  checkTransformJob,
  renderTransformJob,
  warnAboutTransformJob,
} from './transform-job-definition';

/** Properties of a batch transform job. */
export interface TransformJobProps extends TransformJobDefinition {
  /**
   * The middle part of the job's name. It is preceded by the prefix that all jobs of the stack have in common, and followed by
   * a hash of the job's identity.
   *
   * @default - derived from the construct path
   */
  readonly transformJobName?: string;

  /**
   * Whether, and for how long, the deployment waits for the end of the job.
   *
   * @default - waits for up to 12 hours
   */
  readonly wait?: JobWait;

  /**
   * An arbitrary text. Changing it starts a new job, which is necessary if the only change is in the data, or in a value
   * that is known at deployment.
   *
   * @default - no revision
   */
  readonly revision?: string;
}

/**
 * A batch transform job that runs during the deployment of its stack: inference on all records of a data set. It runs when it
 * is added to the stack, and again when its identity changes: model, input, data processing, batch options, resources, output,
 * or `revision`.
 *
 * It runs with the execution role of its model, which is granted the permissions that the job needs.
 *
 * @resource AWS::CloudFormation::CustomResource
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html
 *
 * @example
 * import { aws_s3 as s3 } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const model: sagemaker.Model;
 * declare const bucket: s3.IBucket;
 *
 * new sagemaker.TransformJob(this, 'Score', {
 *   model,
 *   input: sagemaker.TransformInput.fromBucket(bucket, 'churn/new/', { splitType: sagemaker.SplitType.LINE }),
 *   output: sagemaker.TransformOutput.toBucket(bucket, 'churn/scores'),
 *   resources: sagemaker.TransformResources.of(sagemaker.InstanceType.ML_M5_XLARGE),
 * });
 */
export class TransformJob extends JobBase {
  /** The name of the job, which is known at deployment. */
  public readonly jobName: string;

  /** The S3 location of the responses. A resource that uses them must depend on this job. */
  public readonly output: TransformOutput;

  /** @internal */
  protected readonly _job: JobResource;

  constructor(scope: Construct, id: string, props: TransformJobProps) {
    super(scope, id, 'transform');
    checkProps(this, props);
    const { model, wait = JobWait.upTo(Duration.hours(12)) } = props;
    this.output = props.output;

    const { request, identity } = renderTransformJob(props);
    this._job = new JobResource(this, 'Job', {
      kind: 'transform',
      name: props.transformJobName,
      request,
      identity: { ...identity, Revision: props.revision },
      wait: wait.duration,
      tags: this.cdkTagManager,
    });
    props.input._location._addDependencyTo(this);
    // The role of the model must have its permissions before the job starts.
    this._job.startAfter(model);
    if (model.role === undefined) {
      addWarning(
        this,
        'batch-transform',
        'unknownModelRole',
        `The execution role of model ${model.node.path} is unknown: grant it permission to read the input and to write the output.`,
      );
    } else {
      this._job.startAfter(model.role);
    }
    this.jobName = this._job.attribute('JobName');
  }
}

/** @throws an error that lists every invalid property of the transform job */
function checkProps(scope: Construct, props: TransformJobProps): void {
  const errors = new ValidationErrors(`Transform job ${scope.node.path}`, 'batch-transform');
  errors.requireTypes('TransformJobProps', props);
  const { model } = props;
  checkJobName(errors, 'transformJobName', props.transformJobName);
  checkTransformJob(scope, errors, props);
  errors.when(
    releaseConditionOf(model) !== undefined,
    `\`model\` ${model.node.path} must not be a released model: a release does not change the template, so that the job would fail instead ` +
      'of running again. Use `TransformSchedule`, or a model of a fixed version',
  );
  errors.throwIfAny();
  warnAboutTransformJob(scope, props);
}
