import type { Service } from '../service';
import { ssmOperations } from './operations';
import { ssmResourceTypes } from './resources';
import type { ParameterStore } from './store';

export { ParameterStore } from './store';

/** AWS Systems Manager Parameter Store. */
export function ssm(parameters: ParameterStore): Service {
  return {
    signingName: 'ssm',
    api: { protocol: 'json', operations: ssmOperations(parameters) },
    resourceTypes: ssmResourceTypes(parameters),
  };
}
