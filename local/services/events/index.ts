import type { Context } from '../context';
import type { Service } from '../service';
import { eventsAccess } from './access';
import { eventsOperations } from './operations';
import { eventsResourceTypes } from './resources';
import type { Rules } from './store';

export { Delivery, serviceOf } from './delivery';
export { Rules } from './store';

/** Amazon EventBridge: rules of stacks for the events of services, for custom events, and with a schedule. */
export function eventBridge(context: Context, rules: Rules): Service {
  return {
    signingName: 'events',
    api: { protocol: 'json', operations: eventsOperations(context, rules), access: eventsAccess(context) },
    resourceTypes: eventsResourceTypes(context, rules),
    resume: () => void rules.run(),
    close: () => rules.close(),
  };
}
