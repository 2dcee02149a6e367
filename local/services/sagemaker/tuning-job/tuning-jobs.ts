import { ServiceError, validationError } from '../../../aws-model/service-error';
import { notSupported } from '../../../aws-model/not-supported';
import type { Context } from '../../context';
import type { Store } from '../../store';
import type { Operations } from '../../wire/json';
import { now } from '../../wire/record';
import type { Algorithms } from '../algorithm/algorithms';
import { describe } from '../descriptions';
import { list, pick } from '../pages';
import { namesOf } from '../parameter-ranges';
import { isActive } from '../running-jobs';
import type { Tags } from '../tags';
import type { TrainingJobs } from '../training-job/training-jobs';
import { type Result, bestOf, countersOf, isComplete, resultsOf, summaryOf } from './results';
import {
  type Definition,
  type TuningInput,
  type TuningJob,
  definitionsOf,
  limitOf,
  objectiveOf,
  rangesOf,
  trialOf,
} from './trials';

interface Named {
  readonly HyperParameterTuningJobName: string;
}

interface Services {
  readonly context: Context;
  readonly tags: Tags;
  readonly algorithms: Algorithms;
  readonly trainingJobs: TrainingJobs;
}

/**
 * Tuning jobs: training jobs with hyperparameters from the ranges. The next step always follows from the records of the
 * training jobs, so that a restart of the service has no influence.
 */
export class TuningJobs {
  public readonly operations: Operations;
  private readonly store: Store<TuningJob>;

  constructor(private readonly services: Services) {
    this.store = services.context.store<TuningJob>('tuning-jobs');
    services.context.events.subscribe('trainingJob', ({ TrainingJobStatus }) => {
      if (!isActive(TrainingJobStatus)) this.advance();
    });
    this.operations = {
      CreateHyperParameterTuningJob: (input: TuningInput) => pick(this.create(input), 'HyperParameterTuningJobArn'),
      DescribeHyperParameterTuningJob: ({ HyperParameterTuningJobName: name }: Named) =>
        describe('DescribeHyperParameterTuningJob', this.complete(this.existing(name))),
      StopHyperParameterTuningJob: ({ HyperParameterTuningJobName: name }: Named) => this.stop(name),
      DeleteHyperParameterTuningJob: ({ HyperParameterTuningJobName: name }: Named) => this.delete(name),
      ListHyperParameterTuningJobs: (query: object) =>
        list(
          'ListHyperParameterTuningJobs',
          this.store.list().map((job) => this.summary(job)),
          query,
        ),
      ListTrainingJobsForHyperParameterTuningJob: ({ HyperParameterTuningJobName: name, ...query }: Named) => {
        const job = this.existing(name);
        const summaries = this.results(job).map((result) => summaryOf(job, result));
        return list('ListTrainingJobsForHyperParameterTuningJob', summaries, query);
      },
    };
  }

  /** Takes the next step of all tuning jobs in progress. */
  public advance(): void {
    this.store.list().forEach((job) => this.advanceOne(job));
  }

  public list(): TuningJob[] {
    return this.store.list().map((job) => this.complete(job));
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
      throw new ServiceError('ResourceInUse', `A tuning job with the name "${name}" already exists.`);
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
    this.services.context.events.publish('tuningJob', job);
    this.advanceOne(job);
    return job;
  }

  /** Validates a tuning job, and its first training jobs, before anything starts. */
  private check(job: TuningJob): void {
    const { Autotune, TrainingJobDefinition: one, TrainingJobDefinitions: many, WarmStartConfig: warm } = job;
    if (Autotune !== undefined) throw validationError(notSupported('sagemaker', 'Autotune'));
    if ((one === undefined) === (many === undefined)) {
      throw validationError('Exactly one of TrainingJobDefinition and TrainingJobDefinitions is required.');
    }
    warm?.ParentHyperParameterTuningJobs?.forEach(({ HyperParameterTuningJobName: parent = '' }) =>
      this.existing(parent.split('/').at(-1) ?? ''),
    );
    definitionsOf(job).forEach((definition, index) => {
      const objective = objectiveOf(job, definition);
      if (objective === undefined) throw validationError('A tuning job requires an objective metric.');
      const { AlgorithmName } = definition.AlgorithmSpecification ?? {};
      const ranges = rangesOf(job, definition);
      const twice = namesOf(ranges).find((name) => definition.StaticHyperParameters?.[name] !== undefined);
      if (twice !== undefined) throw validationError(`Hyperparameter ${twice} is both static and in a range.`);
      if (AlgorithmName === undefined) checkObjective(definition, objective.MetricName);
      else this.services.algorithms.checkTuning(AlgorithmName, ranges, objective.MetricName ?? '');
      this.services.trainingJobs.check(trialOf(job, index));
    });
  }

