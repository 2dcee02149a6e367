// In the order of the lifecycle.
export * from './common/architecture';
export * from './common/compression-type';
export * from './common/input-mode';
export * from './common/instance-type';
export * from './common/job-wait';
export * from './common/model-data';
export * from './common/processor';
export * from './common/training-input';
export * from './common/training-output';
export * from './common/training-resources';

export * from './image/container-image';
export * from './image/algorithm-images';

export * from './algorithm/hyperparameter';
export * from './algorithm/channel';
export * from './algorithm/metric-definition';
export * from './algorithm/objective';
export { InferenceSpecification } from './algorithm/inference-specification';
export * from './algorithm/algorithm-specification';
export * from './algorithm/algorithm';

export * from './training/training-job';

export * from './registry/model-approval-status';
export * from './registry/model-package-group';
export * from './registry/model-package';

export * from './hosting/model';
export * from './hosting/production-variant';
export * from './hosting/endpoint-config';
export * from './hosting/endpoint';
