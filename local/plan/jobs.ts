import { type Known, at, combined, list, number, numberOr, product, text } from '../check/app/values';

export type JobKind = 'training' | 'tuning' | 'transform' | 'processing';

/** Instances of one type. */
export interface Instances {
  readonly type: Known<string>;
  readonly count: Known<number>;
  readonly usesSpot?: boolean;
}

/** The resources that a job uses, from the request that creates it. */
export interface Job {
  readonly kind: JobKind;

  /** The instances of the job; of a tuning job, those of each training job. */
  readonly instances: Instances[];

  /** Whether a job has only one item of `instances`: the first with capacity, or that of one definition of a tuning job. */
  readonly isOneOf?: boolean;

  /** The maximum run time; of a tuning job, that of each training job. A transform job has none. */
  readonly maxRuntimeSeconds?: Known<number>;

  /** The training jobs of a tuning job. */
  readonly trainingJobs?: { readonly max: Known<number>; readonly parallel: Known<number> };

  /** The time for which the instances are kept after a training job, and billed. */
  readonly keepAliveSeconds?: Known<number>;
}

/** The default of the service for training and processing jobs. */
const DEFAULT_MAX_RUNTIME = 86_400;
const UNDECIDED: Instances = { type: null, count: null };

/** A job from its request; undefined if the request is only known at deployment. */
export function jobOf(kind: JobKind, request: unknown): Job {
  if (request === undefined) {
    return { kind, instances: [UNDECIDED], ...(kind === 'transform' ? {} : { maxRuntimeSeconds: null }) };
  }
  return READERS[kind](request);
}

const READERS: Record<JobKind, (request: unknown) => Job> = {
  training: (request) => ({ kind: 'training', ...trainingOf(request, at(request, 'ResourceConfig')) }),
  tuning: tuningOf,
  transform: (request) => ({
    kind: 'transform',
    instances: [instancesOf(at(request, 'TransformResources'))],
  }),
  processing: (request) => {
    const cluster =
      at(request, 'ProcessingResources', 'ClusterConfig') ??
      at(request, 'MonitoringResources', 'ClusterConfig') ??
      at(request, 'JobResources', 'ClusterConfig');
    return { kind: 'processing', ...alternatives(cluster), maxRuntimeSeconds: maxRuntimeOf(request) };
  },
};

function trainingOf(definition: unknown, resources: unknown): Omit<Job, 'kind'> {
  const usesSpot = at(definition, 'EnableManagedSpotTraining') === true;
  const keepAlive = at(resources, 'KeepAlivePeriodInSeconds');
  const groups = list(at(resources, 'InstanceGroups'));
  const { instances, ...kind } = groups.length > 0 ? { instances: groups.map(instancesOf) } : alternatives(resources);
  return {
    instances: usesSpot ? instances.map((one) => ({ ...one, usesSpot })) : instances,
    ...kind,
    maxRuntimeSeconds: maxRuntimeOf(definition),
    ...(keepAlive === undefined ? {} : { keepAliveSeconds: number(keepAlive) }),
  };
}

function tuningOf(request: unknown): Job {
  const single = at(request, 'TrainingJobDefinition');
  const definitions = single === undefined ? list(at(request, 'TrainingJobDefinitions')) : [single];
  const jobs = definitions.map((definition) =>
    trainingOf(definition, at(definition, 'HyperParameterTuningResourceConfig') ?? at(definition, 'ResourceConfig')),
  );
  const limits = at(request, 'HyperParameterTuningJobConfig', 'ResourceLimits');
  const instances = jobs.flatMap((job) => job.instances);
  return {
    kind: 'tuning',
    instances: instances.length === 0 ? [UNDECIDED] : instances,
    ...(instances.length > 1 ? { isOneOf: true } : {}),
    maxRuntimeSeconds: combined(
      jobs.map(({ maxRuntimeSeconds = null }) => maxRuntimeSeconds),
      (all) => Math.max(0, ...all),
    ),
    trainingJobs: {
      max: number(at(limits, 'MaxNumberOfTrainingJobs')),
      parallel: number(at(limits, 'MaxParallelTrainingJobs')),
    },
  };
}

/** The instances of a job, or the instance types of which the job has the first one with capacity. */
function alternatives(resources: unknown): Pick<Job, 'instances' | 'isOneOf'> {
  const preferences = [at(resources, 'InstancePreferences'), at(resources, 'InstanceConfigs')].flatMap(list);
  if (preferences.length === 0) return { instances: [instancesOf(resources)] };
  const count = at(resources, 'InstanceCount');
  return {
    instances: preferences.map((one) => ({
      type: text(at(one, 'InstanceType')),
      count: number(at(one, 'InstanceCount') ?? count),
    })),
    ...(preferences.length > 1 ? { isOneOf: true } : {}),
  };
}

function instancesOf(resources: unknown): Instances {
  return { type: text(at(resources, 'InstanceType')), count: number(at(resources, 'InstanceCount')) };
}

/** With Spot Instances, the job waits and runs for at most the maximum wait time, but only runs for the maximum run time. */
function maxRuntimeOf(request: unknown): Known<number> {
  return numberOr(at(request, 'StoppingCondition', 'MaxRuntimeInSeconds'), DEFAULT_MAX_RUNTIME);
}

/** The number of training jobs of a tuning job, or 1. */
export function jobCount({ trainingJobs }: Job, limit: 'max' | 'parallel'): Known<number> {
  return trainingJobs === undefined ? 1 : trainingJobs[limit];
}

/** The hours of instances that a job uses at most, by instance type; undefined if they are unlimited or only decided at deployment. */
export function maxInstanceHours(job: Job): Record<string, number> | undefined {
  const { instances, isOneOf = false, maxRuntimeSeconds = null } = job;
  const hours = (count: Known<number>): Known<number> =>
    combined([count, maxRuntimeSeconds, jobCount(job, 'max'), 1 / 3600], product);
  const types = combinedTypes(instances, isOneOf);
  const found = types.map(({ type, count }) => [type, hours(count)] as const);
  if (found.some(([type, amount]) => type === null || amount === null)) return undefined;
  return added(found.map(([type, amount]): [string, number] => [type ?? '', amount ?? 0]));
}

/** Alternative instance types are one type of this name. */
function combinedTypes(instances: Instances[], isOneOf: boolean): Instances[] {
  if (!isOneOf) return instances;
  const types = instances.map(({ type }) => type);
  const names = [...new Set(types)].sort();
  return [
    {
      type: types.includes(null) ? null : names.join(' or '),
      count: combined(
        instances.map(({ count }) => count),
        (counts) => Math.max(...counts),
      ),
    },
  ];
}

/** Amounts by name, those of the same name added. */
export function added(amounts: [string, number][]): Record<string, number> {
  const total = new Map<string, number>();
  amounts.forEach(([name, amount]) => total.set(name, (total.get(name) ?? 0) + amount));
  return Object.fromEntries([...total].sort(([a], [b]) => (a < b ? -1 : 1)));
}
