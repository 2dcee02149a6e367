import { type Duration, aws_ec2 as ec2, type aws_iam as iam } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { checkMaxRuntime } from '../common/job-times';
import type { JobWait } from '../common/job-wait';
import type { TrainingOutput } from '../common/training-output';
import type { JobRequest } from '../private/job-request';
import { UNKNOWN_VALUE, unknownValues, valuesOf } from '../private/known-values';
import { addWarning } from '../private/rules';
import { sortedMap } from '../private/sorted-entries';
import { type ValidationErrors, isKnown } from '../private/validation';
import { HyperparameterRangeType, renderRanges } from './hyperparameter-range';
import { type RenderedTraining, renderTraining } from './training-request';
import { warnAboutTraining } from './training-validation';
import { type TuningDefinition, checkDefinition, maxRuntimeOf, rangesOf } from './tuning-definition';
import type { TuningJobDefinition } from './tuning-job-props';
import { TuningStrategy } from './tuning-strategy';

/** The context in which a tuning job is rendered. */
interface TuningContext {
  readonly role: iam.IRole;
  readonly output: TrainingOutput;
  readonly maxRuntime: Duration;
}

/** The request that creates a tuning job, and the part of it that forms the job identity. */
export interface RenderedTuningJob {
  readonly request: JobRequest<'tuning'>;
  readonly identity: object;
  readonly connections: ec2.Connections;
}

/** Renders a tuning job, and grants its role the permissions of the training jobs. */
export function renderTuningJob(
  scope: Construct,
  definition: TuningJobDefinition,
  context: TuningContext,
): RenderedTuningJob {
  const definitions = renderDefinitions(scope, definition, context);
  const config = renderConfig(definition, context.maxRuntime);
  return {
    request: { ...config, ...membersOf(definitions.map(({ request }) => request)) },
    identity: { ...withoutMaxRuntime(config), ...membersOf(definitions.map(({ identity }) => identity)) },
    connections: new ec2.Connections({
      securityGroups: definitions.flatMap(({ connections }) => connections?.securityGroups ?? []),
    }),
  };
}

function renderDefinitions(
  job: Construct,
  { definitions }: TuningJobDefinition,
  { role, output, maxRuntime }: TuningContext,
): RenderedDefinition[] {
  const isSingle = definitions.length === 1;
  return definitions.map((definition, index) => {
    // Each definition can have its own VPC, and thus its own security group.
    const scope = isSingle ? job : new Construct(job, `Definition${index + 1}`);
    warnAboutTraining(scope, definition);
    const { request, identity, connections } = renderTraining(scope, definition, {
      role,
      output,
      maxRuntime: maxRuntimeOf(definition, maxRuntime),
    });
    const tuning = {
      DefinitionName: definition.definitionName,
      TuningObjective: isSingle ? undefined : renderObjective(definition),
      HyperParameterRanges: isSingle ? undefined : renderRanges(rangesOf(definition)),
      StaticHyperParameters: sortedMap(
        definition.script
          ? { ...definition.script._hyperparameters(job, role), ...definition.hyperparameters }
          : definition.hyperparameters,
      ),
    };
    // Only training jobs support private registries; checkDefinition rejects such an image.
    const { AlgorithmSpecification: source, ResourceConfig = {}, ...others } = request;
    const { TrainingImageConfig, ...AlgorithmSpecification } = source;
    const resources = definition.resources._renderForTuning(ResourceConfig);
    return {
      request: { ...tuning, ...others, ...resources, AlgorithmSpecification },
      identity: { ...tuning, ...identity },
      connections,
    };
  });
}

interface RenderedDefinition extends Omit<RenderedTraining, 'request'> {
  readonly request: TuningDefinitionRequest;
}

type TuningDefinitionRequest = NonNullable<JobRequest<'tuning'>['TrainingJobDefinition']>;

/** The API has one member for a single definition, and another one for several. */
function membersOf<T>(definitions: T[]): { TrainingJobDefinition: T } | { TrainingJobDefinitions: T[] } {
  return definitions.length === 1 ? { TrainingJobDefinition: definitions[0] } : { TrainingJobDefinitions: definitions };
}

function renderObjective({ objective }: TuningDefinition): TuningDefinitionRequest['TuningObjective'] {
  return { Type: objective.objectiveType, MetricName: objective.metricName };
}

function maxTrainingJobsOf({ strategy, maxTrainingJobs }: TuningJobDefinition): number | undefined {
  return maxTrainingJobs ?? (strategy === TuningStrategy.GRID ? undefined : 10);
}

type TuningConfig = Omit<JobRequest<'tuning'>, 'TrainingJobDefinition' | 'TrainingJobDefinitions'>;

/** The part of the configuration that belongs to the job identity. As for a training job, the maximum run time does not. */
function withoutMaxRuntime({ HyperParameterTuningJobConfig: config, ...others }: TuningConfig): object {
  const limits = { ...config?.ResourceLimits, MaxRuntimeInSeconds: undefined };
  return { ...others, HyperParameterTuningJobConfig: { ...config, ResourceLimits: limits } };
}

