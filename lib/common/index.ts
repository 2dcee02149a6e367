// Values that several stages share.
export { Architecture } from './architecture';
export { BatchStrategy } from './batch-strategy';
export { S3Location } from './s3-location';
export { ContentCompression } from './content-compression';
export { FileSource, FileSourceOptions } from './file-source';
export { HandlerConfig, HandlerOptions } from './handler-config';
export { HostingFeatures } from './hosting-features';
export { InputMode } from './input-mode';
export { InstanceType } from './instance-type';
export { JobWait } from './job-wait';
export {
  ModelData,
  ModelDataConfig,
  PublishedModelDataOptions,
  UncompressedModelData,
  UncompressedModelDataOptions,
} from './model-data';
export { Processor } from './processor';
export { Script } from './script';
export { ExperimentOptions } from './experiment';
export { WorkflowOutcome } from './workflow-outcome';

import * as api from './index';
import { validateArguments } from '../private/argument-validation';

validateArguments(api);
