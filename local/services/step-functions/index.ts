import type { Service } from '../service';
import { STEP_FUNCTIONS_ACCESS } from './access';
import { stepFunctionsOperations } from './operations';
import { stepFunctionsResourceTypes } from './resources';
import type { StateMachines } from './store';

export { StateMachines } from './store';

/** AWS Step Functions: state machines that invoke functions, and their executions. */
export function stepFunctions(stateMachines: StateMachines): Service {
  return {
    signingName: 'states',
    api: { protocol: 'json', operations: stepFunctionsOperations(stateMachines), access: STEP_FUNCTIONS_ACCESS },
    resourceTypes: stepFunctionsResourceTypes(stateMachines),
    resume: () => stateMachines.resume(),
    close: () => stateMachines.close(),
  };
}
