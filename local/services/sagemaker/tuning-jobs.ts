import type { Context } from '../context';
import type { Store } from '../store';
import type { Operations } from '../wire/json';
import { now } from '../wire/record';
import { ServiceError, validationError } from '../wire/service-error';
import type { Algorithms } from './algorithms';
import { page } from './page';
import { namesOf } from './search';
import type { Tags } from './tags';
import type { TrainingJob, TrainingJobs } from './training-jobs';
import {
  type Definition,
  type TuningInput,
  type TuningJob,
  definitionsOf,
  isBetter,
  limitOf,
  objectiveOf,
  rangesOf,
  trialOf,
} from './trials';

interface Named {
  readonly HyperParameterTuningJobName: string;
}

/** A training job of a tuning job, with what it was to reach. */
interface Trial {
  readonly job: TrainingJob;
  readonly definition: Definition;
  readonly objective?: number;
}

/** As many failures without one success show that there is nothing to search. */
const HOPELESS = 5;
const ACTIVE = ['InProgress', 'Stopping'];

interface Services {
  readonly context: Context;
  readonly tags: Tags;
  readonly algorithms: Algorithms;
  readonly trainingJobs: TrainingJobs;
}

/**
 * Tuning jobs: real training jobs, with hyperparameters from the ranges. What is to be done next always follows from the
 * records of the trials, so that it does not matter when the service was last started.
 */
export class TuningJobs {
  public readonly operations: Operations;
  private readonly store: Store<TuningJob>;

  constructor(private readonly services: Services) {
    this.store = services.context.store<TuningJob>('tuning-jobs');
    this.operations = {
      CreateHyperParameterTuningJob: (input: TuningInput) => ({
        HyperParameterTuningJobArn: this.create(input).HyperParameterTuningJobArn,
      }),
      DescribeHyperParameterTuningJob: ({ HyperParameterTuningJobName: name }: Named) =>
        this.described(this.existing(name)),
      StopHyperParameterTuningJob: ({ HyperParameterTuningJobName: name }: Named) => this.stop(name),
      DeleteHyperParameterTuningJob: ({ HyperParameterTuningJobName: name }: Named) => this.delete(name),
      ListHyperParameterTuningJobs: (query: object) => {
        const { items, NextToken } = page(
          this.store.list(),
          query,
          ({ HyperParameterTuningJobName: name }) => name,
          ({ HyperParameterTuningJobStatus: status }) => status,
        );
        return {
          HyperParameterTuningJobSummaries: items.map((job) => this.summary(job)),
          NextToken,
        };
      },
      ListTrainingJobsForHyperParameterTuningJob: ({ HyperParameterTuningJobName: name, ...query }: Named) => {
        const trials = this.trials(this.existing(name)).map((trial) => this.trialSummary(name, trial));
        const { items, NextToken } = page(
          trials,
          query,
          ({ TrainingJobName }) => TrainingJobName,
          ({ TrainingJobStatus }) => TrainingJobStatus,
        );
        return { TrainingJobSummaries: items, NextToken };
      },
    };
  }

  /** Starts and stops trials as their records ask for; called when one of them has ended. */
  public advance(): void {
    this.store.list().forEach((job) => this.advanceOne(job));
  }

  private existing(name: string): TuningJob {
    const job = this.store.get(name);
    if (job === undefined) {
      throw new ServiceError('ResourceNotFound', `Amazon SageMaker can't find a tuning job with the name "${name}".`);
    }
    return job;
  }

  private create({ Tags: tags, ...input }: TuningInput): TuningJob {
    const name = input.HyperParameterTuningJobName ?? '';
    if (this.store.get(name) !== undefined) {
      throw new ServiceError('ResourceInUse', `A tuning job with the name "${name}" exists already.`);
    }
    const HyperParameterTuningJobArn = this.services.context.arn(
      'sagemaker',
      `hyper-parameter-tuning-job/${name.toLowerCase()}`,
    );
    const job: TuningJob = {
      ...input,
      HyperParameterTuningJobName: name,
      HyperParameterTuningJobArn,
      HyperParameterTuningJobStatus: 'InProgress',
      CreationTime: now(),
      LastModifiedTime: now(),
    };
    this.check(job);
    this.services.tags.add(HyperParameterTuningJobArn, tags as never);
    this.store.put(name, job);
    this.advanceOne(job);
    return job;
  }

