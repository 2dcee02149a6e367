import type { Context } from '../context';
import type { ResourcePolicies } from '../iam';
import type { Service } from '../service';
import { ecrAccess } from './access';
import { ecrOperations } from './operations';
import { Registry } from './registry';
import { ecrResourceTypes } from './resources';
import type { Repositories } from './store';

export { pullAccess } from './access';
export { Repositories, pushedImages } from './store';

/** Amazon ECR, with the registry behind it. */
export function ecr(context: Context, repositories: Repositories, policies: ResourcePolicies): Service {
  const registry = new Registry(repositories);
  return {
    signingName: 'ecr',
    api: { protocol: 'json', operations: ecrOperations(context, repositories), access: ecrAccess(context) },
    resourceTypes: ecrResourceTypes(context, repositories, policies),
    routes: [{ path: /^\/v2(\/|$)/, respond: (request) => registry.respond(request) }],
  };
}
