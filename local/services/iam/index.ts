import type { Context } from '../context';
import type { Service } from '../service';
import { iamAccess } from './access';
import { deniedOperations, iamOperations } from './operations';
import type { Permissions } from './permissions';
import { iamResourceTypes } from './resources';

export type { PolicyDocument } from './evaluation/document';
export { AccessDenied, type EvaluatedAccess, Permissions } from './permissions';
export { ResourcePolicies } from './resource-policies';
export { resourcePolicyType } from './resource-policy-types';

/** AWS Identity and Access Management. */
export function iam(context: Context, permissions: Permissions): Service {
  const operations = permissions.isEnforced ? iamOperations(permissions) : deniedOperations(context);
  return {
    signingName: 'iam',
    api: {
      protocol: 'query',
      namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
      operations,
      access: iamAccess(context, permissions.roles),
    },
    resourceTypes: iamResourceTypes(context, permissions),
  };
}
