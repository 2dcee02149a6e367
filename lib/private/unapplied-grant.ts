import { Annotations, Resource, type aws_iam as iam } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

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

/**
 * Warns about a grant that has no effect: the principal has no policy in this app, for example that of another account, and the
 * resource is not created in it, so that its policy cannot be changed either. The CDK drops the statement without a message.
 */
export function warnUnlessGranted(scope: IConstruct, question: GrantInQuestion): void {
  const { grantee, grant, resource, permission, remedy } = question;
  // The CDK adds a statement for the resource also if it cannot change the policy of the resource.
  if (grant.principalStatements.length > 0) return;
  if (resource !== undefined && Resource.isOwnedResource(resource)) return;
  const principal = (grantee.grantPrincipal as iam.IPrincipal & { toString(): string }).toString();
  Annotations.of(scope).addWarningV2(
    'cdk-sagemaker-algorithm:unappliedGrant',
    `${principal} has no permission to ${permission}: the policies of both are outside of this app. ${remedy}.`,
  );
}