  private stop(name: string): void {
    const { HyperParameterTuningJobStatus: status } = this.existing(name);
    if (status !== 'InProgress') {
      throw validationError(`The request was rejected because the tuning job is in status ${status}.`);
    }
    this.advanceOne(this.setStatus(name, { HyperParameterTuningJobStatus: 'Stopping' }));
  }

  private delete(name: string): void {
    const { HyperParameterTuningJobStatus: status, HyperParameterTuningJobArn: arn } = this.existing(name);
    if (isActive(status)) {
      throw validationError(`The request was rejected because the tuning job is in status ${status}.`);
    }
    this.store.delete(name);
    this.services.tags.remove(arn);
  }

  private advanceOne(job: TuningJob): void {
    const { HyperParameterTuningJobName: name, HyperParameterTuningJobStatus: status } = job;
    if (!isActive(status)) return;
    const results = this.results(job);
    const active = results.filter(({ job: { TrainingJobStatus } }) => isActive(TrainingJobStatus));
    if (status === 'Stopping' || isComplete(job, results)) {
      const running = active.filter(({ job: { TrainingJobStatus } }) => TrainingJobStatus === 'InProgress');
      running.forEach((result) => this.services.trainingJobs.stop(result.job.TrainingJobName));
      if (active.length === 0) this.end(name, results);
      return;
    }
    const { MaxParallelTrainingJobs = 1 } = job.HyperParameterTuningJobConfig?.ResourceLimits ?? {};
    const free = Math.min(MaxParallelTrainingJobs - active.length, limitOf(job) - results.length);
    try {
      const { tags, trainingJobs } = this.services;
      const Tags = tags.of(job.HyperParameterTuningJobArn) as never;
      for (let more = 0; more < free; more++) {
        trainingJobs.create({ ...trialOf(job, results.length + more), Tags }, job.HyperParameterTuningJobArn);
      }
    } catch (error) {
      // A resource of the first training job may have been deleted since, its data for example.
      const FailureReason = (error as Error).message;
      this.advanceOne(this.setStatus(name, { FailureReason, HyperParameterTuningJobStatus: 'Stopping' }));
    }
  }

  private end(name: string, results: Result[]): void {
    const { HyperParameterTuningJobStatus: status, FailureReason: reason } = this.existing(name);
    const hasSuccess = results.some(({ job }) => job.TrainingJobStatus === 'Completed');
    const ended = { HyperParameterTuningEndTime: now(), LastModifiedTime: now() };
    if (reason !== undefined) this.setStatus(name, { ...ended, HyperParameterTuningJobStatus: 'Failed' });
    else if (status === 'Stopping') this.setStatus(name, { ...ended, HyperParameterTuningJobStatus: 'Stopped' });
    else if (hasSuccess) this.setStatus(name, { ...ended, HyperParameterTuningJobStatus: 'Completed' });
    else {
      const first = results[0]?.job.FailureReason;
      const FailureReason = `No training job succeeded after ${results.length} attempts. The first one: ${first}`;
      this.setStatus(name, { ...ended, HyperParameterTuningJobStatus: 'Failed', FailureReason });
    }
  }

  private setStatus(name: string, change: Partial<TuningJob>): TuningJob {
    const job = this.store.update(name, change);
    this.services.context.events.publish('tuningJob', job);
    return job;
  }

  private results(job: TuningJob): Result[] {
    return resultsOf(job, this.services.trainingJobs.ofTuningJob(job.HyperParameterTuningJobArn));
  }

  /** The record of a tuning job, with what follows from its training jobs. */
  private complete(job: TuningJob): TuningJob {
    const results = this.results(job);
    const best = bestOf(job, results);
    const summary = best && summaryOf(job, best);
    const found = { BestTrainingJob: summary, OverallBestTrainingJob: job.WarmStartConfig && summary };
    return { ...job, ...countersOf(results), ...found };
  }

  private summary(job: TuningJob): object {
    const { Strategy, ResourceLimits } = job.HyperParameterTuningJobConfig ?? {};
    return { ...job, Strategy, ResourceLimits, ...countersOf(this.results(job)) };
  }
}

/** The objective metric is one of those that are read from the logs. */
function checkObjective({ AlgorithmSpecification: source }: Definition, objective = ''): void {
  const names = (source?.MetricDefinitions ?? []).map(({ Name }) => Name);
  if (names.includes(objective)) return;
  throw validationError(
    `The objective metric "${objective}" is not defined. Add it to MetricDefinitions, got: ${names.join(', ') || 'none'}`,
  );
}
