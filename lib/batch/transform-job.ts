import { Annotations, Duration, type aws_iam as iam, type aws_kms as kms } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type ExperimentOptions, checkExperiment, renderExperiment } from '../common/experiment';
import { JobWait } from '../common/job-wait';
import { warnAboutInstanceTypes } from '../common/known-instance-types';
import type { S3Location } from '../common/s3-location';
import { type TransformOptions, checkTransform, renderTransform } from '../common/transform-options';
import type { TransformOutput } from '../common/transform-output';
import { type IModel, recordInstanceType } from '../hosting/model/model';
import { checkInstanceType } from '../image/image-compatibility';
import { JobBase } from '../private/job-base';
import { inApiCase } from '../private/case-conversion';
import { warnAboutContentTypes } from '../private/content-types';
import type { JobRequest } from '../private/job-request';
import { JobResource, checkJobName } from '../private/job-resource';
import { ValidationErrors } from '../private/validation';

/** The source with which responses are joined. */
export enum JoinSource {
  /** Responses are not joined. */
  NONE = 'None',

  /** Each response is joined with the record of its request. */
  INPUT = 'Input',
}

/** The processing of records before and after the inference. */
export interface DataProcessingOptions {
  /**
   * The part of a record that is sent to the container: a JSONPath expression of at most 63 characters.
   *
   * @default '$' - the complete record
   */
  readonly inputFilter?: string;

  /**
   * The part of the response, or of the joined record, that is written to the output: a JSONPath expression of at most 63
   * characters.
   *
   * @default '$' - the complete response or joined record
   */
  readonly outputFilter?: string;

  /**
   * The source with which responses are joined.
   *
   * @default JoinSource.NONE
   */
  readonly joinSource?: JoinSource;
}

/** The capture of requests and responses. */
export interface BatchDataCaptureOptions {
  /** The S3 location of the captured data. */
  readonly destination: S3Location;

  /**
   * The KMS key that encrypts the captured data.
   *
   * @default - the default encryption of the bucket
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Whether an inference ID is generated for each record.
   *
   * @default false
   */
  readonly generateInferenceId?: boolean;
}

/** Properties of a batch transform job. */
export interface TransformJobProps extends TransformOptions {
  /** The model. */
  readonly model: IModel;

  /**
   * The processing of records before and after the inference.
   *
   * @default - no filters and no join
   */
  readonly dataProcessing?: DataProcessingOptions;

  /**
   * The capture of requests and responses.
   *
   * @default - no data capture
   */
  readonly dataCapture?: BatchDataCaptureOptions;

  /**
   * The association of the job with SageMaker Experiments. It is not part of the job identity.
   *
   * @default - no experiment
   */
  readonly experiment?: ExperimentOptions;

  /**
   * The timeout of a request, at most 1 hour.
   *
   * @default - 10 minutes
   */
  readonly invocationTimeout?: Duration;

  /**
   * The maximum number of retries of a failed request, at most 3.
   *
   * @default - the service default
   */
  readonly invocationMaxRetries?: number;

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
    props.input._location._addDependencyTo(this);
    // The role of the model must have its permissions before the job starts.
    this._job.startAfter(model);
    if (model.role === undefined) {
      Annotations.of(this).addWarningV2(
        'cdk-sagemaker-algorithm:unknownModelRole',
        `The execution role of model ${model.node.path} is unknown: grant it permission to read the input and to write the output.`,
      );
    } else {
      this._job.startAfter(model.role);
    }
    this.jobName = this._job.attribute('JobName');
  }
}

/** Renders the request, and the part of it that forms the job identity. */
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
  const hasClientOptions = invocationTimeout !== undefined || invocationMaxRetries !== undefined;
  return {
    request: {
      ...shared,
      TransformResources,
      DataCaptureConfig: renderDataCapture(props, model.role),
      ExperimentConfig: renderExperiment(props.experiment),
      ModelClientConfig: hasClientOptions
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

/** @throws an error that lists every invalid property of the transform job */
function checkTransformJob(scope: Construct, props: TransformJobProps): void {
  const errors = new ValidationErrors(`Transform job ${scope.node.path}`);
  errors.requireTypes('TransformJobProps', props);
  const { dataProcessing = {}, model, input, resources, invocationTimeout, invocationMaxRetries } = props;
  checkJobName(errors, 'transformJobName', props.transformJobName);
  checkTransform(errors, props);
  checkExperiment(errors, props.experiment);
  errors.check('dataProcessing.inputFilter', 'JsonPath', dataProcessing.inputFilter);
  errors.check('dataProcessing.outputFilter', 'JsonPath', dataProcessing.outputFilter);
  errors.checkSeconds('invocationTimeout', 'InvocationsTimeoutInSeconds', invocationTimeout);
  props.dataCapture?.destination._check(errors, 'dataCapture.destination', 'S3Uri');
  errors.check('invocationMaxRetries', 'InvocationsMaxRetries', invocationMaxRetries);
  checkInstanceType(scope, errors, model, { property: 'resources', type: resources.instanceType });
  recordInstanceType(model, resources.instanceType);
  errors.when(
    model.features?.hasUncompressedModelData === true,
    `\`model\` ${model.node.path} must have its model data in an archive (\`.tar.gz\`): a transform job does not support ` +
      'uncompressed model data',
  );
  input._location._checkRegion(scope, errors, 'input');
  errors.throwIfAny();
  warnAboutInstanceTypes(scope, 'transform', [resources.instanceType]);
  warnAboutContentTypes(scope, [props.input._bind().contentType, props.output._bind().accept]);
}
