import { Annotations, type Duration, aws_ec2 as ec2, type aws_iam as iam, type aws_ssm as ssm } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { checkMaxRuntime, waitTimeOf } from '../common/job-times';
import type { ModelData } from '../common/model-data';
import { TrainingOutput } from '../common/training-output';
import { executionRole } from '../private/execution-role';
import { newArtifactBucket } from '../private/artifact-bucket';
import { JobBase } from '../private/job-base';
import type { JobRequest } from '../private/job-request';
import { JobResource } from '../private/job-resource';
import { UNKNOWN_VALUE, unknownValues, valuesOf } from '../private/known-values';
import { publish } from '../private/parameter';
import { ValidationErrors, isKnown } from '../private/validation';
import { HyperparameterRangeType, renderRanges } from './hyperparameter-range';
import { TrainedModelData } from './trained-model-data';
import { type RenderedTraining, renderTraining } from './training-request';
import { warnAboutTraining } from './training-validation';
import { type TuningDefinition, checkDefinition, maxRuntimeOf, rangesOf } from './tuning-definition';
import { TuningStrategy } from './tuning-strategy';
import type { TuningJobProps } from './tuning-job-props';

/**
 * A hyperparameter tuning job that runs during the deployment of its stack: it runs training jobs in search of the
 * hyperparameters with the best objective metric. It runs when it is added to the stack, and again when its identity changes.
 *
 * The name of the job is generated, since the service limits it to 32 characters.
 *
 * @resource AWS::CloudFormation::CustomResource
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html
 */
export class TuningJob extends JobBase implements ec2.IConnectable, iam.IGrantable {
  /** The name of the tuning job, which is known at deployment. */
  public readonly jobName: string;

  /** The model artifact of the best training job. Resources that use it are created after the end of the tuning job. */
  public readonly bestModelData: ModelData;

  /** The execution role of the training jobs. */
  public readonly role: iam.IRole;

  /** The S3 location and the encryption of the training jobs' artifacts. */
  public readonly output: TrainingOutput;

  /** The network access of the training jobs. */
  public readonly connections: ec2.Connections;

  /** @internal */
  protected readonly _job: JobResource;
  private readonly trained: TrainedModelData;
  private readonly isAwaited: boolean;

  constructor(scope: Construct, id: string, props: TuningJobProps) {
    super(scope, id, 'tuning');
    const maxRuntime = checkTuningJob(this, props);
    const wait = waitTimeOf(props.wait, maxRuntime);
    this.isAwaited = wait !== undefined;
    this.role = executionRole(this, props.role, ['TrainingJobs']);
    this.output = props.output ?? TrainingOutput.toBucket(newArtifactBucket(this), 'tuning');

    const definitions = this.bindDefinitions(props, maxRuntime);
    this.connections = new ec2.Connections({
      securityGroups: definitions.flatMap(({ connections }) => connections?.securityGroups ?? []),
    });
    const config = renderConfig(props, maxRuntime);
    this._job = new JobResource(this, 'Job', {
      kind: 'tuning',
      request: { ...config, ...membersOf(definitions.map(({ request }) => request)) },
      identity: {
        ...withoutMaxRuntime(config),
        ...membersOf(definitions.map(({ identity }) => identity)),
        Revision: props.revision,
      },
      role: this.role,
      wait,
      tags: this.cdkTagManager,
    });
    props.definitions.forEach(({ algorithm }) => algorithm && this._job.startAfter(algorithm));
    this.jobName = this._job.attribute('JobName');
    this.trained = new TrainedModelData({
      job: this,
      output: this.output,
      isAwaited: this.isAwaited,
      ended: this._job.completion,
      modelDataUrl: () => this._job.result(1),
    });
    this.bestModelData = this.trained;
  }

  /**
   * Writes the URI of the model artifact to an SSM parameter, which other stacks read with `ModelData.fromParameter`. Unlike
   * a CloudFormation export, the parameter can change while other stacks use it.
   *
   * @param parameterName the name of the new parameter, for example `/churn/model`
   */
  public publish(parameterName: string): ssm.StringParameter {
    const { modelDataUrl, dependency } = this.trained._reference();
    return publish(this, parameterName, modelDataUrl, dependency);
  }

  public get grantPrincipal(): iam.IPrincipal {
    return this.role.grantPrincipal;
  }

  /** The name of the best training job, which is known at the end of the tuning job. */
  public get bestTrainingJobName(): string {
    if (!this.isAwaited) {
      throw new Error(
        `The best training job of ${this.node.path} must not be used in its stack: with JobWait.none() it is not known when ` +
          'the stack is deployed. Wait for the tuning job.',
      );
    }
    return this._job.result(0);
  }

