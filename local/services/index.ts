export { DEFAULT_ACCOUNT, accountOf } from './account';
export { CONSOLE_PATH } from './console';
export type { ServiceStatus } from './cloudformation';
export { pushedImages } from './ecr';
export { readJson, writeJson } from './json-file';
export { LocalService, type ServiceOptions } from './local-service';
export { Logs } from './logs';
