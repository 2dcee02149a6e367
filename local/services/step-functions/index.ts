import type { Service } from '../service';
import { stepFunctionsOperations } from './operations';
import { stepFunctionsResourceTypes } from './resources';
import type { StateMachines } from './store';

export { StateMachines } from './store';

/** AWS Step Functions: state machines that invoke functions of the same stack. */
export function stepFunctions(stateMachines: StateMachines): Service {
  return {
    signingName: 'states',
    api: { protocol: 'json', operations: stepFunctionsOperations(stateMachines) },
    resourceTypes: stepFunctionsResourceTypes(stateMachines),
    resume: () => stateMachines.resume(),
    close: () => stateMachines.close(),
  };
}
