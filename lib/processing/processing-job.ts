import { type Duration, Lazy, Stack, type aws_ec2 as ec2, type aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkMaxRuntime, waitTimeOf } from '../common/job-times';
import type { S3Location } from '../common/s3-location';
import { executionRole } from '../private/execution-role';
import { fingerprint } from '../private/fingerprint';
import { JobBase } from '../private/job-base';
import { JobResource, checkJobName } from '../private/job-resource';
import { RuleError } from '../private/rules';
import { ValidationErrors, quote } from '../private/validation';
import type { ProcessingJobProps } from './processing-job-props';
import { renderProcessing } from './processing-request';
import { checkProcessing, warnAboutProcessing } from './processing-validation';

/** The number of characters of the hash that tells apart the outputs of jobs in the same bucket. */
const FOLDER_LENGTH = 16;

/**
 * A processing job that runs during the deployment of its stack: a container that prepares data or evaluates a model. It runs when it
 * is added to the stack, and again when its identity changes: image, entrypoint, arguments, environment, inputs, outputs, instance
 * types and counts, or `revision`. Role, network and tags are not part of the identity.
 *
 * If the job fails, the deployment fails with the failure reason of the job and the message of its container. Outputs are never
 * deleted.
 *
 * @resource AWS::CloudFormation::CustomResource
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html
 *
 * @example
 * import { aws_s3 as s3 } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const image: sagemaker.ContainerImage;
 * declare const bucket: s3.IBucket;
 *
 * const prepare = new sagemaker.ProcessingJob(this, 'Prepare', {
 *   image,
 *   arguments: ['prepare'],
 *   inputs: { raw: sagemaker.ProcessingInput.fromBucket(bucket, 'churn/raw/') },
 *   outputs: { train: sagemaker.ProcessingOutput.toNewBucket() },
 *   resources: sagemaker.ProcessingResources.of(sagemaker.InstanceType.ML_M5_XLARGE),
 * });
 */
export class ProcessingJob extends JobBase implements ec2.IConnectable, iam.IGrantable {
  /** The name of the job, which is known at deployment. */
  public readonly jobName: string;

  /** The execution role of the job. */
  public readonly role: iam.IRole;

  /** @internal */
  protected readonly _job: JobResource;
  private readonly outputs: { readonly [name: string]: S3Location };
  private readonly isAwaited: boolean;
  private readonly vpcConnections?: ec2.Connections;

  constructor(scope: Construct, id: string, props: ProcessingJobProps) {
    super(scope, id, 'processing');
    const maxRuntime = checkProcessingJob(this, props);
    const wait = waitTimeOf(props.wait, maxRuntime);
    this.isAwaited = wait !== undefined;
    this.role = executionRole(this, props.role, ['ProcessingJobs']);

    const folder = Lazy.uncachedString({ produce: () => this.identityHash(identity).slice(0, FOLDER_LENGTH) });
    const rendered = renderProcessing(this, { ...props, maxRuntime }, this.role, folder);
    const identity = { ...rendered.identity, Revision: props.revision };
    this.outputs = rendered.outputs;
    this.vpcConnections = rendered.connections;
    this._job = new JobResource(this, 'Job', {
      kind: 'processing',
      name: props.processingJobName,
      request: rendered.request,
      identity,
      role: this.role,
      wait,
      tags: this.cdkTagManager,
    });
    this.jobName = this._job.attribute('JobName');
  }

  /**
   * Returns the S3 location of an output. Inputs that reference it with `fromLocation` are read after the end of this job.
   *
   * @param name the name of the output
   * @throws an error if the job has no output with this name
   */
  public output(name: string): S3Location {
    const names = Object.keys(this.outputs);
    if (!names.includes(name)) {
      throw new RuleError(
        'processing',
        `Processing job ${this.node.path}: \`name\` must be the name of one of its outputs (${names.join(', ') || 'none are defined'}), ` +
          `got: ${quote(name)}`,
      );
    }
    return this.outputs[name]._folder._writtenBefore((reader) => this.addReader(reader, name));
  }

  public get grantPrincipal(): iam.IPrincipal {
    return this.role.grantPrincipal;
  }

  public get connections(): ec2.Connections {
    if (this.vpcConnections === undefined)
      throw new RuleError('all-stages', `Processing job ${this.node.path} has no connections: set \`vpc\`.`);
    return this.vpcConnections;
  }

  private identityHash(identity: object): string {
    return fingerprint(this, this._job.identify(identity)).hash;
  }

  private addReader(reader: Construct, name: string): void {
    if (!this.isAwaited && Stack.of(reader) === Stack.of(this)) {
      throw new RuleError(
        'training-and-tuning',
        `Output ${quote(name)} of processing job ${this.node.path} must not be used in its stack: with JobWait.none() it does not ` +
          'exist when the stack is deployed. Wait for the job, or use the output in another stack that is deployed later.',
      );
    }
    reader.node.addDependency(this._job.completion);
  }
}

/**
 * Validates a processing job, and returns its maximum run time.
 *
 * @throws an error that lists every invalid property of the processing job
 */
function checkProcessingJob(scope: Construct, props: ProcessingJobProps): Duration {
  const errors = new ValidationErrors(`Processing job ${scope.node.path}`, 'processing');
  errors.requireTypes('ProcessingJobProps', props);
  checkJobName(errors, 'processingJobName', props.processingJobName);
  checkProcessing(scope, errors, props);
  const maxRuntime = checkMaxRuntime(errors, props);
  errors.throwIfAny();
  warnAboutProcessing(scope, props);
  return maxRuntime;
}
