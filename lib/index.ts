// The public API, in the order of the lifecycle.

// Values that several stages share
export { Architecture } from './common/architecture';
export { BatchStrategy } from './common/batch-strategy';
export { S3Location } from './common/s3-location';
export { ContentCompression } from './common/content-compression';
export { FileSource, FileSourceOptions } from './common/file-source';
export { HandlerConfig, HandlerOptions } from './common/handler-config';
export { HostingFeatures } from './common/hosting-features';
export { InputMode } from './common/input-mode';
export { InstanceType } from './common/instance-type';
export { JobWait } from './common/job-wait';
export {
  ModelData,
  ModelDataConfig,
  PublishedModelDataOptions,
  UncompressedModelData,
  UncompressedModelDataOptions,
} from './common/model-data';
export { Processor } from './common/processor';
export { Script } from './common/script';
export { TrainingInput } from './common/training-input';
export {
  AugmentedManifestInputOptions,
  FileSystemAccessMode,
  FileSystemInputOptions,
  S3DataDistribution,
  S3TrainingInputOptions,
  TrainingInputConfig,
  TrainingInputOptions,
} from './common/training-input-options';
export {
  TrainingOutput,
  TrainingOutputCompression,
  TrainingOutputConfig,
  TrainingOutputOptions,
} from './common/training-output';
export {
  TrainingInstanceGroup,
  TrainingInstancePreference,
  TrainingResources,
  TrainingResourcesOptions,
  TrainingStorageOptions,
} from './common/training-resources';
export { SplitType, TransformInput, TransformInputOptions } from './common/transform-input';
export { TransformOptions } from './common/transform-options';
export { AssembleWith, TransformOutput, TransformOutputOptions } from './common/transform-output';
export { TransformResources, TransformResourcesOptions } from './common/transform-resources';
export { TransformAmi } from './common/transform-ami';
export { ExperimentOptions } from './common/experiment';

// Images
export {
  BuiltInAlgorithm,
  DeepLearningFramework,
  ImagePurpose,
  ProvidedImageOptions,
} from './image/provided-image-options';
export {
  CacheableImageOptions,
  ContainerImageConfig,
  EcrImageOptions,
  ExistingImageOptions,
  EcrImageReference,
  FindingSeverity,
  ImageCharacteristics,
  ImageOptions,
  ManifestFormat,
  PrivateRegistryOptions,
  RegistryAccess,
} from './image/image-options';
export { AssetImageOptions, ContainerImage } from './image/container-image';
export { AlgorithmImages, SplitImages } from './image/algorithm-images';

// Algorithm
export {
  CategoricalHyperparameterOptions,
  FreeTextHyperparameterOptions,
  Hyperparameter,
  HyperparameterOptions,
  NumericHyperparameterOptions,
  TunableHyperparameterOptions,
} from './algorithm/hyperparameter';
export { Channel, ChannelOptions, ChannelSpecification } from './algorithm/channel';
export { MetricDefinition } from './algorithm/metric-definition';
export { Objective, ObjectiveType } from './algorithm/objective';
export { InferenceContainer, InferenceContainerOptions } from './algorithm/inference-container';
export { InferenceSpecification } from './algorithm/inference-specification';
export { AlgorithmInferenceSpecification } from './algorithm/algorithm-inference-specification';
export { AlgorithmSpecification } from './algorithm/algorithm-specification';
export { ValidationProfile, ValidationProfileOptions, ValidationTrainingOptions } from './algorithm/validation-profile';
export { AlgorithmProvisioning } from './algorithm/algorithm-provisioning';
export { AlgorithmProps } from './algorithm/algorithm-props';
export { Algorithm, AlgorithmAttributes, IAlgorithm } from './algorithm/algorithm';

// Training and tuning
export { MlflowOptions } from './training/mlflow';
export { Profiler, ProfilerOptions } from './training/profiler';
export { TensorBoardOptions } from './training/tensor-board';
export { CheckpointOptions, TrainingOptions } from './training/training-options';
export { TrainingJobDefinition } from './training/training-job-definition';
export { TrainingJobProps } from './training/training-job-props';
export { TrainingJob } from './training/training-job';
export {
  HyperparameterRange,
  HyperparameterRangeType,
  NumericRangeOptions,
  ScalingType,
} from './training/hyperparameter-range';
export { HyperbandOptions, TuningStrategy } from './training/tuning-strategy';
export { WarmStart } from './training/warm-start';
export { TuningDefinition } from './training/tuning-definition';
export { TuningJobDefinition, TuningJobProps } from './training/tuning-job-props';
export { TuningJob } from './training/tuning-job';

// Processing
export { ProcessingInput, ProcessingInputOptions } from './processing/processing-input';
export { ProcessingOutput, ProcessingOutputOptions, ProcessingUploadMode } from './processing/processing-output';
export {
  ProcessingInstancePreference,
  ProcessingResources,
  ProcessingResourcesOptions,
} from './processing/processing-resources';
export { ProcessingOptions } from './processing/processing-options';
export { ProcessingJobProps } from './processing/processing-job-props';
export { ProcessingJob } from './processing/processing-job';

