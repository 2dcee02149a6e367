// Inference components.
export { ComponentInvocationScalingOptions, ComponentScalingOptions, ScalableCopyCount } from './scalable-copy-count';
export {
  ComponentContainer,
  ComputeResources,
  IInferenceComponent,
  InferenceComponentProps,
} from './inference-component-props';
export { InferenceComponent } from './inference-component';

import * as api from './index';
import { validateArguments } from '../../private/argument-validation';

validateArguments(api);
