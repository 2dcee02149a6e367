import type { HyperParameterSpecification, ParameterRange } from '@aws-sdk/client-sagemaker';
import { validationError } from '../../../aws-model/service-error';
import type { Wire } from '../../wire/record';

type Specification = Wire<HyperParameterSpecification>;

/** A hyperparameter that SageMaker adds to the training jobs of a tuning job. */
export const TUNING_OBJECTIVE = '_tuning_objective_metric';

/** Validates the hyperparameters of a job against those of its algorithm, and adds the defaults. */
export function completeHyperparameters(
  specifications: Specification[],
  given: Record<string, string>,
): Record<string, string> {
  const unknown = Object.keys(given).filter(
    (name) => name !== TUNING_OBJECTIVE && !specifications.some(({ Name }) => Name === name),
  );
  if (unknown.length > 0) throw validationError(`Hyperparameters unknown to the algorithm: ${unknown.join(', ')}`);
  const { [TUNING_OBJECTIVE]: objective } = given;
  const complete: Record<string, string> = objective === undefined ? {} : { [TUNING_OBJECTIVE]: objective };
  for (const specification of specifications) {
    const { Name = '', DefaultValue, IsRequired } = specification;
    const value = given[Name] ?? DefaultValue;
    if (value === undefined) {
      if (IsRequired === true) throw validationError(`Required hyperparameter ${Name} is missing`);
      continue;
    }
    if (!isAllowed(specification, value)) {
      throw validationError(`Value "${value}" of hyperparameter ${Name} is not allowed by the algorithm`);
    }
    complete[Name] = value;
  }
  return complete;
}

function isAllowed({ Type, Range }: Specification, value: string): boolean {
  const isNumber = value.trim() !== '' && Number.isFinite(Number(value));
  if ((Type === 'Integer' || Type === 'Continuous') && !isNumber) return false;
  if (Type === 'Integer' && !Number.isInteger(Number(value))) return false;
  return isInRange(Range, value);
}

function isInRange(range: Wire<ParameterRange> | undefined, value: string): boolean {
  const { MinValue, MaxValue } =
    range?.IntegerParameterRangeSpecification ?? range?.ContinuousParameterRangeSpecification ?? {};
  const isOutside = Number(value) < Number(MinValue) || Number(value) > Number(MaxValue);
  const { Values: values } = range?.CategoricalParameterRangeSpecification ?? {};
  return !isOutside && (values === undefined || values.includes(value));
}
