import { type Duration, aws_ec2 as ec2, type aws_iam as iam, type aws_ssm as ssm } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { ModelData } from '../common/model-data';
import { TrainingOutput } from '../common/training-output';
import { executionRole } from '../private/execution-role';
import { JobBase } from '../private/job-base';
import type { JobRequest } from '../private/job-request';
import { JobResource } from '../private/job-resource';
import { publish } from '../private/parameter';
import { ValidationErrors, isKnown } from '../private/validation';
import { HyperparameterRangeType, renderRanges } from './hyperparameter-range';
import { TrainedModelData } from './trained-model-data';
import { type RenderedTraining, renderTraining } from './training-request';
import { checkTimes, waitFor, warnOfUnknownInstanceTypes } from './training-validation';
import { type TuningDefinition, checkDefinition, rangesOf, runtimeOf } from './tuning-definition';
import { TuningStrategy } from './tuning-strategy';
import type { TuningJobProps } from './tuning-job-props';

/**
 * A hyperparameter tuning job that belongs to a stack: it trains again and again, and finds the values that are best by
 * the objective. It runs when it is new, and again when something that decides its result has changed.
 *
 * Its name cannot be chosen: 32 characters are all that the service allows.
 *
 * @resource AWS::CloudFormation::CustomResource
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html
 */
export class TuningJob extends JobBase implements ec2.IConnectable, iam.IGrantable {
  /** The name that the job gets at deployment. */
  public readonly jobName: string;

  /** The model of the best training job. Whoever uses it waits for the tuning job. */
  public readonly bestModelData: ModelData;

  /** The role that the containers run with. */
  public readonly role: iam.IRole;

  /** Where the training jobs put what they make. */
  public readonly output: TrainingOutput;

  /** The network access of the training jobs. */
  public readonly connections: ec2.Connections;

  /** @internal */
  protected readonly _job: JobResource;
  private readonly trained: TrainedModelData;
  private readonly isWaitedFor: boolean;

  constructor(scope: Construct, id: string, props: TuningJobProps) {
    super(scope, id, 'tuning');
    const maxRuntime = checkTuningJob(this, props);
    const wait = waitFor(props.wait, maxRuntime);
    this.isWaitedFor = wait !== undefined;
    this.role = executionRole(this, props.role, ['TrainingJobs']);
    this.output = props.output ?? TrainingOutput.toBucket(this._newArtifactBucket(), 'tuning');

    const definitions = this.bindDefinitions(props, maxRuntime);
    this.connections = new ec2.Connections({
      securityGroups: definitions.flatMap(({ connections }) => connections?.securityGroups ?? []),
    });
    const config = renderConfig(props, maxRuntime);
    this._job = new JobResource(this, 'Job', {
      kind: 'tuning',
      request: { ...config, ...listed(definitions.map(({ request }) => request)) },
      identity: { ...config, ...listed(definitions.map(({ identity }) => identity)), Revision: props.revision },
      role: this.role,
      wait,
      tags: this.cdkTagManager,
    });
    props.definitions.forEach(({ algorithm }) => algorithm && this._job.startAfter(algorithm));
    this.jobName = this._job.attribute('JobName');
    this.trained = new TrainedModelData({
      job: this,
      output: this.output,
      isWaitedFor: this.isWaitedFor,
      ended: this._job.ended,
      modelDataUrl: () => this._job.result(1),
    });
    this.bestModelData = this.trained;
  }

  /**
   * Makes the model known to other stacks, as text in a parameter: where its data is. An export could not change while it is
   * used. The other stack reads it with `ModelData.fromParameter`.
   *
   * @param parameterName the parameter to write, for example `/churn/model`
   */
  public publish(parameterName: string): ssm.StringParameter {
    const { modelDataUrl, dependency } = this.trained._reference();
    return publish(this, parameterName, modelDataUrl, dependency);
  }

  public get grantPrincipal(): iam.IPrincipal {
    return this.role.grantPrincipal;
  }

  /** The name of the best training job, which is known when the tuning job is over. */
  public get bestTrainingJobName(): string {
    if (!this.isWaitedFor) {
      throw new Error(
        `The best training job of ${this.node.path} cannot be used in its stack: with JobWait.none() it is not known when ` +
          'the stack is deployed. Wait for the job.',
      );
    }
    return this._job.result(0);
  }

  private bindDefinitions({ definitions }: TuningJobProps, maxRuntime: Duration): RenderedDefinition[] {
    const isOne = definitions.length === 1;
    return definitions.map((definition, index) => {
      // Each may have a network, and so a security group, of its own.
      const scope = isOne ? this : new Construct(this, `Definition${index + 1}`);
      warnOfUnknownInstanceTypes(scope, definition);
      const { request, identity, connections } = renderTraining(scope, definition, {
        role: this.role,
        output: this.output,
        maxRuntime: runtimeOf(definition, maxRuntime),
      });
      const own = {
        DefinitionName: definition.definitionName,
        TuningObjective: isOne ? undefined : renderObjective(definition),
        HyperParameterRanges: isOne ? undefined : renderRanges(rangesOf(definition)),
        StaticHyperParameters: definition.script
          ? { ...definition.script._hyperparameters(this, this.role), ...definition.hyperparameters }
          : definition.hyperparameters,
      };
      // Tuning jobs take images from Amazon ECR only, which was checked.
      const { TrainingImageConfig, ...AlgorithmSpecification } = request.AlgorithmSpecification;
      return {
        request: { ...own, ...request, AlgorithmSpecification },
        identity: { ...own, ...identity },
        connections,
      };
    });
  }
}

interface RenderedDefinition extends Omit<RenderedTraining, 'request'> {
  readonly request: TuningDefinitionRequest;
}

