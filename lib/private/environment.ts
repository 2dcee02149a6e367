import { type IResource, Resource, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * The sentence part that states that something is in another region than the construct that uses it. Undefined if both are in the
 * same region, or if a region is only known at deployment.
 */
export function regionConflict(scope: IConstruct, region: string | undefined): string | undefined {
  const own = Stack.of(scope).region;
  return differs(own, region) ? `in region ${region}, and this stack in ${own}` : undefined;
}

/** Whether something is known to be in another account than the construct that uses it. */
export function isInOtherAccount(scope: IConstruct, account: string | undefined): boolean {
  return differs(Stack.of(scope).account, account);
}

/**
 * The sentence part that states that a resource of this app is in another account than the construct that uses it. Undefined if it is
 * imported. The CDK cannot pass generated names to a stack of another account, and the policy of a resource cannot name a role that is created after
 * it.
 */
export function accountConflict(scope: IConstruct, resource: IResource): string | undefined {
  const { account } = resource.env;
  if (!isInOtherAccount(scope, account) || !Resource.isOwnedResource(resource)) return undefined;
  return `in account ${account}, and this stack in ${Stack.of(scope).account}`;
}

function differs(own: string, other: string | undefined): boolean {
  return other !== undefined && !Token.isUnresolved(other) && !Token.isUnresolved(own) && other !== own;
}
