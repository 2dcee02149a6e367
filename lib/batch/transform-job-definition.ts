import type { Duration, aws_iam as iam, aws_kms as kms } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type ExperimentOptions, checkExperiment, renderExperiment } from '../common/experiment';
import { warnAboutInstanceTypes } from '../common/known-instance-types';
import type { S3Location } from '../common/s3-location';
import { type TransformOptions, checkTransform, renderTransform } from '../common/transform-options';
import { type IModel, recordInstanceType, unsupportedByPackages } from '../hosting/model/model';
import { checkInstanceType } from '../image/image-compatibility';
import { inApiCase } from '../private/case-conversion';
import { warnAboutContentTypes } from '../private/content-types';
import { accountConflict } from '../private/environment';
import type { JobRequest } from '../private/job-request';
import type { ValidationErrors } from '../private/validation';

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

/** The definition of a batch transform job, which a deployment or a schedule runs. */
export interface TransformJobDefinition extends TransformOptions {
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
}

/** Renders the request, and the part of it that forms the job identity. */
export function renderTransformJob(props: TransformJobDefinition): {
  request: JobRequest<'transform'>;
  identity: object;
} {
  const { model, dataProcessing, invocationTimeout, invocationMaxRetries, resources } = props;
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
    identity: { ...shared, TransformResources: inApiCase(resources._instances) },
  };
}

function renderDataCapture(
  { dataCapture }: TransformJobDefinition,
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

/** Validates the definition of a transform job. */
export function checkTransformJob(scope: Construct, errors: ValidationErrors, props: TransformJobDefinition): void {
  const { dataProcessing = {}, model, input, resources, invocationTimeout, invocationMaxRetries } = props;
  checkTransform(errors, props);
  checkExperiment(errors, props.experiment);
  errors.check('dataProcessing.inputFilter', 'JsonPath', dataProcessing.inputFilter);
  errors.check('dataProcessing.outputFilter', 'JsonPath', dataProcessing.outputFilter);
  errors.checkSeconds('invocationTimeout', 'InvocationsTimeoutInSeconds', invocationTimeout);
  props.dataCapture?.destination._check(errors, 'dataCapture.destination', 'S3Uri');
  errors.check('invocationMaxRetries', 'InvocationsMaxRetries', invocationMaxRetries);
  const foreign = accountConflict(scope, model);
  errors.when(
    foreign !== undefined,
    `\`model\` ${model.node.path} is ${foreign}: a transform job must be in the account of its model. Publish the model package or the ` +
      'model artifact there, and read it in a model of this stack',
  );
  checkInstanceType(scope, errors, model, { property: 'resources', type: resources.instanceType });
  recordInstanceType(model, resources.instanceType);
  for (const reason of unsupportedByPackages(model, 'transformInstanceTypes', resources.instanceType)) {
    errors.add(`\`resources\`: ${reason}`);
  }
  errors.when(
    model.features?.hasUncompressedModelData === true,
    `\`model\` ${model.node.path} must have its model data in an archive (\`.tar.gz\`): a transform job does not support ` +
      'uncompressed model data',
  );
  input._location._checkEnvironment(scope, errors, 'input');
}

/** Adds the warnings about a valid definition. */
export function warnAboutTransformJob(scope: Construct, { input, output, resources }: TransformJobDefinition): void {
  warnAboutInstanceTypes(scope, 'transform', [resources.instanceType]);
  warnAboutContentTypes(scope, [input._bind().contentType, output._bind().accept]);
}
