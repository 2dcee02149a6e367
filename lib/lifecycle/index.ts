// The whole lifecycle in one construct.
export {
  ByoEndpointOptions,
  ByoModelOptions,
  ByoNetworkOptions,
  ByoRegistryOptions,
  ByoScalingOptions,
  ByoTrainingOptions,
} from './byo-options';
export { ByoAlgorithmProps } from './byo-algorithm-props';
export { ByoAlgorithm } from './byo-algorithm';
export {
  AlgorithmDashboard,
  AlgorithmDashboardProps,
  DashboardEndpoint,
  DashboardTraining,
} from './algorithm-dashboard';
