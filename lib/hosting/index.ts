// Models and endpoints.
export { ContainerDefinition, MultiModelOptions } from './model/container-definition';
export { InferenceExecutionMode } from './model/inference-execution-mode';
export { ModelProps } from './model/model-props';
export { IModel, Model } from './model/model';
export { InferenceAmi } from './endpoint-config/inference-ami';
export {
  CapacityReservation,
  CoreDumpOptions,
  InstanceOptions,
  InstancePool,
  ManagedInstanceScaling,
  PrefixAwareRouting,
  RoutingStrategy,
  ScaleInPolicy,
  ScaleInStrategy,
} from './endpoint-config/instance-options';
export {
  InstanceVariantOptions,
  ProductionVariant,
  ServerlessVariantOptions,
} from './endpoint-config/production-variant';
export { AsyncInferenceOptions, AsyncNotificationTopic } from './endpoint-config/async-inference';
export { CaptureMode, DataCaptureOptions } from './endpoint-config/data-capture';
export {
  ExplainedFeatureType,
  ExplainerBaseline,
  ExplainerInferenceOptions,
  ExplainerOptions,
  TextExplanation,
  TextGranularity,
} from './endpoint-config/explainer';
export { EndpointMetricsOptions } from './endpoint-config/endpoint-metrics';
export { EndpointConfigProps } from './endpoint-config/endpoint-config-props';
export { EndpointConfig, IEndpointConfig } from './endpoint-config/endpoint-config';
export { CapacitySize } from './endpoint/capacity-size';
export {
  AllAtOnceOptions,
  BlueGreenOptions,
  CanaryOptions,
  DeploymentOptions,
  DeploymentPolicy,
  LinearOptions,
  RollbackOptions,
  RollingOptions,
} from './endpoint/deployment-policy';
export {
  BacklogScalingOptions,
  ConcurrencyScalingOptions,
  InvocationScalingOptions,
  MetricScalingOptions,
  ScalableInstanceCount,
  TargetTrackingOptions,
  VariantScalingOptions,
} from './endpoint/scalable-instance-count';
export {
  EndpointVariant,
  ErrorAlarmOptions,
  LatencyAlarmOptions,
  VariantAlarmOptions,
} from './endpoint/endpoint-variant';
export { EndpointLogsOptions } from './endpoint/endpoint-log-group';
export { EndpointProps, VariantProperty } from './endpoint/endpoint-props';
export { Endpoint, IEndpoint } from './endpoint/endpoint';

import * as api from './index';
import { validateArguments } from '../private/argument-validation';

validateArguments(api);
