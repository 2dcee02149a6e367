import type { ValidationErrors } from '../private/validation';
import type { InstanceType } from './instance-type';

/** Validates that no instance type has local storage, for which SageMaker does not accept a KMS key. */
export function checkVolumeKey(
  errors: ValidationErrors,
  key: { readonly property: string; readonly isSet: boolean },
  types: InstanceType[],
  of = '',
): void {
  const local = types.find(({ hasLocalStorage }) => hasLocalStorage === true);
  errors.when(
    key.isSet && local !== undefined,
    `\`${key.property}\` is not supported for ${local?.instanceTypeName}${of}, whose local storage is encrypted by the hardware`,
  );
}
