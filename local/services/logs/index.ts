import type { Context } from '../context';
import type { Service } from '../service';
import { logsAccess } from './access';
import { logsOperations } from './operations';
import type { Logs } from './store';

export { Logs } from './store';
export { logWriter } from './writer';

/** Amazon CloudWatch Logs. */
export function cloudWatchLogs(context: Context, logs: Logs): Service {
  return {
    signingName: 'logs',
    api: { protocol: 'json', operations: logsOperations(context, logs), access: logsAccess(context) },
  };
}
