// Processing.
export { ProcessingInput, ProcessingInputOptions } from './processing-input';
export { ProcessingOutput, ProcessingOutputOptions, ProcessingUploadMode } from './processing-output';
export { ProcessingInstancePreference, ProcessingResources, ProcessingResourcesOptions } from './processing-resources';
export { ProcessingOptions } from './processing-options';
export { ProcessingJobProps } from './processing-job-props';
export { ProcessingJob } from './processing-job';

import * as api from './index';
import { validateArguments } from '../private/argument-validation';

validateArguments(api);
