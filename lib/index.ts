// The public API, in the order of the lifecycle. Each stage exports its part.
export * from './common';
export * from './image';
export * from './algorithm';
export * from './training';
export * from './processing';
export * from './registry';
export * from './hosting';
export * from './hosting/monitor';
export * from './hosting/smoke-test';
export * from './hosting/inference-component';
export * from './batch';
export * from './continuous';
export * from './lifecycle';

// Assertions for the unit tests of users
export * as testing from './testing';
