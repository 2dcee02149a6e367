import type { Service } from '../service';
import { ssmAccess } from './access';
import { ssmOperations } from './operations';
import { ssmResourceTypes } from './resources';
import type { ParameterStore } from './store';

export { ParameterStore } from './store';

/** AWS Systems Manager Parameter Store. */
export function ssm(parameters: ParameterStore): Service {
  return {
    signingName: 'ssm',
    api: { protocol: 'json', operations: ssmOperations(parameters), access: ssmAccess(parameters) },
    resourceTypes: ssmResourceTypes(parameters),
  };
}
