import type { aws_iam as iam, aws_kms as kms, aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { S3Location } from '../../common/s3-location';
import type { ValidationErrors } from '../../private/validation';

/** What is kept. */
export enum CaptureMode {
  /** Requests. */
  INPUT = 'Input',

  /** Answers. */
  OUTPUT = 'Output',

  /** Both, in one record. */
  INPUT_AND_OUTPUT = 'InputAndOutput',
}

/**
 * Requests and answers that are kept in S3, to watch a model or to train the next one.
 *
 * Capture stops when the disk of an instance gets full: keep its use below 75 %.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
 */
export interface DataCaptureOptions {
  /** Where they go. The roles of the models may write there. */
  readonly destination: S3Location;

  /**
   * How many of a hundred are kept, 0 to 100.
   *
   * @default 100
   */
  readonly samplingPercentage?: number;

  /**
   * What is kept.
   *
   * @default - [CaptureMode.INPUT, CaptureMode.OUTPUT]
   */
  readonly captureModes?: CaptureMode[];

  /**
   * The key that encrypts what is kept.
   *
   * @default - as the bucket does it
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The MIME types whose content is kept as CSV text, at most 10.
   *
   * @default - as the service does it
   */
  readonly csvContentTypes?: string[];

  /**
   * The MIME types whose content is kept as JSON text, at most 10.
   *
   * @default - as the service does it
   */
  readonly jsonContentTypes?: string[];

  /**
   * Whether anything is kept. It can be turned off and on without losing the rest of the definition.
   *
   * @default true
   */
  readonly enabled?: boolean;
}

export function checkCapture(errors: ValidationErrors, options: DataCaptureOptions): void {
  const { samplingPercentage, captureModes, csvContentTypes, jsonContentTypes } = options;
  errors.checkWholeNumber('dataCapture.samplingPercentage', samplingPercentage);
  errors.check('dataCapture.samplingPercentage', 'SamplingPercentage', samplingPercentage);
  errors.check('dataCapture.captureModes', 'CaptureOptionList', captureModes);
  errors.checkEach(
    'dataCapture.csvContentTypes',
    csvContentTypes && 'CsvContentTypes',
    'CsvContentType',
    csvContentTypes,
  );
  errors.checkEach(
    'dataCapture.jsonContentTypes',
    jsonContentTypes && 'JsonContentTypes',
    'JsonContentType',
    jsonContentTypes,
  );
}

/** Lets the roles of the models write, and renders what is kept. */
export function renderCapture(
  options: DataCaptureOptions,
  roles: iam.IRole[],
): sagemaker.CfnEndpointConfig.DataCaptureConfigProperty {
  const { destination, samplingPercentage = 100, encryptionKey, csvContentTypes, jsonContentTypes } = options;
  const { captureModes = [CaptureMode.INPUT, CaptureMode.OUTPUT], enabled = true } = options;
  for (const role of roles) {
    destination.grantWrite(role);
    encryptionKey?.grantEncryptDecrypt(role);
  }
  return {
    enableCapture: enabled,
    initialSamplingPercentage: samplingPercentage,
    destinationS3Uri: destination._folderUri,
    captureOptions: captureModes.map((captureMode) => ({ captureMode })),
    kmsKeyId: encryptionKey?.keyArn,
    captureContentTypeHeader:
      csvContentTypes === undefined && jsonContentTypes === undefined
        ? undefined
        : { csvContentTypes, jsonContentTypes },
  };
}
