import type { JobKind, JobRequests } from '../handlers/contract';

/**
 * A structure of the API as a template holds it. Values of enumerations are strings, since open enums and tokens stand for them
 * too; the names and the shapes of members are those of the API.
 */
export type Rendered<T> = T extends string
  ? string
  : T extends (infer Item)[]
    ? Rendered<Item>[]
    : T extends object
      ? { [Member in keyof T]: Rendered<T[Member]> }
      : T;

/** The request that creates a job of a kind, without its name and its tags. */
export type JobRequest<Kind extends JobKind> = Rendered<JobRequests[Kind]>;

/** The instances of a training job. */
export type TrainingInstances = Pick<
  NonNullable<JobRequest<'training'>['ResourceConfig']>,
  'InstanceType' | 'InstanceCount' | 'InstanceGroups'
>;

/** The part of the request that every batch transform has. */
export type TransformRequest = Omit<JobRequest<'transform'>, 'ModelName'>;

/** A profile of jobs that validate an algorithm. */
export type ValidationProfileRequest = NonNullable<
  NonNullable<JobRequest<'algorithm'>['ValidationSpecification']>['ValidationProfiles']
>[number];

/** The configuration of a tuning job. */
export type TuningConfig = NonNullable<JobRequest<'tuning'>['HyperParameterTuningJobConfig']>;

/** The ranges that a tuning job searches. */
export type ParameterRanges = NonNullable<TuningConfig['ParameterRanges']>;
export type NumericParameterRange = NonNullable<ParameterRanges['IntegerParameterRanges']>[number];
