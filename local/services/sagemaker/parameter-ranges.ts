import type { ParameterRanges } from '@aws-sdk/client-sagemaker';
import type { Wire } from '../wire/record';

/** The names of the hyperparameters that have ranges. */
export function namesOf(ranges: Wire<ParameterRanges>): string[] {
  return Object.values(ranges)
    .flatMap((list) => (list ?? []) as { Name?: string }[])
    .map(({ Name = '' }) => Name);
}
