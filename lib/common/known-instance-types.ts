import { isKnown } from '../private/validation';
import limits from '../private/limits.json';
import type { InstanceType } from './instance-type';

/** The instance types that the API model lists for a use. New types appear before this library knows them. */
const KNOWN: Record<'training' | 'transform' | 'endpoint', string[]> = limits.instanceTypes;

/** The id of the warning about instance types that the library does not know. */
export const UNKNOWN_INSTANCE_TYPE = 'cdk-sagemaker-algorithm:unknownInstanceType';

/** A warning that names the instance types that are not known for a use, if there are any. */
export function unknownInstanceTypes(use: keyof typeof KNOWN, types: InstanceType[]): string | undefined {
  const names = types
    .map((type) => type.instanceTypeName)
    .filter((name) => isKnown(name) && !KNOWN[use].includes(name));
  if (names.length === 0) return undefined;
  return `Not known as instance types for ${use} when this version of the library was published: ${names.join(', ')}.`;
}
