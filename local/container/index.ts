export * from './engine';
export { DockerEngine } from './docker-engine';
export { Run, sweep, withRun } from './run';
export type { ChannelInput, InputMode } from './opt-ml';
export type { Metric, MetricValue } from './metrics';
export * from './train';
export * from './serve';
export * from './invoke';
export * from './transform';
