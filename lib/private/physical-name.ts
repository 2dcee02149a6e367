import { Lazy, Names, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type Fingerprint, fingerprint } from './fingerprint';
import { addValidation, addWarning } from './rules';
import { type ValidationErrors, isKnown, quote } from './validation';

const HASH_LENGTH = 10;
const MAX_LENGTH = 63;

/** The maximum length of a prefix, to which a hyphen and a hash are added. */
export const MAX_PREFIX_LENGTH = MAX_LENGTH - HASH_LENGTH - 1;

export interface HashedNameOptions {
  /** The name that the user specified, if any. */
  readonly prefix?: string;

  /** The properties of the rendered resource, without its name. */
  readonly structure: () => unknown;
}

/**
 * The name of a resource for which CloudFormation generates no name and that it can only replace: `<prefix>-<hash>`. The hash
 * covers every property whose change replaces the resource, so that the name of a replacement never conflicts with the name of the
 * replaced resource.
 */
export function hashedName(scope: Construct, options: HashedNameOptions): string {
  const prefix = options.prefix ?? Names.uniqueResourceName(scope, { maxLength: MAX_PREFIX_LENGTH, separator: '-' });
  const identity = (): Fingerprint => fingerprint(scope, options.structure());
  const nameOf = ({ hash }: Fingerprint): string => `${prefix}-${hash.slice(0, HASH_LENGTH)}`;
  // The construct tree does not change after validation, so the name is cached from then on: hashing is slow.
  let cached: string | undefined;
  addValidation(scope, 'all-stages', () => {
    const current = identity();
    cached = nameOf(current);
    addDeployTimeWarning(scope, current.deployTimeValues);
    return nameConflict(scope, cached);
  });
  return Lazy.uncachedString({
    produce: ({ preparing }) => {
      if (!preparing) return cached ?? nameOf(identity());
      // At the start of a synthesis, the CDK searches for references. The name can omit them: the resource contains the same ones.
      cached = undefined;
      return prefix;
    },
  });
}

/** A hashed name if the user specified a prefix. Otherwise undefined, so that CloudFormation generates a name. */
export function optionalHashedName(
  scope: Construct,
  prefix: string | undefined,
  structure: () => unknown,
): string | undefined {
  return prefix === undefined ? undefined : hashedName(scope, { prefix, structure });
}

/** Validates the name that the user specified as the prefix of a hashed name. */
export function checkPrefix(
  errors: ValidationErrors,
  property: string,
  prefix: string | undefined,
  maxLength = MAX_PREFIX_LENGTH,
): void {
  errors.check(property, 'EntityName', prefix);
  errors.when(
    isKnown(prefix) && prefix.length > maxLength && prefix.length <= MAX_LENGTH,
    `\`${property}\` must have at most ${maxLength} characters, since a hash of the properties is appended, got ${prefix?.length}: "${prefix}"`,
  );
}

/** Warns about values that are only known at deployment: they cannot be hashed, so the name does not change when they do. */
export function warnAboutDeployTimeValues(scope: Construct, structure: () => unknown): void {
  addValidation(scope, 'all-stages', () => {
    addDeployTimeWarning(scope, fingerprint(scope, structure()).deployTimeValues);
    return [];
  });
}

function addDeployTimeWarning(scope: Construct, deployTimeValues: string[]): void {
  if (deployTimeValues.length === 0) return;
  addWarning(
    scope,
    'all-stages',
    'deployTimeValueInName',
    `The name contains a hash that is computed at synthesis, and ${[...new Set(deployTimeValues)].join(', ')} is only known at ` +
      'deployment. When its value changes, set or change `revision`; otherwise the name of the replacement already exists.',
  );
}

/** Adds a validation error if another resource of the stack has the same type and name. */
export function requireUniqueName(scope: Construct, property: string, name: string): void {
  addValidation(scope, 'all-stages', () => {
    const owner = otherOwner(scope, property, name);
    if (owner === undefined) return [];
    return [
      `\`${property}\` must be unique, regardless of case, got: ${quote(name)}, which is also the name of ${owner}`,
    ];
  });
}

/** The validation error about two resources with equal properties and the same prefix, which would have the same name. */
function nameConflict(scope: Construct, name: string): string[] {
  const owner = otherOwner(scope, scope.constructor.name, name);
  return owner === undefined
    ? []
    : [
        `has the same properties and the same name prefix as ${owner}, so both would have the same name. Specify another name`,
      ];
}

/** The names of each stack, with the construct path of the owner. */
const owners = new WeakMap<Stack, Map<string, string>>();

/** The path of another resource of the same kind with the same name. The service ignores the case of names: their ARNs are in lower case. */
function otherOwner(scope: Construct, kind: string, name: string): string | undefined {
  if (!isKnown(name)) return undefined;
  const stack = Stack.of(scope);
  const names = owners.get(stack) ?? new Map<string, string>();
  owners.set(stack, names);
  const key = `${kind} ${name.toLowerCase()}`;
  const owner = names.get(key) ?? scope.node.path;
  names.set(key, owner);
  return owner === scope.node.path ? undefined : owner;
}