  private bindDefinitions({ definitions }: TuningJobProps, maxRuntime: Duration): RenderedDefinition[] {
    const isSingle = definitions.length === 1;
    return definitions.map((definition, index) => {
      // Each definition can have its own VPC, and thus its own security group.
      const scope = isSingle ? this : new Construct(this, `Definition${index + 1}`);
      warnAboutTraining(scope, definition);
      const { request, identity, connections } = renderTraining(scope, definition, {
        role: this.role,
        output: this.output,
        maxRuntime: maxRuntimeOf(definition, maxRuntime),
      });
      const tuning = {
        DefinitionName: definition.definitionName,
        TuningObjective: isSingle ? undefined : renderObjective(definition),
        HyperParameterRanges: isSingle ? undefined : renderRanges(rangesOf(definition)),
        StaticHyperParameters: definition.script
          ? { ...definition.script._hyperparameters(this, this.role), ...definition.hyperparameters }
          : definition.hyperparameters,
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

function maxTrainingJobsOf({ strategy, maxTrainingJobs }: TuningJobProps): number | undefined {
  return maxTrainingJobs ?? (strategy === TuningStrategy.GRID ? undefined : 10);
}

type TuningConfig = Omit<JobRequest<'tuning'>, 'TrainingJobDefinition' | 'TrainingJobDefinitions'>;

/** The part of the configuration that belongs to the job identity. As for a training job, the maximum run time does not. */
function withoutMaxRuntime({ HyperParameterTuningJobConfig: config, ...others }: TuningConfig): object {
  const limits = { ...config?.ResourceLimits, MaxRuntimeInSeconds: undefined };
  return { ...others, HyperParameterTuningJobConfig: { ...config, ResourceLimits: limits } };
}

/** Renders the configuration of the tuning job. A single definition has its objective and its ranges here. */
function renderConfig(props: TuningJobProps, maxRuntime: Duration): TuningConfig {
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
 * Validates a tuning job, and returns its maximum run time.
 *
 * @throws an error that lists every invalid property of the tuning job
 */
function checkTuningJob(scope: Construct, props: TuningJobProps): Duration {
  const errors = new ValidationErrors(`Tuning job ${scope.node.path}`);
  errors.requireTypes('TuningJobProps', props);
  const { definitions, maxParallelTrainingJobs = 1 } = props;
  const maxRuntime = checkMaxRuntime(errors, props);
  errors.checkSeconds('maxRuntime', 'HyperParameterTuningMaxRuntimeInSeconds', maxRuntime);
  errors.check('maxTrainingJobs', 'MaxNumberOfTrainingJobs', props.maxTrainingJobs);
  errors.check('maxParallelTrainingJobs', 'MaxParallelTrainingJobs', maxParallelTrainingJobs);
  const maxTrainingJobs = maxTrainingJobsOf(props);
  errors.when(
    isKnown(maxTrainingJobs) && isKnown(maxParallelTrainingJobs) && maxParallelTrainingJobs > maxTrainingJobs,
    `\`maxParallelTrainingJobs\` must be at most \`maxTrainingJobs\`, got ${maxParallelTrainingJobs} and ${maxTrainingJobs}`,
  );
  errors.check('maxTrainingJobsNotImproving', 'MaxNumberOfTrainingJobsNotImproving', props.maxTrainingJobsNotImproving);
  errors.check('randomSeed', 'RandomSeed', props.randomSeed);
  errors.check('definitions', 'HyperParameterTrainingJobDefinitions', definitions);
  checkStrategy(errors, props);
  checkDefinitions(scope, errors, definitions, maxRuntime);
  errors.throwIfAny();
  warnAboutUnknownStrategy(scope, props);
  return maxRuntime;
}

function warnAboutUnknownStrategy(scope: Construct, { strategy = TuningStrategy.BAYESIAN }: TuningJobProps): void {
  const known = valuesOf('HyperParameterTuningJobStrategyType');
  const warning = unknownValues('Tuning strategies', known, [strategy.strategyName]);
  if (warning !== undefined) Annotations.of(scope).addWarningV2(UNKNOWN_VALUE, warning);
}

function checkStrategy(errors: ValidationErrors, props: TuningJobProps): void {
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
  strategy?._check(
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
  definitions.forEach((definition, index) => {
    const definitionErrors = new ValidationErrors('');
    checkDefinition(scope, definitionErrors, definition, maxRuntime);
    definitionErrors.list().forEach((error) => errors.add(`\`definitions[${index}]\`: ${error}`));
  });
}
