import type { JobKind, JobRequests } from '../handlers/contract';

/**
 * An API structure in a template, with the member names and the shapes of the API. Enum values are strings, since they can also be
 * tokens or values that are newer than the service model.
 */
export type Rendered<T> = T extends string
  ? string
  : T extends (infer Item)[]
    ? Rendered<Item>[]
    : T extends object
      ? { [Member in keyof T]: Rendered<T[Member]> }
      : T;

/** The request that creates a job of a kind, without the name and the tags of the job. */
export type JobRequest<Kind extends JobKind> = Rendered<JobRequests[Kind]>;

/** The instances of a training job. */
export type TrainingInstances = Pick<
  NonNullable<JobRequest<'training'>['ResourceConfig']>,
  'InstanceType' | 'InstanceCount' | 'InstanceGroups' | 'InstancePreferences'
>;

/** The resources of a definition of a tuning job. */
export type TuningResources = Pick<
  NonNullable<JobRequest<'tuning'>['TrainingJobDefinition']>,
  'ResourceConfig' | 'HyperParameterTuningResourceConfig'
>;

/** The part of the request that batch transform jobs and validation profiles share. */
export type TransformRequest = Omit<JobRequest<'transform'>, 'ModelName'>;

/** The validation profile of an algorithm. */
export type ValidationProfileRequest = NonNullable<
  NonNullable<JobRequest<'algorithm'>['ValidationSpecification']>['ValidationProfiles']
>[number];

/** The parts of the request of a processing job. */
export type ProcessingInputRequest = NonNullable<JobRequest<'processing'>['ProcessingInputs']>[number];
export type ProcessingOutputRequest = NonNullable<
  NonNullable<JobRequest<'processing'>['ProcessingOutputConfig']>['Outputs']
>[number];
export type ProcessingCluster = NonNullable<
  NonNullable<JobRequest<'processing'>['ProcessingResources']>['ClusterConfig']
>;

/** The configuration of a tuning job. */
export type TuningConfig = NonNullable<JobRequest<'tuning'>['HyperParameterTuningJobConfig']>;

/** The hyperparameter ranges of a tuning job. */
export type ParameterRanges = NonNullable<TuningConfig['ParameterRanges']>;
export type NumericParameterRange = NonNullable<ParameterRanges['IntegerParameterRanges']>[number];
