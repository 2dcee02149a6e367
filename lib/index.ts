// In the order of the lifecycle.
export * from './common/architecture';
export * from './common/batch-strategy';
export { S3Location } from './common/s3-location';
export * from './common/content-compression';
export { FileSource, FileSourceOptions } from './common/file-source';
export * from './common/hosting-features';
export * from './common/input-mode';
export * from './common/instance-type';
export * from './common/job-wait';
export * from './common/model-data';
export * from './common/processor';
export * from './common/script';
export * from './common/training-input';
export * from './common/training-output';
export * from './common/training-resources';
export * from './common/transform-input';
export { TransformOptions } from './common/transform-options';
export * from './common/transform-output';
export * from './common/transform-resources';

export * from './image/provided-image-options';
export * from './image/container-image';
export * from './image/algorithm-images';

export * from './algorithm/hyperparameter';
export * from './algorithm/channel';
export * from './algorithm/metric-definition';
export * from './algorithm/objective';
export { InferenceSpecification } from './algorithm/inference-specification';
export * from './algorithm/algorithm-specification';
export * from './algorithm/validation-profile';
export * from './algorithm/algorithm-provisioning';
export * from './algorithm/algorithm';

export * from './training/experiment';
export * from './training/profiler';
export * from './training/tensor-board';
export * from './training/training-options';
export * from './training/training-job';
export { HyperparameterRange, NumericRangeOptions, ScalingType } from './training/hyperparameter-range';
export * from './training/tuning-strategy';
export * from './training/warm-start';
export { TuningDefinition } from './training/tuning-definition';
export * from './training/tuning-job';

export * from './registry/model-package/model-approval-status';
export * from './registry/model-package-group';
export { ModelPackageContainer } from './registry/model-package/model-package-container';
export { AdditionalInferenceSpecification } from './registry/model-package/additional-inference-specification';
export * from './registry/model-package/model-card';
export * from './registry/model-package/model-domain';
export {
  BiasBaseline,
  BiasReports,
  DriftCheckBaselines,
  ExplainabilityBaseline,
  ModelMetrics,
  QualityReports,
} from './registry/model-package/model-metrics';
export * from './registry/model-package/model-package';

export { ContainerDefinition, MultiModelOptions } from './hosting/model/container-definition';
export * from './hosting/model/inference-execution-mode';
export * from './hosting/model/model';
export * from './hosting/endpoint-config/inference-ami';
export * from './hosting/endpoint-config/instance-options';
export * from './hosting/endpoint-config/production-variant';
export { AsyncInferenceOptions, AsyncNotificationTopic } from './hosting/endpoint-config/async-inference';
export { CaptureMode, DataCaptureOptions } from './hosting/endpoint-config/data-capture';
export {
  ExplainedFeatureType,
  ExplainerBaseline,
  ExplainerInferenceOptions,
  ExplainerOptions,
  TextExplanation,
  TextGranularity,
} from './hosting/endpoint-config/explainer';
export { EndpointMetricsOptions } from './hosting/endpoint/endpoint-metrics';
export * from './hosting/endpoint-config/endpoint-config';
export * from './hosting/endpoint/capacity-size';
export * from './hosting/endpoint/deployment-policy';
export {
  BacklogScalingOptions,
  ConcurrencyScalingOptions,
  InvocationScalingOptions,
  MetricScalingOptions,
  ScalableInstanceCount,
  VariantScalingOptions,
  TargetTrackingOptions,
} from './hosting/endpoint/scalable-instance-count';
export * from './hosting/endpoint/endpoint-variant';
export { EndpointLogsOptions } from './hosting/endpoint/endpoint-log-group';
export * from './hosting/endpoint/endpoint';
export * from './hosting/inference-component/scalable-copy-count';
export * from './hosting/inference-component/inference-component';

export * from './batch/transform-job';

export {
  ByoEndpointOptions,
  ByoModelOptions,
  ByoNetworkOptions,
  ByoRegistryOptions,
  ByoScalingOptions,
  ByoTrainingOptions,
} from './lifecycle/byo-options';
export * from './lifecycle/byo-algorithm';
export * from './lifecycle/algorithm-dashboard';
