import { Aws, type IResource, Stack, type aws_iam as iam } from 'aws-cdk-lib';
import { ACCOUNT_KEYS, LIMITING_OPERATOR } from '../private/grants';
import { addValidation } from '../private/rules';
import { type CollectingGrantee } from '../private/unapplied-grant';
import { ValidationErrors, isKnown, quote } from '../private/validation';
import { type ModelPackageSources } from './model-package/model-package-sources';

/** Options for sharing a model package group. */
export interface ModelPackageSharingOptions extends ModelPackageSources {
  /**
   * Whether the policies of resources that this app does not create already give the permissions: those of the repository of the CDK bootstrap stack, and
   * of imported repositories, buckets and KMS keys.
   *
   * @default false - permissions that this app cannot grant are an error at synthesis
   */
  readonly managedElsewhere?: boolean;
}

type GrantHost = (grantee: iam.IGrantable) => void;

/** The principals that a model package group is shared with, and the versions that the app registers in it, in any order. */
export class ModelPackageSharing {
  private readonly grantees: SharingGrantee[] = [];
  private readonly registered: GrantHost[] = [];

  constructor(private readonly group: IResource) {
    addValidation(group, 'model-packages', () => this.grantees.flatMap((grantee) => grantee.sharingErrors));
  }

  /** Shares all versions, also those that are registered later in the app. */
  public add(principal: iam.IPrincipal, options: ModelPackageSharingOptions, grantHost: GrantHost): void {
    checkPrincipal(this.group, principal);
    const grantee = new SharingGrantee(this.group.node.path, principal, options.managedElsewhere === true);
    this.grantees.push(grantee);
    [grantHost, ...this.registered].forEach((grant) => grant(grantee));
  }

  /** Grants what the hosting of a version requires to all principals, also to those that are added later. */
  public register(grantHost: GrantHost): void {
    this.registered.push(grantHost);
    this.grantees.forEach(grantHost);
  }
}

/** A principal that a group is shared with, and the permissions that the app cannot grant to it. */
class SharingGrantee implements CollectingGrantee {
  private readonly missing = new Set<string>();

  constructor(
    private readonly group: string,
    public readonly grantPrincipal: iam.IPrincipal,
    private readonly managedElsewhere: boolean,
  ) {}

  public addMissing(permission: string, remedy: string): void {
    this.missing.add(`permission to ${permission}. ${remedy}`);
  }

  public get sharingErrors(): string[] {
    if (this.managedElsewhere || this.missing.size === 0) return [];
    return [
      `Model package group ${this.group} is shared with ${nameOf(this.grantPrincipal)}, to which this app cannot grant what hosting ` +
        `requires: ${[...this.missing].map((one) => `\n- ${one}.`).join('')}\nIf the principal has these permissions, set \`managedElsewhere\` to true.`,
    ];
  }
}

function nameOf(principal: iam.IPrincipal): string {
  return (principal as iam.IPrincipal & { toString(): string }).toString();
}

/** Checks that a principal is one of another account or of an organization. */
function checkPrincipal(group: IResource, principal: iam.IPrincipal): void {
  const { principalJson, conditions } = principal.policyFragment;
  const { AWS: accounts = [], ...others } = principalJson;
  const keys = Object.entries(conditions as Record<string, object>).flatMap(([operator, values]) =>
    LIMITING_OPERATOR.test(operator) ? Object.keys(values) : [],
  );
  const isEveryone = accounts.includes('*') && !keys.some((key) => ACCOUNT_KEYS.includes(key));
  const { principalAccount } = principal;
  const errors = new ValidationErrors(`Model package group ${group.node.path}`, 'model-packages');
  errors.when(
    isEveryone || Object.keys(others).length > 0,
    `\`principal\` must be an account, an organization or a role, for example \`new AccountPrincipal('111122223333')\`, got: ${nameOf(principal)}`,
  );
  errors.when(
    accounts.some((account) => isOfAccountOf(group, account)),
    '`principal` must be of another account: use grantCreateModel() for a principal of this account, which reads images and artifacts by its own policies',
  );
  errors.when(
    isKnown(principalAccount) && !/^\d{12}$/.test(principalAccount),
    `\`principal\` must have an account of 12 digits, got: ${quote(principalAccount ?? '')}`,
  );
  errors.throwIfAny();
}

/** Whether the ARN or the ID of a principal is of the account of a group. That of AccountRootPrincipal is a token. */
function isOfAccountOf(group: IResource, principal: string): boolean {
  const resolved = JSON.stringify(Stack.of(group).resolve(principal));
  const own = Stack.of(group).resolve(group.env.account) as unknown;
  if (resolved.includes(JSON.stringify(Stack.of(group).resolve(Aws.ACCOUNT_ID)))) return true;
  return typeof own === 'string' && (resolved === JSON.stringify(own) || resolved.includes(`::${own}:`));
}
