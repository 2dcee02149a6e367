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

/** What identifies resources of this library beyond their logical id, by the L1 that others reference. */
const structures = new WeakMap<IConstruct, () => unknown>();

/**
 * Tells what a reference to `resource` stands for: whoever references it changes when this structure does.
 */
export function identifyBy(resource: CfnResource, structure: () => unknown): void {
  structures.set(resource, structure);
}

/** A hash over a structure, and what in it is known at deployment only. */
export interface Fingerprint {
  readonly hash: string;
  readonly deployTimeValues: string[];
}

/**
 * Hashes what a structure says, so that equal hashes mean an equal resource.
 *
 * References are not hashed as the text they render to: `Ref` and `GetAtt` read the same before and after the resource
 * behind them was replaced. They stand for that resource's own identity instead.
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

/** JSON with sorted keys and without what is undefined or empty, so that a default left out hashes like none. */
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

/** Joins resolved fragments of a string; intrinsics become their JSON. */
const JOIN: ConstructorParameters<typeof DefaultTokenResolver>[0] = {
  join: (left: unknown, right: unknown) => [left, right].map(asText).join(''),
};

function asText(fragment: unknown): string {
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
    return [`${owner}${Stack.of(target).resolve(target.logicalId) as string}`, asText(physicalName)].join(' ');
  }
}

/**
 * The physical name that its owner gave a resource: renaming a bucket replaces it under the same logical id. L1s keep
 * the name in the member called after the type (`AWS::S3::Bucket` has a `bucketName`).
 */
function nameOf(element: CfnElement): unknown {
  if (!CfnResource.isCfnResource(element)) return undefined;
  const noun = element.cfnResourceType.split('::').pop() ?? '';
  const member = `${noun.charAt(0).toLowerCase()}${noun.slice(1)}Name`;
  return (element as unknown as Record<string, unknown>)[member];
}
