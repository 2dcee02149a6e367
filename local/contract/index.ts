/** Facts about SageMaker that the container runner, the local services and the checker share. */
export * from '../../lib/private/contract';
export { isProvidedByAws, partsOfUri } from '../../lib/image/ecr-uri';
export { capturesGroup, isConditional, metricExpression } from './metric-expression';
export { hasLocalStorage, isArm64, isGpu } from '../../lib/private/instance-family';
export { UNKNOWN_USER } from './user';
export { KILLED_EXIT_CODE } from './exit-code';
export { MONITOR, type MonitorContext, monitorEnvironment } from '../../lib/private/monitor-contract';
export { METRICS_FILE, VIOLATIONS_FILE, readMonitorReport } from '../../lib/handlers/shared/monitor-report';
export { fillText } from '../../lib/handlers/workflow/fill';
export { type BodyRules, type Difference, differenceOf, hasValue } from '../../lib/handlers/shared/bodies';
