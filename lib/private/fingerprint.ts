import { createHash } from 'node:crypto';
import {
  CfnElement,
  CfnParameter,
  CfnResource,
  DefaultTokenResolver,
  Reference,
  Stack,
  Tokenization,
} from 'aws-cdk-lib';
import type { IResolvable, IResolveContext } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PseudoParameterString } from './pseudo-parameter-string';

/** The structures that identify resources of this library, by the L1 that is referenced. */
const structures = new WeakMap<IConstruct, () => unknown>();

/** Defines the identity of a resource: the fingerprint of a structure that references the resource changes with it. */
export function identifyBy(resource: CfnResource, structure: () => unknown): void {
  structures.set(resource, structure);
}

/** The hash of a structure, and the values in it that are only known at deployment. */
export interface Fingerprint {
  readonly hash: string;
  readonly deployTimeValues: string[];
}

/**
 * Computes the hash of a structure. Equal hashes mean equal resources.
 *
 * A reference is not hashed by the intrinsic function that it renders: `Ref` and `Fn::GetAtt` are the same before and after the
 * referenced resource is replaced. It is hashed by the identity of that resource.
 *
 * @see docs/decisions/0003-fingerprints.md
 */
export function fingerprint(scope: IConstruct, structure: unknown): Fingerprint {
  const resolver = new IdentityResolver();
  const identity: unknown = Tokenization.resolve(structure, { scope, resolver, preparing: false });
  const text = canonical(identity);
  const unresolved = text.match(/Fn::ImportValue|\{\{resolve:[^}]*\}\}/g) ?? [];
  return { hash: sha256(text), deployTimeValues: [...resolver.parameters, ...unresolved] };
}

/** JSON with sorted keys and without undefined and empty members, so that an omitted property and an empty one have the same hash. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    const entries = Object.entries(part).filter(([, member]) => !isEmpty(member));
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Joins the resolved fragments of a string. Intrinsic functions become JSON. */
const JOIN: ConstructorParameters<typeof DefaultTokenResolver>[0] = {
  join: (left: unknown, right: unknown) => [left, right].map(fragmentText).join(''),
};

function fragmentText(fragment: unknown): string {
  return fragment === undefined ? '' : typeof fragment === 'string' ? fragment : JSON.stringify(fragment);
}

class IdentityResolver extends DefaultTokenResolver {
  public readonly parameters: string[] = [];

  constructor() {
    super(JOIN);
  }

  public override resolveToken(
    token: IResolvable,
    context: IResolveContext,
    postProcessor: Parameters<DefaultTokenResolver['resolveToken']>[2],
  ): unknown {
    if (token instanceof PseudoParameterString) return token.identity(context);
    if (!Reference.isReference(token) || token.displayName.startsWith('AWS::')) {
      return super.resolveToken(token, context, postProcessor);
    }
    if (CfnParameter.isCfnElement(token.target) && token.target instanceof CfnParameter) {
      this.parameters.push(`parameter ${token.target.node.path}`);
    }
    return `<${this.identityOf(token.target, context)}.${token.displayName}>`;
  }

  private identityOf(target: IConstruct, context: IResolveContext): string {
    const structure = structures.get(target);
    if (structure !== undefined) return sha256(canonical(context.resolve(structure())));
    if (!CfnElement.isCfnElement(target)) return target.node.path;
    const owner = Stack.of(target) === Stack.of(context.scope) ? '' : `${Stack.of(target).node.path}/`;
    const physicalName: unknown = context.resolve(nameOf(target));
    return [`${owner}${Stack.of(target).resolve(target.logicalId) as string}`, fragmentText(physicalName)].join(' ');
  }
}

/**
 * The physical name of a resource, if specified: a change of it replaces the resource under the same logical id. The property of
 * an L1 is named after the type (`bucketName` of `AWS::S3::Bucket`).
 */
function nameOf(element: CfnElement): unknown {
  if (!CfnResource.isCfnResource(element)) return undefined;
  const noun = element.cfnResourceType.split('::').pop() ?? '';
  const member = `${noun.charAt(0).toLowerCase()}${noun.slice(1)}Name`;
  return (element as unknown as Record<string, unknown>)[member];
}
