import type {
  CreateHyperParameterTuningJobCommandInput,
  HyperParameterTrainingJobDefinition,
  HyperParameterTuningJobObjective,
} from '@aws-sdk/client-sagemaker';
import { createHash } from 'node:crypto';
import type { Wire } from '../../wire/record';
import { TUNING_OBJECTIVE } from '../algorithm/hyperparameters';
import type { TrainingJobInput } from '../training-job/training-job';
import { combination, combinations, draw } from './search';

export type TuningInput = Wire<CreateHyperParameterTuningJobCommandInput>;
export type Definition = Wire<HyperParameterTrainingJobDefinition>;
export type TuningJob = TuningInput & {
  readonly HyperParameterTuningJobName: string;
  readonly HyperParameterTuningJobArn: string;
  readonly HyperParameterTuningJobStatus: string;
  readonly CreationTime: number;
  readonly LastModifiedTime: number;
  readonly HyperParameterTuningEndTime?: number;
  readonly FailureReason?: string;
};

/** The training job of a trial. A trial of the same index always gets the same hyperparameters. */
export function trialOf(job: TuningJob, index: number): TrainingJobInput {
  const definitions = definitionsOf(job);
  const definition = definitions[index % definitions.length];
  const { StaticHyperParameters, AlgorithmSpecification } = definition;
  const { HyperParameterTuningJobName: name, HyperParameterTuningJobConfig: config } = job;
  const ranges = rangesOf(job, definition);
  const values =
    config?.Strategy === 'Grid'
      ? combination(ranges, Math.floor(index / definitions.length))
      : draw(ranges, config?.RandomSeed ?? seedOf(name), index);
  const number = String(index + 1).padStart(3, '0');
  return {
    TrainingJobName: `${name}-${number}-${createHash('sha256').update(`${name} ${number}`).digest('hex').slice(0, 8)}`,
    AlgorithmSpecification,
    RoleArn: definition.RoleArn,
    HyperParameters: {
      ...StaticHyperParameters,
      ...values,
      [TUNING_OBJECTIVE]: objectiveOf(job, definition)?.MetricName ?? '',
    },
    InputDataConfig: definition.InputDataConfig,
    OutputDataConfig: definition.OutputDataConfig,
    ResourceConfig: definition.ResourceConfig ?? resourcesOf(definition),
    StoppingCondition: definition.StoppingCondition,
    VpcConfig: definition.VpcConfig,
    EnableNetworkIsolation: definition.EnableNetworkIsolation,
    EnableManagedSpotTraining: definition.EnableManagedSpotTraining,
    CheckpointConfig: definition.CheckpointConfig,
    Environment: definition.Environment,
  };
}

export function definitionsOf({ TrainingJobDefinition: one, TrainingJobDefinitions: many }: TuningJob): Definition[] {
  return many ?? (one === undefined ? [] : [one]);
}

/** The objective: each of several definitions has its own, a single one has that of the configuration. */
export function objectiveOf(
  { HyperParameterTuningJobConfig: config }: TuningJob,
  definition: Definition,
): Wire<HyperParameterTuningJobObjective> | undefined {
  return definition.TuningObjective ?? config?.HyperParameterTuningJobObjective;
}

export function rangesOf({ HyperParameterTuningJobConfig: config }: TuningJob, definition: Definition): object {
  return definition.HyperParameterRanges ?? config?.ParameterRanges ?? {};
}

/** The largest number of training jobs. */
export function limitOf(job: TuningJob): number {
  const { Strategy, ResourceLimits } = job.HyperParameterTuningJobConfig ?? {};
  const { MaxNumberOfTrainingJobs: max = Infinity } = ResourceLimits ?? {};
  if (Strategy !== 'Grid') return max;
  const all = definitionsOf(job).reduce((sum, definition) => sum + combinations(rangesOf(job, definition)), 0);
  return Math.min(max, all);
}

export function isBetter(job: TuningJob, definition: Definition, value: number, than: number): boolean {
  return objectiveOf(job, definition)?.Type === 'Minimize' ? value < than : value > than;
}

function resourcesOf({ HyperParameterTuningResourceConfig: config }: Definition): object | undefined {
  if (config === undefined) return undefined;
  const { InstanceType, InstanceCount, VolumeSizeInGB } = config.InstanceConfigs?.[0] ?? config;
  return { InstanceType, InstanceCount, VolumeSizeInGB: VolumeSizeInGB ?? config.VolumeSizeInGB };
}

function seedOf(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32LE(0);
}
