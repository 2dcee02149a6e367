// The continuous lifecycle.
export { ContinuousDeployment, ReleaseOutcome } from './continuous-deployment';
export { ContinuousDeploymentProps } from './continuous-deployment-props';
export { Evaluation, ProcessingEvaluationOptions } from './evaluation';
export { GateBaseline, GateOptions } from './gate';
export { PipelineStartOptions } from './pipeline-parameters';
export { PipelineTarget } from './pipeline-target';
export { IPipeline, Pipeline } from './pipeline';
export { ShadowComparisonOptions } from './shadow-comparison';
export { ShadowTestOptions } from './shadow-test';
export { NewDataOptions, TrainingWorkflowProps } from './training-workflow-props';
export { TrainingWorkflow } from './training-workflow';
export { WorkflowRegistrationOptions } from './workflow-registration';

import * as api from './index';
import { validateArguments } from '../private/argument-validation';

validateArguments(api);
