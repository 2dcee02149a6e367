import { Annotations, Lazy, Names, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type Fingerprint, fingerprint } from './fingerprint';
import { type ValidationErrors, isKnown } from './validation';

const HASH_LENGTH = 10;
const MAX_LENGTH = 63;

/** The longest prefix that leaves room for the hash. */
export const MAX_PREFIX_LENGTH = MAX_LENGTH - HASH_LENGTH - 1;

export interface HashedNameOptions {
  /** The user's own name for the resource, if any. */
  readonly prefix?: string;

  /** The resource as it is rendered, without its name. */
  readonly structure: () => unknown;
}

/** The prefix of a hashed name: the user's, or one derived from the construct's path. */
export function namePrefix(scope: Construct, given: string | undefined, maxLength = MAX_PREFIX_LENGTH): string {
  return given ?? Names.uniqueResourceName(scope, { maxLength, separator: '-' });
}

/**
 * A name for a resource that CloudFormation cannot name and can only replace: `<prefix>-<hash>`, where the hash is over
 * everything that would replace the resource. So a replacement never meets its own name, and no change keeps it.
 */
export function hashedName(scope: Construct, options: HashedNameOptions): string {
  const prefix = namePrefix(scope, options.prefix);
  const identity = (): Fingerprint => fingerprint(scope, options.structure());
  const nameOf = ({ hash }: Fingerprint): string => `${prefix}-${hash.slice(0, HASH_LENGTH)}`;
  // Nothing changes any more when everything is validated, and hashing takes its time.
  let final: string | undefined;
  scope.node.addValidation({
    validate: () => {
      const found = identity();
      final = nameOf(found);
      warnOf(scope, found.deployTimeValues);
      return twins(scope, final);
    },
  });
  return Lazy.uncachedString({
    produce: ({ preparing }) => {
      if (!preparing) return final ?? nameOf(identity());
      // Each synthesis begins with looking for references, and finds in a name none that is not in the resource itself.
      final = undefined;
      return prefix;
    },
  });
}

/** A hashed name where the user wants a name, and none, so that CloudFormation makes one, where not. */
export function replaceableName(
  scope: Construct,
  prefix: string | undefined,
  structure: () => unknown,
): string | undefined {
  return prefix === undefined ? undefined : hashedName(scope, { prefix, structure });
}

/** Checks a name that the user gave as prefix. */
export function checkPrefix(
  errors: ValidationErrors,
  property: string,
  prefix: string | undefined,
  maxLength = MAX_PREFIX_LENGTH,
): void {
  errors.check(property, 'EntityName', prefix);
  errors.when(
    isKnown(prefix) && prefix.length > maxLength && prefix.length <= MAX_LENGTH,
    `\`${property}\` must have at most ${maxLength} characters, since a hash of the definition follows it, got ${prefix?.length}: "${prefix}"`,
  );
}

/** What is known at deployment only cannot be hashed: when it changes, the name does not. */
export function warnOfDeployTimeValues(scope: Construct, structure: () => unknown): void {
  scope.node.addValidation({
    validate: () => {
      warnOf(scope, fingerprint(scope, structure()).deployTimeValues);
      return [];
    },
  });
}

function warnOf(scope: Construct, deployTimeValues: string[]): void {
  if (deployTimeValues.length === 0) return;
  Annotations.of(scope).addWarningV2(
    'cdk-sagemaker-algorithm:deployTimeValueInName',
    `The name is hashed at synthesis, and ${[...new Set(deployTimeValues)].join(', ')} is known at deployment only: ` +
      'when its value changes, set or change `revision`, otherwise the replacement meets the old name.',
  );
}

/** The names that are hashed in a stack, with who has them. */
const owners = new WeakMap<Stack, Map<string, string>>();

/** Two resources of one definition under one prefix would get one name, which is refused. */
function twins(scope: Construct, name: string): string[] {
  const stack = Stack.of(scope);
  const names = owners.get(stack) ?? new Map<string, string>();
  owners.set(stack, names);
  const key = `${scope.constructor.name} ${name}`;
  const owner = names.get(key) ?? scope.node.path;
  names.set(key, owner);
  return owner === scope.node.path
    ? []
    : [`says the same as ${owner} under the same prefix, so that both would get one name. Give it another one`];
}
