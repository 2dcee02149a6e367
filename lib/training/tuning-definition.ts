import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Hyperparameter } from '../algorithm/hyperparameter';
import type { Objective } from '../algorithm/objective';
import { definesMetrics, unknownObjective } from '../image/built-in-metrics';
import { SECONDS } from '../private/contract';
import { UNKNOWN_VALUE } from '../private/known-values';
import { addWarning } from '../private/rules';
import { type ValidationErrors, isKnown } from '../private/validation';
import { HyperparameterRange, HyperparameterRangeType } from './hyperparameter-range';
import type { TrainingOptions } from './training-options';
import { checkAlgorithm, checkJobTimes, checkTraining } from './training-validation';

/**
 * A definition of the training jobs that a tuning job runs, with the ranges of the hyperparameters to search.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTrainingJobDefinition.html
 */
export interface TuningDefinition extends TrainingOptions {
  /**
   * The objective metric: one of the objectives in the specification of `algorithm`, one of `metrics`, or a metric that the image
   * of a built-in algorithm defines.
   */
  readonly objective: Objective;

  /**
   * The ranges of the hyperparameters to search. Each must be within the range of a tunable hyperparameter in the
   * specification of `algorithm`, if it has one.
   *
   * @default - the complete ranges of all tunable hyperparameters of the algorithm that are not in `hyperparameters`
   */
  readonly ranges?: HyperparameterRange[];

  /**
   * The name of the definition, 1 to 64 letters, digits and hyphens. Required if the tuning job has several definitions.
   *
   * @default - no name
   */
  readonly definitionName?: string;

  /**
   * The maximum run time of each training job, at most 28 days.
   *
   * @default - `maxWaitTime` if it is set; otherwise the maximum run time of the tuning job, at most 28 days
   */
  readonly maxRuntime?: Duration;
}

/** The service limit of 100, minus the hyperparameter with the name of the objective metric that the service adds. */
const MAX_HYPERPARAMETERS = 99;

const ENVIRONMENT = {
  map: 'HyperParameterTrainingJobEnvironmentMap',
  key: 'HyperParameterTrainingJobEnvironmentKey',
  value: 'HyperParameterTrainingJobEnvironmentValue',
} as const;

/** The maximum run time of the training jobs in a tuning job with a given maximum run time. */
export function maxRuntimeOf({ maxRuntime, maxWaitTime }: TuningDefinition, tuningTime: Duration): Duration {
  const longest = Duration.seconds(SECONDS.maxMaxRuntime);
  const isTooLong = !tuningTime.isUnresolved() && tuningTime.toSeconds({ integral: false }) > SECONDS.maxMaxRuntime;
  return maxRuntime ?? maxWaitTime ?? (isTooLong ? longest : tuningTime);
}

/** The ranges that a definition searches. */
export function rangesOf({ algorithm, ranges, hyperparameters = {} }: TuningDefinition): HyperparameterRange[] {
  if (ranges !== undefined) return ranges;
  const { hyperparameters: declared = [] } = algorithm?.specification ?? {};
  return declared.filter(({ tunable, name }) => tunable && !(name in hyperparameters)).flatMap(completeRange);
}

function completeRange({ name, _tunableRange: range }: Hyperparameter): HyperparameterRange[] {
  if (range === undefined) return [];
  if ('values' in range) return [HyperparameterRange.categorical(name, range.values)];
  return [HyperparameterRange[range.type === 'Integer' ? 'integer' : 'continuous'](name, range)];
}

/** Validates a definition on its own. */
export function checkDefinition(
  scope: Construct,
  errors: ValidationErrors,
  definition: TuningDefinition,
  maxRuntime: Duration,
): void {
  checkTraining(scope, errors, definition, { environment: ENVIRONMENT });
  errors.check('definitionName', 'HyperParameterTrainingJobDefinitionName', definition.definitionName);
  checkJobTimes(errors, maxRuntimeOf(definition, maxRuntime), definition);
  errors.when(
    definition.image?.usesPrivateRegistry === true,
    '`image` must be in Amazon ECR: a private registry is not supported for tuning jobs',
  );
  const { resources } = definition;
  errors.when(
    resources._hasPreferences && resources._hasTrainingPlan,
    '`trainingPlanArn` is not supported for a tuning job with TrainingResources.preferring()',
  );
  if (resources._hasWarmPool) {
    addWarning(
      scope,
      'training-and-tuning',
      'warmPoolOfTuningJob',
      '`keepAlive` has no effect: the service does not keep the instances of a tuning job alive.',
    );
  }
  checkRanges(errors, definition);
  checkObjective(scope, errors, definition);
  checkAlgorithm(errors, {
    ...definition,
    hyperparameters: { ...searchedValues(definition), ...definition.hyperparameters },
  });
}

