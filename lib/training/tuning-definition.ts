import { Duration } from 'aws-cdk-lib';
import type { Hyperparameter } from '../algorithm/hyperparameter';
import type { Objective } from '../algorithm/objective';
import { SECONDS } from '../private/contract';
import { type ValidationErrors, isKnown } from '../private/validation';
import { HyperparameterRange, HyperparameterRangeType } from './hyperparameter-range';
import type { TrainingOptions } from './training-options';
import { checkAlgorithm, checkRuntime, checkTraining } from './training-validation';

/**
 * What the training jobs of a tuning job run, and what of it is searched.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTrainingJobDefinition.html
 */
export interface TuningDefinition extends TrainingOptions {
  /** The metric to drive up or down. With an algorithm that is known here, one of its objectives. */
  readonly objective: Objective;

  /**
   * What is searched. With an algorithm that is known here, each range must lie within the one of a tunable
   * hyperparameter.
   *
   * @default - all tunable hyperparameters of the algorithm that `hyperparameters` does not fix, over their whole ranges
   */
  readonly ranges?: HyperparameterRange[];

  /**
   * The name of the definition, 1 to 64 letters, digits and hyphens. Needed where there are several.
   *
   * @default - none
   */
  readonly definitionName?: string;

  /**
   * The longest time that each training job may run, at most 28 days.
   *
   * @default - the time that the tuning job may run, at most 28 days
   */
  readonly maxRuntime?: Duration;
}

/** Static values, searched ones, and the name of the metric that the service adds are at most 100. */
const MAX_HYPERPARAMETERS = 99;

const ENVIRONMENT = {
  map: 'HyperParameterTrainingJobEnvironmentMap',
  key: 'HyperParameterTrainingJobEnvironmentKey',
  value: 'HyperParameterTrainingJobEnvironmentValue',
} as const;

/** The longest time that a training job may run in a tuning job that may run so long. */
export function runtimeOf({ maxRuntime, maxWaitTime }: TuningDefinition, whole: Duration): Duration {
  const longest = Duration.seconds(SECONDS.maxMaxRuntime);
  const otherwise = !whole.isUnresolved() && whole.toSeconds() > SECONDS.maxMaxRuntime ? longest : whole;
  return maxRuntime ?? maxWaitTime ?? otherwise;
}

/** What a definition searches. */
export function rangesOf({ algorithm, ranges, hyperparameters = {} }: TuningDefinition): HyperparameterRange[] {
  if (ranges !== undefined) return ranges;
  const { hyperparameters: known = [] } = algorithm?.specification ?? {};
  return known.filter(({ tunable, name }) => tunable && !(name in hyperparameters)).flatMap(wholeRange);
}

function wholeRange({ name, _range: range }: Hyperparameter): HyperparameterRange[] {
  if (range === undefined) return [];
  if ('values' in range) return [HyperparameterRange.categorical(name, range.values)];
  return [HyperparameterRange[range.type === 'Integer' ? 'integer' : 'continuous'](name, range)];
}

/** Checks a definition on its own. */
export function checkDefinition(errors: ValidationErrors, definition: TuningDefinition, maxRuntime: Duration): void {
  checkTraining(errors, definition, { environment: ENVIRONMENT });
  errors.check('definitionName', 'HyperParameterTrainingJobDefinitionName', definition.definitionName);
  checkRuntime(errors, runtimeOf(definition, maxRuntime), definition.maxWaitTime);
  errors.when(
    definition.image?.usesPrivateRegistry === true,
    '`image` must be in Amazon ECR: tuning jobs cannot pull from a private registry, as training jobs can',
  );
  checkRanges(errors, definition);
  checkObjective(errors, definition);
  checkAlgorithm(errors, {
    ...definition,
    hyperparameters: { ...searched(definition), ...definition.hyperparameters },
  });
}

