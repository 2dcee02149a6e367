import type { Permissions } from '../iam';
import type { Buckets } from '../s3';
import type { Service } from '../service';
import { lambdaResourceTypes } from './resources';
import type { Functions } from './store';

export { FunctionError, Functions } from './store';

/** AWS Lambda, which stacks use for custom resources and state machines; its API is not emulated. */
export function lambda(functions: Functions, buckets: Buckets, permissions: Permissions): Service {
  return {
    signingName: 'lambda',
    resourceTypes: lambdaResourceTypes(functions, buckets, permissions),
    close: () => functions.close(),
  };
}
