import type { Context } from '../context';
import type { Service } from '../service';
import { eventsResourceTypes } from './resources';
import type { Rules } from './store';

export { Rules } from './store';

/** Amazon EventBridge: rules of stacks for the state changes of SageMaker. */
export function eventBridge(context: Context, rules: Rules): Service {
  return {
    signingName: 'events',
    resourceTypes: eventsResourceTypes(context, rules),
    close: () => rules.close(),
  };
}
