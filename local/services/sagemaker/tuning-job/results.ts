import { now } from '../../wire/record';
import { namesOf } from '../parameter-ranges';
import { isActive } from '../running-jobs';
import type { TrainingJob } from '../training-job/training-job';
import { type Definition, type TuningJob, definitionsOf, isBetter, limitOf, objectiveOf, rangesOf } from './trials';

/** A training job of a tuning job, with the value of its objective metric. */
export interface Result {
  readonly job: TrainingJob;
  readonly definition: Definition;
  readonly objective?: number;
}

interface TrainingJobSummary {
  readonly TrainingJobName: string;
  readonly TrainingJobStatus: string;
  readonly CreationTime: number;
  readonly [member: string]: unknown;
}

/** A tuning job fails after this many training jobs of which none has succeeded. */
const MAX_FAILURES = 5;

const hasEnded = ({ job }: Result): boolean => !isActive(job.TrainingJobStatus);
const hasSucceeded = ({ job }: Result): boolean => job.TrainingJobStatus === 'Completed';

/** The results of the training jobs, in the order of their numbers. */
export function resultsOf(job: TuningJob, trainingJobs: TrainingJob[]): Result[] {
  const definitions = definitionsOf(job);
  return trainingJobs
    .sort((a, b) => (a.TrainingJobName < b.TrainingJobName ? -1 : 1))
    .map((trial, index) => {
      const definition = definitions[index % definitions.length];
      const { MetricName } = objectiveOf(job, definition) ?? {};
      const found = trial.FinalMetricDataList?.find((metric) => metric.MetricName === MetricName);
      return { job: trial, definition, objective: found?.Value };
    });
}

export function bestOf(job: TuningJob, results: Result[]): Result | undefined {
  const candidates = results.filter((result) => hasSucceeded(result) && result.objective !== undefined);
  return candidates.reduce<Result | undefined>(
    (best, result) =>
      best === undefined || isBetter(job, result.definition, result.objective ?? 0, best.objective ?? 0)
        ? result
        : best,
    undefined,
  );
}

/** Whether no further training jobs are needed. */
export function isComplete(job: TuningJob, results: Result[]): boolean {
  const ended = results.filter(hasEnded);
  if (ended.length >= limitOf(job)) return true;
  if (ended.length >= MAX_FAILURES && !ended.some(hasSucceeded)) return true;
  const { MaxRuntimeInSeconds = Infinity } = job.HyperParameterTuningJobConfig?.ResourceLimits ?? {};
  return now() - job.CreationTime > MaxRuntimeInSeconds || meetsCriteria(job, results, ended);
}

/** Whether the best result meets one of the completion criteria. */
function meetsCriteria(job: TuningJob, results: Result[], ended: Result[]): boolean {
  const { TuningJobCompletionCriteria: criteria } = job.HyperParameterTuningJobConfig ?? {};
  const best = bestOf(job, results);
  if (best?.objective === undefined) return false;
  const target = criteria?.TargetObjectiveMetricValue;
  if (target !== undefined && !isBetter(job, best.definition, target, best.objective)) return true;
  const patience = criteria?.BestObjectiveNotImproving?.MaxNumberOfTrainingJobsNotImproving ?? Infinity;
  return ended.indexOf(best) + patience < ended.length;
}

export function summaryOf(tuningJob: TuningJob, { job, definition, objective }: Result): TrainingJobSummary {
  const tuned = namesOf(rangesOf(tuningJob, definition));
  const { MetricName, Type } = objectiveOf(tuningJob, definition) ?? {};
  return {
    TrainingJobDefinitionName: definition.DefinitionName,
    TrainingJobName: job.TrainingJobName,
    TrainingJobArn: job.TrainingJobArn,
    TuningJobName: tuningJob.HyperParameterTuningJobName,
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

export function countersOf(results: Result[]): object {
  const count = (isCounted: (status: string) => boolean): number =>
    results.filter(({ job }) => isCounted(job.TrainingJobStatus)).length;
  const countObjectives = (status: string): number =>
    results.filter(({ job, objective }) => objectiveStatus(job, objective) === status).length;
  return {
    TrainingJobStatusCounters: {
      Completed: count((status) => status === 'Completed'),
      InProgress: count(isActive),
      RetryableError: 0,
      NonRetryableError: count((status) => status === 'Failed'),
      Stopped: count((status) => status === 'Stopped'),
    },
    ObjectiveStatusCounters: {
      Succeeded: countObjectives('Succeeded'),
      Pending: countObjectives('Pending'),
      Failed: countObjectives('Failed'),
    },
  };
}

function objectiveStatus({ TrainingJobStatus: status }: TrainingJob, objective: number | undefined): string {
  if (isActive(status)) return 'Pending';
  return objective === undefined ? 'Failed' : 'Succeeded';
}
