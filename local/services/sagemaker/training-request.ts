import type { AlgorithmSpecification } from '@aws-sdk/client-sagemaker';
import type { Run, TrainingRequest } from '../../container';
import type { Buckets } from '../s3/store';
import type { Ecr } from '../ecr/operations';
import type { Context } from '../context';
import type { Wire } from '../wire/record';
import type { Algorithms } from './algorithms';
import type { Channels } from './channels';
import type { TrainingJob } from './training-jobs';

interface Services {
  readonly context: Context;
  readonly s3: Buckets;
  readonly ecr: Ecr;
  readonly algorithms: Algorithms;
}

/** What the containers of a training job get: its data, its program, and what it is told. */
export function trainingRequest(services: Services, data: Channels, job: TrainingJob, run: Run): TrainingRequest {
  const { ecr, s3, context, algorithms } = services;
  const { image, metrics, mode, entrypoint, args } = sourceOf(algorithms, job);
  const { InstanceCount = 1, InstanceType, InstanceGroups } = job.ResourceConfig ?? {};
  const groups = InstanceGroups?.map((group) => ({
    name: group.InstanceGroupName ?? '',
    instanceType: group.InstanceType ?? '',
    instanceCount: group.InstanceCount ?? 1,
  }));
  const hostCount = (names?: string[]): number =>
    groups
      ?.filter(({ name }) => names?.includes(name) ?? true)
      .reduce((sum, { instanceCount }) => sum + instanceCount, 0) ?? InstanceCount;
  const channels = (job.InputDataConfig ?? []).map((channel) =>
    data.input(run, channel, mode, hostCount(channel.DataSource?.S3DataSource?.InstanceGroupNames)),
  );
  return {
    jobName: job.TrainingJobName,
    image: ecr.localName(image),
    hyperparameters: job.HyperParameters,
    channels,
    environment: { ...job.Environment, TRAINING_JOB_ARN: job.TrainingJobArn, AWS_REGION: context.region },
    instanceCount: InstanceCount,
    instanceType: InstanceType,
    instanceGroups: groups,
    metrics,
    entrypoint,
    arguments: args,
    networkIsolation: job.EnableNetworkIsolation,
    // The folder of the bucket itself: what the program writes is kept whatever happens to the job.
    checkpoints: job.CheckpointConfig && s3.folder(job.CheckpointConfig.S3Uri),
    checkpointsTarget: job.CheckpointConfig?.LocalPath,
    isUncompressed: job.OutputDataConfig?.CompressionType === 'NONE',
    outputDirectory: run.directory(),
    maxRuntimeSeconds: job.StoppingCondition?.MaxRuntimeInSeconds,
  };
}

function sourceOf(
  algorithms: Algorithms,
  job: TrainingJob,
): {
  image: string;
  metrics: { name: string; regex: string }[];
  mode?: string;
  entrypoint?: string[];
  args?: string[];
} {
  const source: Wire<AlgorithmSpecification> = job.AlgorithmSpecification ?? ({} as Wire<AlgorithmSpecification>);
  const specification =
    source.AlgorithmName === undefined ? undefined : algorithms.training(source.AlgorithmName, {}).specification;
  const definitions = specification?.MetricDefinitions ?? source.MetricDefinitions ?? [];
  return {
    image: specification?.TrainingImage ?? source.TrainingImage ?? '',
    metrics: definitions.map(({ Name = '', Regex = '' }) => ({ name: Name, regex: Regex })),
    mode: source.TrainingInputMode,
    entrypoint: source.ContainerEntrypoint,
    args: source.ContainerArguments,
  };
}
