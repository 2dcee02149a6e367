import { Annotations, Duration, type aws_iam as iam, type aws_kms as kms } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { JobWait } from '../common/job-wait';
import type { S3Location } from '../common/s3-location';
import { type TransformOptions, checkTransform, renderTransform } from '../common/transform-options';
import type { TransformOutput } from '../common/transform-output';
import type { IModel } from '../hosting/model/model';
import { incompatibility } from '../image/image-compatibility';
import { JobBase } from '../private/job-base';
import { inApiCase } from '../private/case-conversion';
import type { JobRequest } from '../private/job-request';
import { JobResource, checkJobName } from '../private/job-resource';
import { ValidationErrors } from '../private/validation';

/** What the answers are joined with. */
export enum JoinSource {
  /** Nothing. */
  NONE = 'None',

  /** The records that they answer. */
  INPUT = 'Input',
}

/** What is done with records before and after the container has seen them. */
export interface DataProcessingOptions {
  /**
   * What of a record the container gets: a JSONPath of at most 63 characters.
   *
   * @default '$' - all of it
   */
  readonly inputFilter?: string;

  /**
   * What of the answer, or of the joined record, is kept: a JSONPath of at most 63 characters.
   *
   * @default '$' - all of it
   */
  readonly outputFilter?: string;

  /**
   * What the answers are joined with.
   *
   * @default JoinSource.NONE
   */
  readonly joinSource?: JoinSource;
}

/** Where requests and answers are kept. */
export interface BatchDataCaptureOptions {
  /** The S3 location of the captured data. */
  readonly destination: S3Location;

  /**
   * The key that encrypts what is kept.
   *
   * @default - as the bucket does it
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Whether each record gets an id.
   *
   * @default false
   */
  readonly generateInferenceId?: boolean;
}

/** The definition of a batch transform job. */
export interface TransformJobProps extends TransformOptions {
  /** The model that answers. */
  readonly model: IModel;

  /**
   * What is done with records before and after the container has seen them.
   *
   * @default - nothing
   */
  readonly dataProcessing?: DataProcessingOptions;

  /**
   * Where requests and answers are kept.
   *
   * @default - nowhere
   */
  readonly dataCapture?: BatchDataCaptureOptions;

  /**
   * How long the container may take for a request, at most 1 hour.
   *
   * @default - 10 minutes
   */
  readonly invocationTimeout?: Duration;

  /**
   * How often a request that failed is made again, at most 3 times.
   *
   * @default - as the service does it
   */
  readonly invocationMaxRetries?: number;

  /**
   * The start of the job's name. What the stack's jobs have in common precedes it, and a hash of the job follows.
   *
   * @default - made of the construct's path
   */
  readonly transformJobName?: string;

  /**
   * Whether the deployment waits for the end of the job.
   *
   * @default - it waits for up to 12 hours
   */
  readonly wait?: JobWait;

  /**
   * Any text. Changing it starts a new job, which is needed when only the data, or a value known at deployment, has
   * changed.
   *
   * @default - none
   */
  readonly revision?: string;
}

/**
 * A batch transform job that belongs to a stack: a model answers all records of a data set. It runs when it is new, and
 * again when something that decides its result has changed: model, data, resources, output, or `revision`.
 *
 * It runs with the role of its model, which is granted what the job needs.
 *
 * @resource AWS::CloudFormation::CustomResource
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html
 */
export class TransformJob extends JobBase {
  /** The name that the job gets at deployment. */
  public readonly jobName: string;

  /** Where the answers are. Whoever uses them in the stack must depend on this job. */
  public readonly output: TransformOutput;

  /** @internal */
  protected readonly _job: JobResource;

  constructor(scope: Construct, id: string, props: TransformJobProps) {
    super(scope, id, 'transform');
    checkTransformJob(this, props);
    const { model, wait = JobWait.upTo(Duration.hours(12)) } = props;
    this.output = props.output;

    const { request, identity } = renderTransformJob(props);
    this._job = new JobResource(this, 'Job', {
      kind: 'transform',
      name: props.transformJobName,
      request,
      identity,
      wait: wait.duration,
      tags: this.cdkTagManager,
    });
    // The role of the model must have all its rights.
    this._job.startAfter(model);
    if (model.role === undefined) {
      Annotations.of(this).addWarningV2(
        'cdk-sagemaker-algorithm:unknownModelRole',
        `The role of model ${model.node.path} is not known here: let it read the input and write the output yourself.`,
      );
    } else {
      this._job.startAfter(model.role);
    }
    this.jobName = this._job.attribute('JobName');
  }
}

/** What the service is asked for, and what of it decides the answers. */
function renderTransformJob(props: TransformJobProps): { request: JobRequest<'transform'>; identity: object } {
  const { model, dataProcessing, invocationTimeout, invocationMaxRetries, resources, revision } = props;
  const { TransformResources, ...transform } = renderTransform(props, model.role);
  const shared = {
    ModelName: model.modelName,
    ...transform,
    DataProcessing: dataProcessing && {
      InputFilter: dataProcessing.inputFilter,
      OutputFilter: dataProcessing.outputFilter,
      JoinSource: dataProcessing.joinSource,
    },
  };
  const isClientSet = invocationTimeout !== undefined || invocationMaxRetries !== undefined;
  return {
    request: {
      ...shared,
      TransformResources,
      DataCaptureConfig: renderDataCapture(props, model.role),
      ModelClientConfig: isClientSet
        ? {
            InvocationsTimeoutInSeconds: invocationTimeout?.toSeconds(),
            InvocationsMaxRetries: invocationMaxRetries,
          }
        : undefined,
    },
    identity: { ...shared, TransformResources: inApiCase(resources._instances), Revision: revision },
  };
}

function renderDataCapture(
  { dataCapture }: TransformJobProps,
  role?: iam.IRole,
): JobRequest<'transform'>['DataCaptureConfig'] {
  if (dataCapture === undefined) return undefined;
  const { destination, encryptionKey, generateInferenceId } = dataCapture;
  if (role !== undefined) {
    destination.grantWrite(role);
    encryptionKey?.grantEncryptDecrypt(role);
  }
  return {
    DestinationS3Uri: destination.uri,
    KmsKeyId: encryptionKey?.keyArn,
    GenerateInferenceId: generateInferenceId,
  };
}

/** @throws one error that lists all that is wrong with the definition of a transform job */
function checkTransformJob(scope: Construct, props: TransformJobProps): void {
  const { dataProcessing = {}, model, resources, invocationTimeout, invocationMaxRetries } = props;
  const errors = new ValidationErrors(`Transform job ${scope.node.path}`);
  checkJobName(errors, 'transformJobName', props.transformJobName);
  checkTransform(errors, props);
  errors.check('dataProcessing.inputFilter', 'JsonPath', dataProcessing.inputFilter);
  errors.check('dataProcessing.outputFilter', 'JsonPath', dataProcessing.outputFilter);
  errors.check('invocationTimeout', 'InvocationsTimeoutInSeconds', invocationTimeout?.toSeconds());
  errors.check('invocationMaxRetries', 'InvocationsMaxRetries', invocationMaxRetries);
  const error = incompatibility(model, resources.instanceType);
  errors.when(error !== undefined, `\`resources\`: ${error}`);
  errors.throwIfAny();
}