type TuningDefinitionRequest = NonNullable<JobRequest<'tuning'>['TrainingJobDefinition']>;

/** The only definition is a member of its own. */
function listed<T>(definitions: T[]): { TrainingJobDefinition: T } | { TrainingJobDefinitions: T[] } {
  return definitions.length === 1 ? { TrainingJobDefinition: definitions[0] } : { TrainingJobDefinitions: definitions };
}

function renderObjective({ objective }: TuningDefinition): TuningDefinitionRequest['TuningObjective'] {
  return { Type: objective.objectiveType, MetricName: objective.metricName };
}

function maxTrainingJobsOf({ strategy, maxTrainingJobs }: TuningJobProps): number | undefined {
  return maxTrainingJobs ?? (strategy === TuningStrategy.GRID ? undefined : 10);
}

/** All that is said of the tuning job as a whole. The only definition says its objective and its ranges here. */
function renderConfig(
  props: TuningJobProps,
  maxRuntime: Duration,
): Omit<JobRequest<'tuning'>, 'TrainingJobDefinition' | 'TrainingJobDefinitions'> {
  const { definitions, strategy = TuningStrategy.BAYESIAN, earlyStopping, warmStart, autotune, randomSeed } = props;
  const { targetObjectiveValue, maxTrainingJobsNotImproving, completeOnConvergence } = props;
  const only = definitions.length === 1 ? definitions[0] : undefined;
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
      HyperParameterTuningJobObjective: only && renderObjective(only),
      ResourceLimits: {
        MaxNumberOfTrainingJobs: maxTrainingJobsOf(props),
        MaxParallelTrainingJobs: props.maxParallelTrainingJobs ?? 1,
        MaxRuntimeInSeconds: maxRuntime.toSeconds(),
      },
      ParameterRanges: only && renderRanges(rangesOf(only)),
      TrainingJobEarlyStoppingType: earlyStopping === true ? 'Auto' : 'Off',
      TuningJobCompletionCriteria: Object.values(criteria).some((one) => one !== undefined) ? criteria : undefined,
      RandomSeed: randomSeed,
    },
    WarmStartConfig: warmStart?._render(),
    Autotune: autotune === true ? { Mode: 'Enabled' } : undefined,
  };
}

/**
 * The time that the job may run.
 *
 * @throws one error that lists all that is wrong with the definition of a tuning job
 */
function checkTuningJob(scope: Construct, props: TuningJobProps): Duration {
  const errors = new ValidationErrors(`Tuning job ${scope.node.path}`);
  const { definitions, maxParallelTrainingJobs = 1 } = props;
  const maxRuntime = checkTimes(errors, props);
  errors.check('maxRuntime', 'HyperParameterTuningMaxRuntimeInSeconds', maxRuntime.toSeconds());
  errors.check('maxTrainingJobs', 'MaxNumberOfTrainingJobs', props.maxTrainingJobs);
  errors.check('maxParallelTrainingJobs', 'MaxParallelTrainingJobs', maxParallelTrainingJobs);
  const most = maxTrainingJobsOf(props);
  errors.when(
    isKnown(most) && isKnown(maxParallelTrainingJobs) && maxParallelTrainingJobs > most,
    `\`maxParallelTrainingJobs\` must be at most \`maxTrainingJobs\`, got ${maxParallelTrainingJobs} and ${most}`,
  );
  errors.check('maxTrainingJobsNotImproving', 'MaxNumberOfTrainingJobsNotImproving', props.maxTrainingJobsNotImproving);
  errors.check('randomSeed', 'RandomSeed', props.randomSeed);
  errors.check('definitions', 'HyperParameterTrainingJobDefinitions', definitions);
  checkStrategy(errors, props);
  checkDefinitions(errors, definitions, maxRuntime);
  errors.throwIfAny();
  return maxRuntime;
}

function checkStrategy(errors: ValidationErrors, props: TuningJobProps): void {
  const { strategy, definitions, earlyStopping, maxTrainingJobs, autotune } = props;
  const types = definitions.flatMap((definition) => rangesOf(definition).map(({ rangeType }) => rangeType));
  errors.when(
    strategy === TuningStrategy.GRID && types.some((type) => type !== HyperparameterRangeType.CATEGORICAL),
    '`strategy` GRID tries all combinations: every range must be categorical',
  );
  errors.when(
    strategy === TuningStrategy.GRID && maxTrainingJobs !== undefined,
    '`maxTrainingJobs` is decided by the ranges with `strategy` GRID, and must not be given',
  );
  errors.when(
    strategy?.strategyName === 'Hyperband' && earlyStopping === true,
    '`earlyStopping` must not be set with Hyperband, which stops training jobs itself',
  );
  errors.when(
    types.includes(HyperparameterRangeType.AUTO) && autotune !== true,
    '`ranges` with HyperparameterRange.auto() need `autotune`',
  );
}

function checkDefinitions(errors: ValidationErrors, definitions: TuningDefinition[], maxRuntime: Duration): void {
  const names = definitions.map(({ definitionName }) => definitionName ?? '');
  if (definitions.length > 1) {
    errors.when(names.includes(''), '`definitions` must each have a `definitionName` where there are several');
    errors.checkUnique(
      'definitions',
      names.filter((name) => name !== ''),
    );
  }
  const variables = definitions.flatMap(({ environment }) => Object.keys(environment ?? {}));
  errors.check('environment of all definitions', 'HyperParameterTrainingJobEnvironmentMap', variables);
  definitions.forEach((definition, index) => {
    const own = new ValidationErrors('');
    checkDefinition(own, definition, maxRuntime);
    own.list().forEach((error) => errors.add(`\`definitions[${index}]\`: ${error}`));
  });
}
