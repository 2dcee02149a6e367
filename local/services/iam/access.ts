import { type Access } from '../access';
import type { Context } from '../context';
import type { Parameters, QueryApi } from '../wire/query';
import { type Roles } from './roles';

const ON_ROLE = [
  'CreateRole',
  'GetRole',
  'DeleteRole',
  'UpdateAssumeRolePolicy',
  'PutRolePolicy',
  'GetRolePolicy',
  'DeleteRolePolicy',
  'ListRolePolicies',
  'AttachRolePolicy',
  'DetachRolePolicy',
  'ListAttachedRolePolicies',
];

const ON_POLICY = ['CreatePolicy', 'GetPolicy', 'GetPolicyVersion', 'DeletePolicy'];

export function iamAccess({ partition, account }: Context, roles: Pick<Roles, 'find'>): QueryApi['access'] {
  const arnOf = (resource: string): string => `arn:${partition}:iam::${account}:${resource}`;
  const on = (operation: string, resource: string): Access[] => [{ action: `iam:${operation}`, resource }];
  const roleArn = (parameters: Parameters): string => {
    const name = parameters.get('RoleName') ?? '';
    return roles.find(name)?.arn ?? arnOf(`role${parameters.get('Path') ?? '/'}${name}`);
  };
  const policyArn = (parameters: Parameters): string =>
    parameters.get('PolicyArn') ?? arnOf(`policy${parameters.get('Path') ?? '/'}${parameters.get('PolicyName')}`);
  const each = (
    operations: string[],
    resourceOf: (parameters: Parameters) => string,
  ): [string, (parameters: Parameters) => Access[]][] =>
    operations.map((operation) => [operation, (parameters) => on(operation, resourceOf(parameters))]);
  return {
    ...Object.fromEntries([...each(ON_ROLE, roleArn), ...each(ON_POLICY, policyArn)]),
    ListRoles: () => on('ListRoles', arnOf('role/')),
    GetUser: () => on('GetUser', arnOf('user/local')),
    SimulatePrincipalPolicy: (parameters) => on('SimulatePrincipalPolicy', parameters.get('PolicySourceArn') ?? ''),
  };
}
