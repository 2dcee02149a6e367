import { Resource, Token, type aws_iam as iam, type aws_kms as kms } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { addWarning } from './rules';

/** A grant, and the advice if it has no effect. */
export interface GrantInQuestion {
  readonly grantee: iam.IGrantable;
  readonly grant: iam.Grant;

  /** The resource, if it is a construct. */
  readonly resource?: IConstruct;

  /** The permission, for example `pull images of repository churn`. */
  readonly permission: string;

  /** An instruction that grants the permission in another way. */
  readonly remedy: string;
}

/** A grantee that collects the permissions that the app cannot grant, instead of warnings about them. */
export interface CollectingGrantee extends iam.IGrantable {
  /** Records a permission that the grantee does not have, and an instruction that grants it in another way. */
  addMissing(permission: string, remedy: string): void;
}

/** The grantee, if it collects the permissions that the app cannot grant. */
export function collectingGrantee(grantee: iam.IGrantable): CollectingGrantee | undefined {
  return 'addMissing' in grantee ? (grantee as CollectingGrantee) : undefined;
}

/**
 * Reports a grant that has no effect: the principal has no policy in this app, for example that of another account, and the
 * resource is not created in it, so that its policy cannot be changed either. The CDK drops the statement without a message.
 */
export function reportUnlessGranted(scope: IConstruct, question: GrantInQuestion): void {
  const { grantee, grant, resource, permission, remedy } = question;
  // The CDK adds a statement for the resource also if it cannot change the policy of the resource.
  if (resource !== undefined && Resource.isOwnedResource(resource)) return;
  const collector = collectingGrantee(grantee);
  // A role of another account requires the policy of the resource too, and the CDK counts a statement for an imported role as added.
  if (collector !== undefined) return collector.addMissing(permission, remedy);
  // Across accounts, the CDK adds a statement to the principal, and returns only the one for the resource.
  const { grantPrincipal } = grantee;
  const isOwn = Construct.isConstruct(grantPrincipal) && Resource.isOwnedResource(grantPrincipal);
  if (grant.principalStatements.length > 0 || isOwn) return;
  const principal = (grantee.grantPrincipal as iam.IPrincipal & { toString(): string }).toString();
  addWarning(
    scope,
    'all-stages',
    'unappliedGrant',
    `${principal} has no permission to ${permission}: the policies of both are outside of this app. ${remedy}.`,
  );
}

/** Grants permission to decrypt with a key, and reports it if this has no effect. */
export function grantDecrypt(key: kms.IKey, grantee: iam.IGrantable): void {
  reportUnlessDecrypted(key, grantee, key.grantDecrypt(grantee));
}

/** Reports that a principal cannot decrypt with a key. */
export function reportUnlessDecrypted(key: kms.IKey, grantee: iam.IGrantable, grant: iam.Grant): void {
  const name = Token.isUnresolved(key.keyId) ? key.node.path : key.keyId;
  reportUnlessGranted(key, {
    ...{ grantee, grant, resource: key },
    permission: `decrypt with KMS key ${name}`,
    remedy: 'Grant it in the policy of the key',
  });
}
