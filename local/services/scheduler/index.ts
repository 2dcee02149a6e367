import type { Context } from '../context';
import type { Service } from '../service';
import { SchedulerOperations } from './operations';
import { schedulerResourceTypes } from './resources';
import type { Schedules } from './store';

export { Schedules } from './store';

/** Amazon EventBridge Scheduler: schedules that start executions, invoke functions and publish messages. */
export function scheduler(context: Context, schedules: Schedules): Service {
  const operations = new SchedulerOperations(context, schedules);
  return {
    signingName: 'scheduler',
    api: { protocol: 'rest', respond: (request, callerOf) => operations.respond(request, callerOf) },
    resourceTypes: schedulerResourceTypes(schedules),
    resume: () => void schedules.run(),
    close: () => schedules.close(),
  };
}
