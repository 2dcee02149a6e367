import { ServiceError } from '../../aws-model/service-error';
import type { Context } from '../context';
import type { Parameters, QueryOperations } from '../wire/query';
import { members } from '../wire/xml';
import type { PolicyDocument } from './evaluation/document';
import type { Permissions } from './permissions';
import { type ManagedPolicy, type Role, type Roles, noSuchEntity } from './roles';
import { simulate } from './simulation';

/** The operations that SDKs call for the execution roles of jobs and models. */
const CALLED_BY_SDKS = [
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

/** Without enforcement, the caller is a user without access to IAM: a role that SDKs look up need not exist. */
export function deniedOperations({ account }: Context): QueryOperations {
  const deny = (operation: string) => (): never => {
    throw new ServiceError(
      'AccessDenied',
      `User: arn:aws:iam::${account}:user/local is not authorized to perform: iam:${operation}, because the local service ` +
        'emulates IAM with `--enforce-iam` only. Pass the ARN of a role instead of its name: any ARN is accepted.',
      403,
    );
  };
  return Object.fromEntries(CALLED_BY_SDKS.map((name) => [name, deny(name)]));
}

export function iamOperations(permissions: Permissions): QueryOperations {
  const { roles } = permissions;
  const role = (parameters: Parameters): Role => roles.existing(parameters.required('RoleName'));
  return {
    GetUser: () => {
      const Arn = permissions.administrator.arn;
      return { User: { Path: '/', UserName: 'local', UserId: 'LOCAL', Arn, CreateDate: '2026-01-01T00:00:00Z' } };
    },
    ...roleOperations(roles, role),
    ...inlinePolicyOperations(roles, role),
    ...managedPolicyOperations(roles, role),
    SimulatePrincipalPolicy: (parameters) => simulate(permissions, parameters),
  };
}

function roleOperations(roles: Roles, role: (parameters: Parameters) => Role): QueryOperations {
  return {
    CreateRole: (parameters) => {
      const created = roles.create({
        name: parameters.required('RoleName'),
        path: parameters.get('Path'),
        trustPolicy: documentIn(parameters, 'AssumeRolePolicyDocument'),
        boundary: parameters.get('PermissionsBoundary'),
        maxSessionSeconds: Number(parameters.get('MaxSessionDuration') ?? 3600),
        tags: parameters.structures('Tags', ['Key', 'Value']).map(({ Key = '', Value = '' }) => ({ Key, Value })),
      });
      return { Role: describeRole(created) };
    },
    GetRole: (parameters) => ({ Role: describeRole(role(parameters)) }),
    ListRoles: (parameters) => {
      const found = roles.list().filter(({ path }) => path.startsWith(parameters.get('PathPrefix') ?? '/'));
      return { Roles: members(found.map(describeRole)), IsTruncated: false };
    },
    UpdateAssumeRolePolicy: (parameters) => {
      roles.update(role(parameters).name, { trustPolicy: documentIn(parameters, 'PolicyDocument') });
      return undefined;
    },
    DeleteRole: (parameters) => {
      const { name, inline, attached } = role(parameters);
      if (attached.length > 0) throw conflict('Cannot delete entity, must detach all policies first.');
      if (Object.keys(inline).length > 0) throw conflict('Cannot delete entity, must delete policies first.');
      roles.delete(name);
      return undefined;
    },
  };
}

function inlinePolicyOperations(roles: Roles, role: (parameters: Parameters) => Role): QueryOperations {
  return {
    PutRolePolicy: (parameters) => {
      const document = documentIn(parameters, 'PolicyDocument');
      roles.putInline(role(parameters).name, parameters.required('PolicyName'), document);
      return undefined;
    },
    GetRolePolicy: (parameters) => {
      const [{ name, inline }, PolicyName] = [role(parameters), parameters.required('PolicyName')];
      if (inline[PolicyName] === undefined) {
        throw noSuchEntity(`The role policy with name ${PolicyName} cannot be found.`);
      }
      return { RoleName: name, PolicyName, PolicyDocument: encoded(inline[PolicyName]) };
    },
    DeleteRolePolicy: (parameters) => {
      roles.deleteInline(role(parameters).name, parameters.required('PolicyName'));
      return undefined;
    },
    ListRolePolicies: (parameters) => ({
      PolicyNames: members(Object.keys(role(parameters).inline)),
      IsTruncated: false,
    }),
  };
}

function managedPolicyOperations(roles: Roles, role: (parameters: Parameters) => Role): QueryOperations {
  return {
    AttachRolePolicy: (parameters) => {
      roles.attach(role(parameters).name, roles.policy(parameters.required('PolicyArn')).arn);
      return undefined;
    },
    DetachRolePolicy: (parameters) => {
      roles.detach(role(parameters).name, parameters.required('PolicyArn'));
      return undefined;
    },
    ListAttachedRolePolicies: (parameters) => {
      const policies = role(parameters).attached.map((arn) => ({
        PolicyName: roles.policy(arn).name,
        PolicyArn: arn,
      }));
      return { AttachedPolicies: members(policies), IsTruncated: false };
    },
    CreatePolicy: (parameters) => {
      const document = documentIn(parameters, 'PolicyDocument');
      const policy = roles.putPolicy(parameters.required('PolicyName'), parameters.get('Path') ?? '/', document);
      return { Policy: describePolicy(policy) };
    },
    GetPolicy: (parameters) => ({ Policy: describePolicy(roles.policy(parameters.required('PolicyArn'))) }),
    GetPolicyVersion: (parameters) => {
      const { document, createdAt } = roles.policy(parameters.required('PolicyArn'));
      const VersionId = parameters.required('VersionId');
      if (VersionId !== 'v1') throw noSuchEntity(`Policy version ${VersionId} does not exist.`);
      return {
        PolicyVersion: { Document: encoded(document), VersionId, IsDefaultVersion: true, CreateDate: createdAt },
      };
    },
    DeletePolicy: (parameters) => {
      const { arn } = roles.policy(parameters.required('PolicyArn'));
      if (roles.list().some(({ attached }) => attached.includes(arn))) {
        throw conflict('Cannot delete a policy attached to entities.');
      }
      roles.deletePolicy(arn);
      return undefined;
    },
  };
}

function describeRole(role: Role): Record<string, unknown> {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: role.createdAt,
    AssumeRolePolicyDocument: encoded(role.trustPolicy),
    MaxSessionDuration: role.maxSessionSeconds,
    ...(role.boundary === undefined
      ? {}
      : { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: role.boundary } }),
    ...(role.tags.length === 0 ? {} : { Tags: members([...role.tags]) }),
  };
}

function describePolicy({ name, arn, id, createdAt }: ManagedPolicy): Record<string, unknown> {
  return {
    PolicyName: name,
    PolicyId: id,
    Arn: arn,
    DefaultVersionId: 'v1',
    IsAttachable: true,
    CreateDate: createdAt,
  };
}

function documentIn(parameters: Parameters, name: string): PolicyDocument {
  try {
    return JSON.parse(parameters.required(name)) as PolicyDocument;
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw new ServiceError('MalformedPolicyDocument', 'This policy contains invalid Json');
  }
}

/** Documents in responses are URL-encoded. */
function encoded(document: PolicyDocument): string {
  return encodeURIComponent(JSON.stringify(document));
}

function conflict(message: string): ServiceError {
  return new ServiceError('DeleteConflict', message, 409);
}
