import { S3Location } from '../../common/s3-location';
import { CaptureMode, type DataCaptureOptions } from '../endpoint-config/data-capture';
import type { VariantConfig } from '../endpoint-config/variant-config';

/** The endpoint of a monitor, as far as its configuration is known. */
export interface MonitoredEndpoint {
  readonly endpointName: string;

  /** The production variants, and the shadow variant. */
  readonly production: VariantConfig[];
  readonly shadow?: VariantConfig;
  readonly dataCapture?: DataCaptureOptions;
  readonly isAsync: boolean;

  /** Whether the endpoint configuration is imported, so that its data capture is unknown. */
  readonly isConfigImported: boolean;
  readonly isDisabled: boolean;
}

/** The folder in which the endpoint stores the captured data of all its variants. */
export function captureFolder({ destination }: DataCaptureOptions, endpointName: string): S3Location {
  return S3Location.fromBucket(destination.bucket, `${destination._folder.keyPrefix}${endpointName}`);
}

/** The members of the captured records that contain data of some modes. */
export function captureIndexNames(modes: CaptureMode[] = [CaptureMode.INPUT_AND_OUTPUT]): string[] {
  const has = (mode: CaptureMode): boolean => modes.includes(mode) || modes.includes(CaptureMode.INPUT_AND_OUTPUT);
  return [...(has(CaptureMode.INPUT) ? ['endpointInput'] : []), ...(has(CaptureMode.OUTPUT) ? ['endpointOutput'] : [])];
}