/** A required hyperparameter may be searched instead of given. What is wrong with a range is told of the range. */
function searched(definition: TuningDefinition): { [name: string]: string } {
  const known = definition.algorithm?.specification?.hyperparameters ?? [];
  const pairs = rangesOf(definition).map(({ name, _values: [value] }): [string, string] => [name, value]);
  const isFine = ([name, value]: [string, string]): boolean =>
    known.some((one) => one.name === name && one._errorOf(value) === undefined);
  return Object.fromEntries(pairs.filter(isFine));
}

function checkRanges(errors: ValidationErrors, definition: TuningDefinition): void {
  const { hyperparameters = {} } = definition;
  const ranges = rangesOf(definition);
  const names = ranges.map(({ name }) => name);
  errors.when(ranges.length === 0, '`ranges` must have at least 1 entry: there is nothing to search');
  errors.checkUnique('ranges', names);
  for (const [type, shape] of [
    [HyperparameterRangeType.INTEGER, 'IntegerParameterRanges'],
    [HyperparameterRangeType.CONTINUOUS, 'ContinuousParameterRanges'],
    [HyperparameterRangeType.CATEGORICAL, 'CategoricalParameterRanges'],
    [HyperparameterRangeType.AUTO, 'AutoParameters'],
  ] as const) {
    errors.check(
      `ranges of type ${type}`,
      shape,
      ranges.filter(({ rangeType }) => rangeType === type),
    );
  }
  errors.when(
    names.length + Object.keys(hyperparameters).length > MAX_HYPERPARAMETERS,
    `\`ranges\` and \`hyperparameters\` must have at most ${MAX_HYPERPARAMETERS} entries together: the service adds one, ` +
      `got ${names.length + Object.keys(hyperparameters).length}`,
  );
  for (const range of ranges) {
    range._check(errors);
    errors.when(
      range.name in hyperparameters,
      `\`hyperparameters["${range.name}"]\` is searched by \`ranges\`, and can have no value of its own`,
    );
    checkWithin(errors, range, definition);
  }
}

function checkWithin(errors: ValidationErrors, range: HyperparameterRange, { algorithm }: TuningDefinition): void {
  const known = algorithm?.specification?.hyperparameters;
  if (algorithm?.specification === undefined) return;
  const property = `\`ranges["${range.name}"]\``;
  const hyperparameter = known?.find(({ name }) => name === range.name);
  if (hyperparameter === undefined) {
    const names = known?.map(({ name }) => name).join(', ');
    errors.add(`${property} is not known to the algorithm, which knows ${names || 'none'}`);
    return;
  }
  errors.when(!hyperparameter.tunable, `${property} is not tunable in the algorithm`);
  const declared = hyperparameter._range?.type;
  errors.when(
    range.rangeType !== HyperparameterRangeType.AUTO &&
      declared !== undefined &&
      declared !== range.rangeType.valueOf(),
    `${property} must be ${declared?.toLowerCase()}, as the algorithm declares it, got ${range.rangeType.toLowerCase()}`,
  );
  for (const value of range._values) {
    const error = hyperparameter._errorOf(value);
    errors.when(error !== undefined, `${property} ${error}`);
  }
}

function checkObjective(errors: ValidationErrors, { algorithm, objective, metrics }: TuningDefinition): void {
  const { metricName, objectiveType } = objective;
  const specification = algorithm?.specification;
  const known = specification?.objectives ?? [];
  errors.when(
    specification !== undefined &&
      !known.some((one) => one.metricName === metricName && one.objectiveType === objectiveType),
    `\`objective\` must be one of the algorithm's (${known.map((one) => `${one.objectiveType} ${one.metricName}`).join(', ') || 'there is none'}), ` +
      `got: ${objectiveType} ${metricName}`,
  );
  errors.when(
    algorithm === undefined && isKnown(metricName) && !metrics?.some(({ name }) => name === metricName),
    `\`objective\` must name one of \`metrics\` (${metrics?.map(({ name }) => name).join(', ') || 'none is defined'}), got: "${metricName}"`,
  );
}
