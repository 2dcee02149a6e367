import type { aws_iam as iam, aws_kms as kms, aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { S3Location } from '../../common/s3-location';
import type { ValidationErrors } from '../../private/validation';

/** The data that is captured. */
export enum CaptureMode {
  /** Requests. */
  INPUT = 'Input',

  /** Responses. */
  OUTPUT = 'Output',

  /** Requests and responses, in one record. */
  INPUT_AND_OUTPUT = 'InputAndOutput',
}

/**
 * The capture of requests and responses to S3, for monitoring a model or for training the next version.
 *
 * SageMaker stops capturing data when the disk of an instance fills up: keep the disk utilization below 75 %.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
 */
export interface DataCaptureOptions {
  /** The S3 location of the captured data. The execution roles of the models are granted permission to write to it. */
  readonly destination: S3Location;

  /**
   * The percentage of requests that are captured, 0 to 100.
   *
   * @default 100
   */
  readonly samplingPercentage?: number;

  /**
   * The data that is captured.
   *
   * @default - [CaptureMode.INPUT, CaptureMode.OUTPUT]
   */
  readonly captureModes?: CaptureMode[];

  /**
   * The KMS key that encrypts the captured data.
   *
   * @default - the default encryption of the bucket
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The content types that are captured as CSV, at most 10.
   *
   * @default - the service default (data is encoded in Base64)
   */
  readonly csvContentTypes?: string[];

  /**
   * The content types that are captured as JSON, at most 10.
   *
   * @default - the service default (data is encoded in Base64)
   */
  readonly jsonContentTypes?: string[];

  /**
   * Whether data capture is enabled.
   *
   * @default true
   */
  readonly enabled?: boolean;
}

export function checkCapture(errors: ValidationErrors, options: DataCaptureOptions): void {
  const { samplingPercentage, captureModes, csvContentTypes, jsonContentTypes } = options;
  errors.check('dataCapture.samplingPercentage', 'SamplingPercentage', samplingPercentage);
  errors.check('dataCapture.captureModes', 'CaptureOptionList', captureModes);
  options.destination._checkFolder(errors, 'dataCapture.destination', 'DestinationS3Uri');
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

/** Grants the execution roles permission to write the captured data, and renders the configuration. */
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
