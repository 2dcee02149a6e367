// Monitors of endpoints.
export { EndpointMonitor } from './endpoint-monitor';
export { EndpointMonitorOptions, ViolationAlarmOptions } from './endpoint-monitor-options';

import * as api from './index';
import { validateArguments } from '../../private/argument-validation';

validateArguments(api);
