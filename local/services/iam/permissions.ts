import { ServiceError } from '../../aws-model/service-error';
import { type Access, type Caller, tagKeys } from '../access';
import type { Context } from '../context';
import type { ConditionKeys } from './evaluation/conditions';
import { statementsOf } from './evaluation/document';
import { type AccessRequest, type Decision, type Policies, type Principal, evaluate } from './evaluation/evaluation';
import { AWS_MANAGED_POLICIES } from './managed-policies';
import { ResourcePolicies } from './resource-policies';
import { type Role, Roles } from './roles';
import { type Session, Sessions } from './sessions';

/** A decision about a request, as the service reports it. */
export interface EvaluatedAccess {
  readonly request: AccessRequest;
  readonly policies: Policies;
  readonly decision: Decision['decision'];

  /** The message of the error; empty if the request is allowed. */
  readonly message: string;
}

interface ServiceSession {
  readonly roleArn: string;

  /** The service that assumes the role: `sagemaker.amazonaws.com`. */
  readonly service: string;
  readonly sessionName: string;

  /** The resource for which it does so. */
  readonly sourceArn?: string;
}

const ADMINISTRATOR = statementsOf(AWS_MANAGED_POLICIES.AdministratorAccess, 'identity');

/** The access to a resource was denied. Its code and its status depend on the protocol. */
export class AccessDenied extends ServiceError {
  constructor(message: string) {
    super('AccessDenied', message, 403);
  }
}

/** The callers of operations and the roles that services assume, with their permissions. */
export class Permissions {
  public readonly roles: Roles;
  public readonly sessions: Sessions;
  public readonly resourcePolicies: ResourcePolicies;

  /** The user of the machine. No policy restricts it. */
  public readonly administrator: Caller;

  constructor(
    private readonly context: Context,

    /** Without enforcement, every caller is the administrator. */
    public readonly isEnforced: boolean,
    private readonly onEvaluated: (access: EvaluatedAccess) => void = () => undefined,
  ) {
    this.roles = new Roles(context);
    this.sessions = new Sessions(context);
    this.resourcePolicies = new ResourcePolicies(context);
    this.administrator = this.user(`arn:${context.partition}:iam::${context.account}:user/local`);
  }

  /** The caller with an access key. */
  public callerWith(accessKeyId: string): Caller {
    const session = this.isEnforced ? this.sessions.of(accessKeyId) : undefined;
    return session === undefined ? this.administrator : this.callerOf(session);
  }

  /** A service that acts with a role, which must trust it. */
  public assumedBy({ roleArn, service, sessionName, sourceArn }: ServiceSession): Caller {
    if (!this.isEnforced) return this.administrator;
    this.service(service, sourceArn).check([{ action: 'sts:AssumeRole', resource: roleArn }]);
    return this.callerOf({ roleArn, name: sessionName, keys: {} });
  }

  /** Whether a service may assume a role. */
  public isTrusting(session: Omit<ServiceSession, 'sessionName'>): boolean {
    try {
      this.assumedBy({ ...session, sessionName: 'check' });
      return true;
    } catch (error) {
      if (error instanceof AccessDenied) return false;
      throw error;
    }
  }

  /** A service that acts for a resource without a role: the policies of the resources that it uses have to allow it. */
  public service(name: string, sourceArn?: string): Caller {
    if (!this.isEnforced) return this.administrator;
    const source = { 'aws:SourceAccount': this.context.account, 'aws:SourceArn': sourceArn };
    return this.caller({ name }, name, (access) => this.policiesFor(access, undefined), source);
  }

  /** The decision of the policies of a role about an action, without those of the resource. */
  public simulate(roleArn: string, access: Access): Decision['decision'] {
    const role = this.roles.existing(roleArn);
    const principal = { name: role.arn, role: role.arn, account: this.context.account };
    const { identity, boundary } = this.policiesFor(access, role);
    const keys = this.keysOf(principal, role.id, access);
    return evaluate({ identity, boundary }, { ...access, principal, keys }).decision;
  }

  /**
   * A user with all permissions of the account. A role that does not trust the account cannot be assumed with them either, nor can a resource
   * of another account be used whose policy does not allow it.
   */
  private user(name: string): Caller {
    const caller = this.caller({ name, role: name, account: this.context.account }, 'LOCAL', (access) => ({
      ...this.policiesFor(access, undefined),
      identity: ADMINISTRATOR,
    }));
    const isRestricted = ({ action, resource }: Access): boolean =>
      this.isEnforced && (action === 'sts:AssumeRole' || this.context.ownerOf(resource) !== this.context);
    return {
      ...caller,
      allows: (access) => !isRestricted(access) || caller.allows(access),
      check: (accesses) => caller.check(accesses.filter(isRestricted)),
    };
  }

