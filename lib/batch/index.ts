// Batch transform.
export { SplitType, TransformInput, TransformInputOptions } from '../common/transform-input';
export { TransformOptions } from '../common/transform-options';
export { AssembleWith, TransformOutput, TransformOutputOptions } from '../common/transform-output';
export { TransformResources, TransformResourcesOptions } from '../common/transform-resources';
export { TransformAmi } from '../common/transform-ami';
export {
  BatchDataCaptureOptions,
  DataProcessingOptions,
  JoinSource,
  TransformJobDefinition,
} from './transform-job-definition';
export { TransformJob, TransformJobProps } from './transform-job';
export { TransformSchedule, TransformScheduleProps } from './transform-schedule';

import * as api from './index';
import { validateArguments } from '../private/argument-validation';

validateArguments(api);