// Model registry
export { ModelApprovalStatus } from './registry/model-package/model-approval-status';
export {
  ApprovalStatusChangeOptions,
  IModelPackageGroup,
  ModelPackageGroup,
  ModelPackageGroupProps,
} from './registry/model-package-group';
export { ModelPackageContainer } from './registry/model-package/model-package-container';
export { AdditionalInferenceSpecification } from './registry/model-package/additional-inference-specification';
export { ModelCard, ModelCardStatus } from './registry/model-package/model-card';
export { ModelDomain, ModelTask } from './registry/model-package/model-domain';
export {
  BiasBaseline,
  BiasReports,
  DriftCheckBaselines,
  ExplainabilityBaseline,
  ModelMetrics,
  QualityReports,
} from './registry/model-package/model-metrics';
export {
  ModelPackageMetadata,
  ModelPackageProps,
  ModelPackageValidationProfile,
} from './registry/model-package/model-package-props';
export { ModelPackageSources } from './registry/model-package/model-package-sources';
export { ModelPackageSharingOptions } from './registry/model-package-sharing';
export { ReleasedModelPackageOptions } from './registry/model-package/released-model-package-options';
export { IModelPackage } from './registry/model-package/model-package-base';
export { IReleasedModelPackage } from './registry/model-package/released-model-package';
export { ModelPackage, ModelPackageAttributes } from './registry/model-package/model-package';

// Hosting
export { ContainerDefinition, MultiModelOptions } from './hosting/model/container-definition';
export { InferenceExecutionMode } from './hosting/model/inference-execution-mode';
export { ModelProps } from './hosting/model/model-props';
export { IModel, Model } from './hosting/model/model';
export { InferenceAmi } from './hosting/endpoint-config/inference-ami';
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
} from './hosting/endpoint-config/instance-options';
export {
  InstanceVariantOptions,
  ProductionVariant,
  ServerlessVariantOptions,
} from './hosting/endpoint-config/production-variant';
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
export { EndpointMetricsOptions } from './hosting/endpoint-config/endpoint-metrics';
export { EndpointConfigProps } from './hosting/endpoint-config/endpoint-config-props';
export { EndpointConfig, IEndpointConfig } from './hosting/endpoint-config/endpoint-config';
export { CapacitySize } from './hosting/endpoint/capacity-size';
export {
  AllAtOnceOptions,
  BlueGreenOptions,
  CanaryOptions,
  DeploymentOptions,
  DeploymentPolicy,
  LinearOptions,
  RollbackOptions,
  RollingOptions,
} from './hosting/endpoint/deployment-policy';
export {
  BacklogScalingOptions,
  ConcurrencyScalingOptions,
  InvocationScalingOptions,
  MetricScalingOptions,
  ScalableInstanceCount,
  TargetTrackingOptions,
  VariantScalingOptions,
} from './hosting/endpoint/scalable-instance-count';
export {
  EndpointVariant,
  ErrorAlarmOptions,
  LatencyAlarmOptions,
  VariantAlarmOptions,
} from './hosting/endpoint/endpoint-variant';
export { EndpointMonitor } from './hosting/monitor/endpoint-monitor';
export { EndpointMonitorOptions, ViolationAlarmOptions } from './hosting/monitor/endpoint-monitor-options';
export { Expectation, ResponseValue, ToleranceOptions } from './hosting/smoke-test/expectation';
export { SmokeTestRequest } from './hosting/smoke-test/smoke-test-request';
export { SmokeTest } from './hosting/smoke-test/smoke-test';
export { EndpointLogsOptions } from './hosting/endpoint/endpoint-log-group';
export { EndpointProps, VariantProperty } from './hosting/endpoint/endpoint-props';
export { Endpoint, IEndpoint } from './hosting/endpoint/endpoint';
export {
  ComponentInvocationScalingOptions,
  ComponentScalingOptions,
  ScalableCopyCount,
} from './hosting/inference-component/scalable-copy-count';
export {
  ComponentContainer,
  ComputeResources,
  IInferenceComponent,
  InferenceComponentProps,
} from './hosting/inference-component/inference-component-props';
export { InferenceComponent } from './hosting/inference-component/inference-component';

// Batch transform
export {
  BatchDataCaptureOptions,
  DataProcessingOptions,
  JoinSource,
  TransformJobDefinition,
} from './batch/transform-job-definition';
export { TransformJob, TransformJobProps } from './batch/transform-job';
export { TransformSchedule, TransformScheduleProps } from './batch/transform-schedule';

// The continuous lifecycle
export { ContinuousDeployment, ReleaseOutcome } from './continuous/continuous-deployment';
export { ContinuousDeploymentProps } from './continuous/continuous-deployment-props';
export { Evaluation, ProcessingEvaluationOptions } from './continuous/evaluation';
export { GateBaseline, GateOptions } from './continuous/gate';
export { PipelineStartOptions } from './continuous/pipeline-parameters';
export { PipelineTarget } from './continuous/pipeline-target';
export { IPipeline, Pipeline } from './continuous/pipeline';
export { ShadowComparisonOptions } from './continuous/shadow-comparison';
export { ShadowTestOptions } from './continuous/shadow-test';
export { NewDataOptions, TrainingWorkflowProps } from './continuous/training-workflow-props';
export { TrainingWorkflow } from './continuous/training-workflow';
export { WorkflowOutcome } from './common/workflow-outcome';
export { WorkflowRegistrationOptions } from './continuous/workflow-registration';

// The whole lifecycle in one construct
export {
  ByoEndpointOptions,
  ByoModelOptions,
  ByoNetworkOptions,
  ByoRegistryOptions,
  ByoScalingOptions,
  ByoTrainingOptions,
} from './lifecycle/byo-options';
export { ByoAlgorithmProps } from './lifecycle/byo-algorithm-props';
export { ByoAlgorithm } from './lifecycle/byo-algorithm';
export {
  AlgorithmDashboard,
  AlgorithmDashboardProps,
  DashboardEndpoint,
  DashboardTraining,
} from './lifecycle/algorithm-dashboard';

// Assertions for the unit tests of users
export * as testing from './testing';

import * as api from './index';
import { validateArguments } from './private/argument-validation';

validateArguments(api);