/**
 * A valid value of each searched hyperparameter, since a range satisfies a required hyperparameter. Invalid ranges are reported
 * by `checkAgainstAlgorithm`.
 */
function searchedValues(definition: TuningDefinition): { [name: string]: string } {
  const declared = definition.algorithm?.specification?.hyperparameters ?? [];
  const pairs = rangesOf(definition).map(({ name, _values: [value] }): [string, string] => [name, value]);
  const isValid = ([name, value]: [string, string]): boolean =>
    declared.some((one) => one.name === name && one._errorOf(value) === undefined);
  return Object.fromEntries(pairs.filter(isValid));
}

function checkRanges(errors: ValidationErrors, definition: TuningDefinition): void {
  const { hyperparameters = {} } = definition;
  const ranges = rangesOf(definition);
  const names = ranges.map(({ name }) => name);
  errors.when(ranges.length === 0, '`ranges` must have at least 1 entry, got 0');
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
    `\`ranges\` and \`hyperparameters\` must have at most ${MAX_HYPERPARAMETERS} entries in total, since the service adds one, ` +
      `got ${names.length + Object.keys(hyperparameters).length}`,
  );
  for (const range of ranges) {
    range._checkRange(errors);
    errors.when(
      range.name in hyperparameters,
      `\`hyperparameters["${range.name}"]\` must not be set: \`ranges\` contains the hyperparameter`,
    );
    checkAgainstAlgorithm(errors, range, definition);
  }
}

function checkAgainstAlgorithm(
  errors: ValidationErrors,
  range: HyperparameterRange,
  { algorithm }: TuningDefinition,
): void {
  if (algorithm?.specification === undefined) return;
  const { hyperparameters = [] } = algorithm.specification;
  const property = `\`ranges["${range.name}"]\``;
  const hyperparameter = hyperparameters.find(({ name }) => name === range.name);
  if (hyperparameter === undefined) {
    const names = hyperparameters.map(({ name }) => name).join(', ');
    errors.add(`${property} is not a hyperparameter of the algorithm (${names || 'none are defined'})`);
    return;
  }
  errors.when(!hyperparameter.tunable, `${property} must be tunable in the specification of the algorithm`);
  const declaredType = hyperparameter._tunableRange?.type;
  errors.when(
    range.rangeType !== HyperparameterRangeType.AUTO &&
      declaredType !== undefined &&
      declaredType !== range.rangeType.valueOf(),
    `${property} must be ${declaredType?.toLowerCase()}, the type that the algorithm declares, got ${range.rangeType.toLowerCase()}`,
  );
  for (const value of range._values) {
    const error = hyperparameter._errorOf(value);
    errors.when(error !== undefined, `${property} ${error}`);
  }
}

function checkObjective(scope: Construct, errors: ValidationErrors, definition: TuningDefinition): void {
  const { algorithm, image, objective, metrics } = definition;
  const { metricName, objectiveType } = objective;
  const specification = algorithm?.specification;
  const objectives = specification?.objectives ?? [];
  errors.when(
    specification !== undefined &&
      !objectives.some((one) => one.metricName === metricName && one.objectiveType === objectiveType),
    `\`objective\` must be an objective of the algorithm (${objectives.map((one) => `${one.objectiveType} ${one.metricName}`).join(', ') || 'none are defined'}), ` +
      `got: ${objectiveType} ${metricName}`,
  );
  if (image === undefined) return;
  const { _providedRepository: repository } = image;
  if (definesMetrics(repository)) {
    const warning = unknownObjective(repository, metricName);
    if (warning !== undefined) addWarning(scope, 'training-and-tuning', UNKNOWN_VALUE, warning);
    return;
  }
  errors.when(
    isKnown(metricName) && !metrics?.some(({ name }) => name === metricName),
    `\`objective\` must name one of \`metrics\` (${metrics?.map(({ name }) => name).join(', ') || 'none are defined'}), got: "${metricName}"`,
  );
}
