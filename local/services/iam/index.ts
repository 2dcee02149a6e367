import { ServiceError } from '../../aws-model/service-error';
import type { Context } from '../context';
import type { Service } from '../service';
import type { QueryOperations } from '../wire/query';

/** The operations that SDKs call for the execution roles of jobs and models. */
const OPERATIONS = [
  'SimulatePrincipalPolicy',
  'GetRole',
  'GetRolePolicy',
  'GetUser',
  'ListRoles',
  'ListRolePolicies',
  'ListAttachedRolePolicies',
  'CreateRole',
  'AttachRolePolicy',
];

/** AWS Identity and Access Management. Permissions are not emulated: the caller is a user without access to IAM. */
export function iam({ account }: Context): Service {
  const deny = (operation: string) => (): never => {
    throw new ServiceError(
      'AccessDenied',
      `User: arn:aws:iam::${account}:user/local is not authorized to perform: iam:${operation}, because the local service ` +
        'does not emulate permissions. Pass the ARN of a role instead of its name: any ARN is accepted.',
      403,
    );
  };
  const operations: QueryOperations = Object.fromEntries(OPERATIONS.map((name) => [name, deny(name)]));
  return {
    signingName: 'iam',
    api: { protocol: 'query', namespace: 'https://iam.amazonaws.com/doc/2010-05-08/', operations },
  };
}