  private callerOf(session: Pick<Session, 'roleArn' | 'name' | 'keys' | 'policy'>): Caller {
    const { partition, account } = this.context;
    const role = this.roles.find(session.roleArn);
    if (role === undefined) {
      throw new ServiceError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
    }
    const name = `arn:${partition}:sts::${account}:assumed-role/${role.name}/${session.name}`;
    const principal = { name, role: role.arn, account };
    return this.caller(
      principal,
      `${role.id}:${session.name}`,
      (access) => ({
        ...this.policiesFor(access, this.roles.find(role.arn)),
        session: session.policy && statementsOf(session.policy, 'identity'),
      }),
      session.keys,
    );
  }

  private caller(
    principal: Principal,
    userId: string,
    policiesFor: (access: Access) => Policies,
    own: Access['keys'] = {},
  ): Caller {
    const decide = (access: Access): EvaluatedAccess => {
      const keys = this.keysOf(principal, userId, { ...access, keys: { ...own, ...access.keys } });
      const [request, policies] = [{ ...access, principal, keys }, policiesFor(access)];
      const { decision, reason } = evaluate(policies, request);
      const message = decision === 'allowed' ? '' : denialOf(principal, access, reason);
      const evaluated = { request, policies, decision, message };
      this.onEvaluated(evaluated);
      return evaluated;
    };
    return {
      arn: principal.name,
      userId,
      allows: (access) => decide(access).decision === 'allowed',
      check: (accesses) => {
        for (const access of accesses) {
          const { decision, message } = decide(access);
          if (decision !== 'allowed') throw new AccessDenied(message);
        }
      },
    };
  }

  private policiesFor({ action, resource }: Access, role: Role | undefined): Policies {
    const trusted = action === 'sts:AssumeRole' ? this.roles.find(resource)?.trustPolicy : undefined;
    const owner = this.context.ownerOf(resource);
    const isOfOtherAccount = owner !== this.context;
    const ofResources = isOfOtherAccount ? new ResourcePolicies(owner) : this.resourcePolicies;
    return {
      identity: role === undefined ? [] : this.roles.statements(role),
      boundary:
        role?.boundary === undefined ? undefined : statementsOf(this.roles.policy(role.boundary).document, 'identity'),
      resource: trusted === undefined ? ofResources.statements(resource) : statementsOf(trusted, 'trust'),
      // The policy of a role or of a key decides about its account too.
      isResourcePolicyRequired: isOfOtherAccount || action === 'sts:AssumeRole' || action.startsWith('kms:'),
      isOfOtherAccount,
    };
  }

  private keysOf({ name, role, account }: Principal, userId: string, { resource, keys: own }: Access): ConditionKeys {
    const now = this.context.clock.now();
    const isService = role === undefined;
    const all: NonNullable<Access['keys']> = {
      'aws:CurrentTime': new Date(now).toISOString(),
      'aws:EpochTime': String(Math.floor(now / 1000)),
      'aws:PrincipalAccount': account,
      'aws:PrincipalArn': role,
      'aws:PrincipalIsAWSService': String(isService),
      'aws:PrincipalServiceName': isService ? name : undefined,
      'aws:PrincipalType': isService ? undefined : 'AssumedRole',
      'aws:RequestedRegion': this.context.region,
      'aws:ResourceAccount': this.context.ownerOf(resource).account,
      // The service is reached over the loopback interface, without TLS: policies that require TLS are met.
      'aws:SecureTransport': 'true',
      'aws:SourceIp': '127.0.0.1',
      'aws:ViaAWSService': 'false',
      'aws:userid': isService ? undefined : userId,
      ...tagKeys('aws:PrincipalTag', this.roles.find(role ?? '')?.tags ?? []),
      ...own,
    };
    const present = Object.entries(all).flatMap(([key, value]) =>
      value === undefined ? [] : [[key.toLowerCase(), Array.isArray(value) ? value : [value]] as const],
    );
    return new Map(present);
  }
}

function denialOf({ name }: Principal, { action, resource }: Access, reason: string): string {
  // The messages of Amazon S3 have the resource in quotes.
  const shown = action.startsWith('s3:') ? `"${resource}"` : resource;
  return `User: ${name} is not authorized to perform: ${action} on resource: ${shown} ${reason}`;
}