  /** What the first trials would be refused for is refused before there is a job. */
  private check(job: TuningJob): void {
    const { Autotune, TrainingJobDefinition: one, TrainingJobDefinitions: many, WarmStartConfig: warm } = job;
    if (Autotune !== undefined) throw validationError('Autotune is not part of the local service.');
    if ((one === undefined) === (many === undefined)) {
      throw validationError('Exactly one of TrainingJobDefinition and TrainingJobDefinitions is required.');
    }
    warm?.ParentHyperParameterTuningJobs?.forEach(({ HyperParameterTuningJobName: parent = '' }) =>
      this.existing(parent.split('/').at(-1) ?? ''),
    );
    definitionsOf(job).forEach((definition, index) => {
      const objective = objectiveOf(job, definition);
      if (objective === undefined) throw validationError('A tuning job needs an objective metric.');
      const { AlgorithmName } = definition.AlgorithmSpecification ?? {};
      const ranges = rangesOf(job, definition);
      const twice = namesOf(ranges).find((name) => definition.StaticHyperParameters?.[name] !== undefined);
      if (twice !== undefined) throw validationError(`Hyperparameter ${twice} is both static and in a range.`);
      if (AlgorithmName !== undefined)
        this.services.algorithms.checkTuning(AlgorithmName, ranges, objective.MetricName ?? '');
      this.services.trainingJobs.check(trialOf(job, index));
    });
  }

  private stop(name: string): void {
    const { HyperParameterTuningJobStatus: status } = this.existing(name);
    if (status !== 'InProgress') {
      throw validationError(`The request was rejected because the tuning job is in status ${status}.`);
    }
    this.advanceOne(this.store.update(name, { HyperParameterTuningJobStatus: 'Stopping' }));
  }

  private delete(name: string): void {
    const { HyperParameterTuningJobStatus: status, HyperParameterTuningJobArn: arn } = this.existing(name);
    if (ACTIVE.includes(status)) throw validationError(`The tuning job is in status ${status}.`);
    this.store.delete(name);
    this.services.tags.forget(arn);
  }

  private advanceOne(job: TuningJob): void {
    const { HyperParameterTuningJobName: name, HyperParameterTuningJobStatus: status } = job;
    if (!ACTIVE.includes(status)) return;
    const trials = this.trials(job);
    const active = trials.filter((trial) => ACTIVE.includes(trial.job.TrainingJobStatus));
    if (status === 'Stopping' || this.isDone(job, trials)) {
      const running = active.filter((trial) => trial.job.TrainingJobStatus === 'InProgress');
      running.forEach((trial) => this.services.trainingJobs.stop(trial.job.TrainingJobName));
      if (active.length === 0) this.end(name, trials);
      return;
    }
    const { MaxParallelTrainingJobs = 1 } = job.HyperParameterTuningJobConfig?.ResourceLimits ?? {};
    const free = Math.min(MaxParallelTrainingJobs - active.length, limitOf(job) - trials.length);
    try {
      for (let more = 0; more < free; more++) {
        this.services.trainingJobs.create(trialOf(job, trials.length + more), job.HyperParameterTuningJobArn);
      }
    } catch (error) {
      // What the first trial had may be gone by now, its data for example.
      this.store.update(name, { FailureReason: (error as Error).message, HyperParameterTuningJobStatus: 'Stopping' });
      this.advanceOne(this.existing(name));
    }
  }

  private isDone(job: TuningJob, trials: Trial[]): boolean {
    const ended = trials.filter(({ job: { TrainingJobStatus: status } }) => !ACTIVE.includes(status));
    const hasSuccess = ended.some((trial) => trial.job.TrainingJobStatus === 'Completed');
    if (ended.length >= limitOf(job) || (ended.length >= HOPELESS && !hasSuccess)) return true;
    const { ResourceLimits: limits, TuningJobCompletionCriteria: criteria } = job.HyperParameterTuningJobConfig ?? {};
    if (now() - job.CreationTime > (limits?.MaxRuntimeInSeconds ?? Infinity)) return true;
    const best = this.best(job, trials);
    if (best?.objective === undefined) return false;
    const target = criteria?.TargetObjectiveMetricValue;
    if (target !== undefined && !isBetter(job, best.definition, target, best.objective)) return true;
    const patience = criteria?.BestObjectiveNotImproving?.MaxNumberOfTrainingJobsNotImproving ?? Infinity;
    return ended.indexOf(best) + patience < ended.length;
  }

  private end(name: string, trials: Trial[]): void {
    const { HyperParameterTuningJobStatus: status, FailureReason: fault } = this.existing(name);
    const hasSuccess = trials.some((trial) => trial.job.TrainingJobStatus === 'Completed');
    const ended =
      fault !== undefined ? 'Failed' : status === 'Stopping' ? 'Stopped' : hasSuccess ? 'Completed' : 'Failed';
    this.store.update(name, {
      HyperParameterTuningJobStatus: ended,
      HyperParameterTuningEndTime: now(),
      LastModifiedTime: now(),
      FailureReason:
        ended === 'Failed' && fault === undefined
          ? `No training job succeeded after ${trials.length} attempts. The first one: ${trials[0]?.job.FailureReason}`
          : fault,
    });
  }

