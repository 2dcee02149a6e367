import { randomBytes } from 'node:crypto';
import { ServiceError } from '../../aws-model/service-error';
import type { Context } from '../context';
import type { Store } from '../store';
import { type PolicyDocument, type Statement, statementsOf } from './evaluation/document';
import { AWS_MANAGED_POLICIES } from './managed-policies';

export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly path: string;
  readonly trustPolicy: PolicyDocument;

  /** Inline policies by their names. */
  readonly inline: Record<string, PolicyDocument>;

  /** The ARNs of managed policies. */
  readonly attached: string[];

  /** The ARN of the managed policy that is the permissions boundary. */
  readonly boundary?: string;
  readonly tags: { readonly Key: string; readonly Value: string }[];
  readonly maxSessionSeconds: number;
  readonly createdAt: string;
}

export interface ManagedPolicy {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly document: PolicyDocument;
  readonly createdAt: string;
}

type RoleInput = Pick<Role, 'name' | 'trustPolicy'> & Partial<Role>;

const AWS_MANAGED = /^arn:[^:]+:iam::aws:policy\//;

/** The roles of the account, with their policies. */
export class Roles {
  private readonly roles: Store<Role>;
  private readonly policies: Store<ManagedPolicy>;

  constructor(private readonly context: Context) {
    this.roles = context.store<Role>('roles');
    this.policies = context.store<ManagedPolicy>('managed-policies');
  }

  public list(): Role[] {
    return this.roles.list();
  }

  public find(nameOrArn: string): Role | undefined {
    const role = this.roles.get(nameOrArn.split('/').at(-1) ?? '');
    return role === undefined || (nameOrArn.startsWith('arn:') && nameOrArn !== role.arn) ? undefined : role;
  }

  public existing(name: string): Role {
    const role = this.find(name);
    if (role === undefined) throw noSuchEntity(`The role with name ${name} cannot be found.`);
    return role;
  }

  public create(input: RoleInput): Role {
    const { name, path = '/' } = input;
    if (this.roles.get(name) !== undefined) {
      throw new ServiceError('EntityAlreadyExists', `Role with name ${name} already exists.`, 409);
    }
    const { partition, account } = this.context;
    const arn = `arn:${partition}:iam::${account}:role${path}${name}`;
    const defaults = { inline: {}, attached: [], tags: [], maxSessionSeconds: 3600 };
    const [id, createdAt] = [uniqueId('AROA'), new Date().toISOString()];
    return this.put({ ...defaults, ...input, path, arn, id, createdAt });
  }

  public update(name: string, change: Partial<Role>): Role {
    return this.put({ ...this.existing(name), ...change });
  }

  public delete(name: string): void {
    this.roles.delete(name);
  }

  public putInline(role: string, name: string, document: PolicyDocument): void {
    this.update(role, { inline: { ...this.existing(role).inline, [name]: document } });
  }

  public deleteInline(role: string, name: string): void {
    const { [name]: removed, ...inline } = this.existing(role).inline;
    if (removed !== undefined) this.update(role, { inline });
  }

  public attach(role: string, policyArn: string): void {
    const { attached } = this.existing(role);
    if (!attached.includes(policyArn)) this.update(role, { attached: [...attached, policyArn] });
  }

  public detach(role: string, policyArn: string): void {
    this.update(role, { attached: this.existing(role).attached.filter((one) => one !== policyArn) });
  }

  public putPolicy(name: string, path: string, document: PolicyDocument): ManagedPolicy {
    statementsOf(document, 'identity');
    const { partition, account } = this.context;
    const arn = `arn:${partition}:iam::${account}:policy${path}${name}`;
    const { id, createdAt } = this.policies.get(arn) ?? { id: uniqueId('ANPA'), createdAt: new Date().toISOString() };
    return this.policies.put(arn, { name, arn, id, createdAt, document });
  }

  public deletePolicy(arn: string): void {
    this.policies.delete(arn);
    for (const { name, attached } of this.list()) if (attached.includes(arn)) this.detach(name, arn);
  }

  public policy(arn: string): ManagedPolicy {
    const name = arn.split('/').at(-1) ?? '';
    const embedded = AWS_MANAGED.test(arn) ? AWS_MANAGED_POLICIES[arn.replace(AWS_MANAGED, '')] : undefined;
    const policy =
      embedded === undefined
        ? this.policies.get(arn)
        : { name, arn, id: `ANPA${name.toUpperCase()}`, document: embedded, createdAt: '2015-01-01T00:00:00Z' };
    if (policy === undefined) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
    return policy;
  }

  /** The statements of all identity-based policies of a role. */
  public statements({ inline, attached }: Role): Statement[] {
    const documents = [...Object.values(inline), ...attached.map((arn) => this.policy(arn).document)];
    return documents.flatMap((document) => statementsOf(document, 'identity'));
  }

  private put(role: Role): Role {
    statementsOf(role.trustPolicy, 'trust');
    Object.values(role.inline).forEach((document) => statementsOf(document, 'identity'));
    return this.roles.put(role.name, role);
  }
}

export function noSuchEntity(message: string): ServiceError {
  return new ServiceError('NoSuchEntity', message, 404);
}

/** An identifier as IAM generates them: a prefix for the kind, and letters. */
export function uniqueId(prefix: string): string {
  const letters = [...randomBytes(16)].map((byte) => String.fromCharCode(65 + (byte % 26)));
  return `${prefix}${letters.join('')}`;
}
