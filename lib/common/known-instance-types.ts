import type { Construct } from 'constructs';
import { unknownValues } from '../private/known-values';
import limits from '../private/limits.json';
import { addWarning } from '../private/rules';
import type { InstanceType } from './instance-type';

/** The instance types that the API model lists for each use. New types may be released before this list is updated. */
const KNOWN: Record<'training' | 'transform' | 'processing' | 'endpoint', string[]> = limits.instanceTypes;

/** The id of the warning about unknown instance types. */
const UNKNOWN_INSTANCE_TYPE = 'unknownInstanceType';

/** The warning about instance types that the library does not know for a use. Undefined if it knows all of them. */
export function unknownInstanceTypes(use: keyof typeof KNOWN, types: InstanceType[]): string | undefined {
  const names = types.map((type) => type.instanceTypeName);
  return unknownValues(`Instance types for ${use}`, KNOWN[use], names);
}

/** Warns about instance types that the library does not know for a use. */
export function warnAboutInstanceTypes(scope: Construct, use: keyof typeof KNOWN, types: InstanceType[] = []): void {
  const warning = unknownInstanceTypes(use, types);
  if (warning !== undefined) addWarning(scope, 'all-stages', UNKNOWN_INSTANCE_TYPE, warning);
}
