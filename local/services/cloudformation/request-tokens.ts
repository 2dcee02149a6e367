import { ServiceError } from '../../aws-model/service-error';
import type { QueryOperations } from '../wire/query';
import type { Stacks } from './store';

/** The operations that have an effect once for each token. */
const ONCE = ['CreateStack', 'UpdateStack', 'ContinueUpdateRollback'];
const TOKEN = /^[a-zA-Z0-9][-a-zA-Z0-9]{0,127}$/;

/** The operations, of which a request that is repeated with the same token has no second effect. */
export function withRequestTokens(operations: QueryOperations, stacks: Stacks): QueryOperations {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      (parameters, ...context) => {
        const token = parameters.get('ClientRequestToken');
        if (token === undefined) return operation(parameters, ...context);
        if (!TOKEN.test(token)) {
          throw new ServiceError(
            'ValidationError',
            `1 validation error detected: Value '${token}' at 'clientRequestToken' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9][-a-zA-Z0-9]*`,
          );
        }
        if (!ONCE.includes(name)) return operation(parameters, ...context);
        const stackName = parameters.required('StackName');
        const [text, known] = [parameters.toString(), stacks.find(stackName)?.requests?.[token]];
        if (known !== undefined && known.text !== text) {
          throw new ServiceError('TokenAlreadyExistsException', 'A client request token already exists.');
        }
        if (known !== undefined) return known.result;
        const result = operation(parameters, ...context) as Record<string, unknown>;
        const stack = stacks.existing(stackName);
        stacks.update(stack.name, { requests: { ...stack.requests, [token]: { text, result } } });
        return result;
      },
    ]),
  );
}