/** Renders the configuration of the tuning job. A single definition has its objective and its ranges here. */
function renderConfig(props: TuningJobDefinition, maxRuntime: Duration): TuningConfig {
  const { definitions, strategy = TuningStrategy.BAYESIAN, earlyStopping, warmStart, autotune, randomSeed } = props;
  const { targetObjectiveValue, maxTrainingJobsNotImproving, completeOnConvergence } = props;
  const single = definitions.length === 1 ? definitions[0] : undefined;
  const criteria = {
    TargetObjectiveMetricValue: targetObjectiveValue,
    BestObjectiveNotImproving:
      maxTrainingJobsNotImproving === undefined
        ? undefined
        : { MaxNumberOfTrainingJobsNotImproving: maxTrainingJobsNotImproving },
    ConvergenceDetected: completeOnConvergence === true ? { CompleteOnConvergence: 'Enabled' } : undefined,
  };
  return {
    HyperParameterTuningJobConfig: {
      ...strategy._render(),
      HyperParameterTuningJobObjective: single && renderObjective(single),
      ResourceLimits: {
        MaxNumberOfTrainingJobs: maxTrainingJobsOf(props),
        MaxParallelTrainingJobs: props.maxParallelTrainingJobs ?? 1,
        MaxRuntimeInSeconds: maxRuntime.toSeconds(),
      },
      ParameterRanges: single && renderRanges(rangesOf(single)),
      TrainingJobEarlyStoppingType: earlyStopping === true ? 'Auto' : 'Off',
      TuningJobCompletionCriteria: Object.values(criteria).some((criterion) => criterion !== undefined)
        ? criteria
        : undefined,
      RandomSeed: randomSeed,
    },
    WarmStartConfig: warmStart?._render(),
    Autotune: autotune === true ? { Mode: 'Enabled' } : undefined,
  };
}

/**
 * Validates the definition of a tuning job, and returns its maximum run time.
 *
 * @param wait whether a deployment waits for the job
 */
export function checkTuningJob(
  scope: Construct,
  errors: ValidationErrors,
  definition: TuningJobDefinition,
  wait?: JobWait,
): Duration {
  const { definitions, maxParallelTrainingJobs = 1 } = definition;
  const maxRuntime = checkMaxRuntime(errors, { maxRuntime: definition.maxRuntime, wait });
  errors.checkSeconds('maxRuntime', 'HyperParameterTuningMaxRuntimeInSeconds', maxRuntime);
  errors.check('maxTrainingJobs', 'MaxNumberOfTrainingJobs', definition.maxTrainingJobs);
  errors.check('maxParallelTrainingJobs', 'MaxParallelTrainingJobs', maxParallelTrainingJobs);
  const maxTrainingJobs = maxTrainingJobsOf(definition);
  errors.when(
    isKnown(maxTrainingJobs) && isKnown(maxParallelTrainingJobs) && maxParallelTrainingJobs > maxTrainingJobs,
    `\`maxParallelTrainingJobs\` must be at most \`maxTrainingJobs\`, got ${maxParallelTrainingJobs} and ${maxTrainingJobs}`,
  );
  errors.check(
    'maxTrainingJobsNotImproving',
    'MaxNumberOfTrainingJobsNotImproving',
    definition.maxTrainingJobsNotImproving,
  );
  errors.check('randomSeed', 'RandomSeed', definition.randomSeed);
  errors.check('definitions', 'HyperParameterTrainingJobDefinitions', definitions);
  checkStrategy(errors, definition);
  checkDefinitions(scope, errors, definitions, maxRuntime);
  return maxRuntime;
}

/** Adds the warning about a strategy that is newer than this library. */
export function warnAboutUnknownStrategy(
  scope: Construct,
  { strategy = TuningStrategy.BAYESIAN }: TuningJobDefinition,
): void {
  const known = valuesOf('HyperParameterTuningJobStrategyType');
  const warning = unknownValues('Tuning strategies', known, [strategy.strategyName]);
  if (warning !== undefined) addWarning(scope, 'training-and-tuning', UNKNOWN_VALUE, warning);
}

function checkStrategy(errors: ValidationErrors, props: TuningJobDefinition): void {
  const { strategy, definitions, earlyStopping, maxTrainingJobs, autotune } = props;
  const types = definitions.flatMap((definition) => rangesOf(definition).map(({ rangeType }) => rangeType));
  errors.when(
    strategy === TuningStrategy.GRID && types.some((type) => type !== HyperparameterRangeType.CATEGORICAL),
    '`ranges` must all be categorical with `strategy` GRID, which tries all combinations',
  );
  errors.when(
    strategy === TuningStrategy.GRID && maxTrainingJobs !== undefined,
    '`maxTrainingJobs` must not be set with `strategy` GRID: the ranges determine the number of training jobs',
  );
  errors.when(
    strategy?.strategyName === 'Hyperband' && earlyStopping === true,
    '`earlyStopping` must not be set with Hyperband, which has its own early stopping',
  );
  strategy?._checkHyperparameters(
    errors,
    definitions.map(({ hyperparameters = {} }) => hyperparameters),
  );
  errors.when(
    types.includes(HyperparameterRangeType.AUTO) && autotune !== true,
    '`ranges` with HyperparameterRange.auto() require `autotune: true`',
  );
}

function checkDefinitions(
  scope: Construct,
  errors: ValidationErrors,
  definitions: TuningDefinition[],
  maxRuntime: Duration,
): void {
  const names = definitions.map(({ definitionName }) => definitionName ?? '');
  if (definitions.length > 1) {
    errors.when(names.includes(''), '`definitions` must each have a `definitionName` if there are several');
    errors.checkUnique(
      'definitions',
      names.filter((name) => name !== ''),
    );
  }
  const variables = definitions.flatMap(({ environment }) => Object.keys(environment ?? {}));
  errors.check('environment of all definitions', 'HyperParameterTrainingJobEnvironmentMap', variables);
  definitions.forEach((definition, index) =>
    errors.within(`definitions[${index}]`, (inner) => checkDefinition(scope, inner, definition, maxRuntime)),
  );
}
