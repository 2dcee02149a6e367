import type { Context } from '../context';
import { type ResourceState, type ResourceType, type ResourceTypes, generatedName } from '../resource-type';
import type { PolicyDocument } from './evaluation/document';
import type { Permissions } from './permissions';
import { kmsKeyType } from './resource-policy-types';
import type { Role } from './roles';

interface RoleProperties {
  readonly RoleName?: string;
  readonly Path?: string;
  readonly AssumeRolePolicyDocument: PolicyDocument;
  readonly Policies?: { readonly PolicyName: string; readonly PolicyDocument: PolicyDocument }[];
  readonly ManagedPolicyArns?: string[];
  readonly PermissionsBoundary?: string;
  readonly MaxSessionDuration?: number | string;
  readonly Tags?: { Key: string; Value: string }[];
}

interface PolicyProperties {
  readonly PolicyName: string;
  readonly ManagedPolicyName?: string;
  readonly Path?: string;
  readonly PolicyDocument: PolicyDocument;
  readonly Roles?: string[];
}

/** The resource types of IAM. */
export function iamResourceTypes(context: Context, permissions: Permissions): ResourceTypes {
  return {
    'AWS::IAM::Role': role(permissions),
    'AWS::IAM::Policy': inlinePolicy(permissions),
    'AWS::IAM::ManagedPolicy': managedPolicy(permissions),
    'AWS::KMS::Key': kmsKeyType(context, permissions.resourcePolicies),
  };
}

function role({ roles, isEnforced }: Permissions): ResourceType {
  const inlineOf = ({ Policies = [] }: RoleProperties): Role['inline'] =>
    Object.fromEntries(Policies.map(({ PolicyName, PolicyDocument: document }) => [PolicyName, document]));
  const settingsOf = (properties: RoleProperties): Pick<Role, 'trustPolicy' | 'boundary' | 'maxSessionSeconds'> => ({
    trustPolicy: properties.AssumeRolePolicyDocument,
    boundary: properties.PermissionsBoundary,
    maxSessionSeconds: Number(properties.MaxSessionDuration ?? 3600),
  });
  const checkPolicies = ({ ManagedPolicyArns = [], PermissionsBoundary: boundary }: RoleProperties): void => {
    const arns = boundary === undefined ? ManagedPolicyArns : [...ManagedPolicyArns, boundary];
    if (isEnforced) arns.forEach((arn) => roles.policy(arn));
  };
  const stateOf = ({ name, arn, id }: Role): ResourceState => ({
    physicalId: name,
    attributes: { Arn: arn, RoleId: id },
  });
  return {
    create: (request) => {
      const properties = request.properties as unknown as RoleProperties;
      const { RoleName = generatedName(request, 64), Path, ManagedPolicyArns = [], Tags = [] } = properties;
      checkPolicies(properties);
      const created = roles.create({
        ...settingsOf(properties),
        name: RoleName,
        path: Path,
        inline: inlineOf(properties),
        attached: ManagedPolicyArns,
        tags: [...request.tags, ...Tags],
      });
      return Promise.resolve(stateOf(created));
    },
    update: ({ physicalId, properties }, request) => {
      const [before, after] = [properties, request.properties] as unknown as RoleProperties[];
      if (before.RoleName !== after.RoleName || before.Path !== after.Path) return Promise.resolve(undefined);
      checkPolicies(after);
      const { inline, attached } = roles.existing(physicalId);
      // The other policies of the role are resources of their own.
      const others = Object.entries(inline).filter(([name]) => !(name in inlineOf(before)));
      const foreign = attached.filter((arn) => before.ManagedPolicyArns?.includes(arn) !== true);
      const updated = roles.update(physicalId, {
        ...settingsOf(after),
        inline: { ...Object.fromEntries(others), ...inlineOf(after) },
        attached: [...foreign, ...(after.ManagedPolicyArns ?? [])],
        tags: [...request.tags, ...(after.Tags ?? [])],
      });
      return Promise.resolve(stateOf(updated));
    },
    delete: ({ physicalId }) => Promise.resolve(roles.delete(physicalId)),
  };
}

/** The roles of a policy. Without enforcement, stacks can name roles that exist in AWS only. */
function rolesOf({ Roles: names = [] }: PolicyProperties, { roles, isEnforced }: Permissions): string[] {
  return isEnforced ? names : names.filter((name) => roles.find(name) !== undefined);
}

/** An inline policy, of one or several roles. */
function inlinePolicy(permissions: Permissions): ResourceType {
  const { roles } = permissions;
  const put = (properties: PolicyProperties): ResourceState => {
    const { PolicyName, PolicyDocument: document } = properties;
    rolesOf(properties, permissions).forEach((name) => roles.putInline(name, PolicyName, document));
    return { physicalId: PolicyName, attributes: {} };
  };
  const remove = ({ PolicyName, Roles: names = [] }: PolicyProperties): void =>
    names.filter((name) => roles.find(name) !== undefined).forEach((name) => roles.deleteInline(name, PolicyName));
  return {
    create: ({ properties }) => Promise.resolve(put(properties as unknown as PolicyProperties)),
    update: ({ properties }, request) => {
      const [before, after] = [properties, request.properties] as unknown as PolicyProperties[];
      if (before.PolicyName !== after.PolicyName) return Promise.resolve(undefined);
      const left = (before.Roles ?? []).filter((name) => after.Roles?.includes(name) !== true);
      const state = put(after);
      remove({ ...before, Roles: left });
      return Promise.resolve(state);
    },
    delete: ({ properties }) => Promise.resolve(remove(properties as unknown as PolicyProperties)),
  };
}

function managedPolicy(permissions: Permissions): ResourceType {
  const { roles } = permissions;
  const put = (name: string, properties: PolicyProperties): ResourceState => {
    const { arn } = roles.putPolicy(name, properties.Path ?? '/', properties.PolicyDocument);
    rolesOf(properties, permissions).forEach((one) => roles.attach(one, arn));
    return { physicalId: arn, attributes: { PolicyArn: arn } };
  };
  return {
    create: (request) => {
      const properties = request.properties as unknown as PolicyProperties;
      return Promise.resolve(put(properties.ManagedPolicyName ?? generatedName(request, 128), properties));
    },
    update: ({ physicalId, properties }, request) => {
      const [before, after] = [properties, request.properties] as unknown as PolicyProperties[];
      if (before.ManagedPolicyName !== after.ManagedPolicyName || before.Path !== after.Path) {
        return Promise.resolve(undefined);
      }
      const left = (before.Roles ?? []).filter((name) => after.Roles?.includes(name) !== true);
      left.filter((name) => roles.find(name) !== undefined).forEach((name) => roles.detach(name, physicalId));
      return Promise.resolve(put(roles.policy(physicalId).name, after));
    },
    delete: ({ physicalId }) => Promise.resolve(roles.deletePolicy(physicalId)),
  };
}
