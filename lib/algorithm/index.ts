// Algorithms.
export {
  CategoricalHyperparameterOptions,
  FreeTextHyperparameterOptions,
  Hyperparameter,
  HyperparameterOptions,
  NumericHyperparameterOptions,
  TunableHyperparameterOptions,
} from './hyperparameter';
export { Channel, ChannelOptions, ChannelSpecification } from './channel';
export { MetricDefinition } from './metric-definition';
export { Objective, ObjectiveType } from './objective';
export { InferenceContainer, InferenceContainerOptions } from './inference-container';
export { InferenceSpecification } from './inference-specification';
export { AlgorithmInferenceSpecification } from './algorithm-inference-specification';
export { AlgorithmSpecification } from './algorithm-specification';
export { ValidationProfile, ValidationProfileOptions, ValidationTrainingOptions } from './validation-profile';
export { AlgorithmProvisioning } from './algorithm-provisioning';
export { AlgorithmProps } from './algorithm-props';
export { Algorithm, AlgorithmAttributes, IAlgorithm } from './algorithm';

import * as api from './index';
import { validateArguments } from '../private/argument-validation';

validateArguments(api);
