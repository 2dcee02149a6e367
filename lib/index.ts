// In the order of the lifecycle.
export * from './common/architecture';
export * from './common/batch-strategy';
export * from './common/compression-type';
export * from './common/input-mode';
export * from './common/instance-type';
export * from './common/job-wait';
export * from './common/model-data';
export * from './common/processor';
export * from './common/training-input';
export * from './common/training-output';
export * from './common/training-resources';
export * from './common/transform-input';
export { TransformOptions } from './common/transform-options';
export * from './common/transform-output';
export * from './common/transform-resources';

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

export * from './registry/model-approval-status';
export * from './registry/model-package-group';
export * from './registry/model-package';

export * from './hosting/model';
export * from './hosting/production-variant';
export * from './hosting/endpoint-config';
export * from './hosting/endpoint';

export * from './batch/transform-job';