  /** The trials in the order of their numbers. */
  private trials(job: TuningJob): Trial[] {
    const jobs = this.services.trainingJobs.ofTuningJob(job.HyperParameterTuningJobArn);
    const definitions = definitionsOf(job);
    return jobs
      .sort((a, b) => (a.TrainingJobName < b.TrainingJobName ? -1 : 1))
      .map((trial, index) => {
        const definition = definitions[index % definitions.length];
        const { MetricName } = objectiveOf(job, definition) ?? {};
        const found = trial.FinalMetricDataList?.find((metric) => metric.MetricName === MetricName);
        return { job: trial, definition, objective: found?.Value };
      });
  }

  private best(job: TuningJob, trials: Trial[]): Trial | undefined {
    const done = trials.filter((trial) => trial.job.TrainingJobStatus === 'Completed' && trial.objective !== undefined);
    return done.reduce<Trial | undefined>(
      (best, trial) =>
        best === undefined || isBetter(job, trial.definition, trial.objective ?? 0, best.objective ?? 0) ? trial : best,
      undefined,
    );
  }

  private described(job: TuningJob): object {
    const trials = this.trials(job);
    const best = this.best(job, trials);
    const { HyperParameterTuningJobName: name } = job;
    return {
      ...job,
      ...counters(trials),
      BestTrainingJob: best && this.trialSummary(name, best),
      OverallBestTrainingJob: best && job.WarmStartConfig && this.trialSummary(name, best),
    };
  }

  private summary(job: TuningJob): object {
    return {
      HyperParameterTuningJobName: job.HyperParameterTuningJobName,
      HyperParameterTuningJobArn: job.HyperParameterTuningJobArn,
      HyperParameterTuningJobStatus: job.HyperParameterTuningJobStatus,
      Strategy: job.HyperParameterTuningJobConfig?.Strategy,
      CreationTime: job.CreationTime,
      LastModifiedTime: job.LastModifiedTime,
      HyperParameterTuningEndTime: job.HyperParameterTuningEndTime,
      ResourceLimits: job.HyperParameterTuningJobConfig?.ResourceLimits,
      ...counters(this.trials(job)),
    };
  }

  private trialSummary(TuningJobName: string, { job, definition, objective }: Trial): TrialSummary {
    const parent = this.existing(TuningJobName);
    const tuned = namesOf(rangesOf(parent, definition));
    const { MetricName, Type } = objectiveOf(parent, definition) ?? {};
    return {
      TrainingJobDefinitionName: definition.DefinitionName,
      TrainingJobName: job.TrainingJobName,
      TrainingJobArn: job.TrainingJobArn,
      TuningJobName,
      CreationTime: job.CreationTime,
      TrainingStartTime: job.TrainingStartTime,
      TrainingEndTime: job.TrainingEndTime,
      TrainingJobStatus: job.TrainingJobStatus,
      FailureReason: job.FailureReason,
      TunedHyperParameters: Object.fromEntries(tuned.map((name) => [name, job.HyperParameters?.[name] ?? ''])),
      FinalHyperParameterTuningJobObjectiveMetric:
        objective === undefined ? undefined : { MetricName, Type, Value: objective },
      ObjectiveStatus: objectiveStatus(job, objective),
    };
  }
}

interface TrialSummary {
  readonly TrainingJobName: string;
  readonly TrainingJobStatus: string;
  readonly CreationTime: number;
  readonly [member: string]: unknown;
}

function objectiveStatus({ TrainingJobStatus: status }: TrainingJob, objective: number | undefined): string {
  if (ACTIVE.includes(status)) return 'Pending';
  return objective === undefined ? 'Failed' : 'Succeeded';
}

function counters(trials: Trial[]): object {
  const count = (...statuses: string[]): number =>
    trials.filter(({ job }) => statuses.includes(job.TrainingJobStatus)).length;
  const objectives = trials.map(({ job, objective }) => objectiveStatus(job, objective));
  const countObjectives = (status: string): number => objectives.filter((one) => one === status).length;
  return {
    TrainingJobStatusCounters: {
      Completed: count('Completed'),
      InProgress: count(...ACTIVE),
      RetryableError: 0,
      NonRetryableError: count('Failed'),
      Stopped: count('Stopped'),
    },
    ObjectiveStatusCounters: {
      Succeeded: countObjectives('Succeeded'),
      Pending: countObjectives('Pending'),
      Failed: countObjectives('Failed'),
    },
  };
}
