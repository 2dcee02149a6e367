import type { AlgorithmSpecification } from '@aws-sdk/client-sagemaker';
import type { Run, TrainingRequest } from '../../../container';
import type { Context } from '../../context';
import type { Wire } from '../../wire/record';
import type { Algorithms } from '../algorithm/algorithms';
import { Channels } from '../data/channels';
import { scriptArchive } from '../data/script';
import type { ExecutionRole } from '../execution-role';
import type { TrainingJob } from './training-job';

interface Services {
  readonly context: Context;
  readonly algorithms: Algorithms;
}

const NO_IMAGE =
  'ClientError: Cannot pull algorithm container. Either the image does not exist or its permissions are incorrect.';

/** The run of the containers of a training job: its image, its input data and its configuration. */
export function trainingRequest(services: Services, role: ExecutionRole, job: TrainingJob, run: Run): TrainingRequest {
  const { context, algorithms } = services;
  const data = new Channels(context, role.s3);
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
    image: role.image(image, NO_IMAGE),
    hyperparameters: job.HyperParameters,
    channels,
    script: scriptArchive(role.s3, job.HyperParameters?.sagemaker_submit_directory),
    environment: { ...job.Environment, TRAINING_JOB_ARN: job.TrainingJobArn, AWS_REGION: context.region },
    instanceCount: InstanceCount,
    instanceType: InstanceType,
    instanceGroups: groups,
    metrics,
    entrypoint,
    arguments: args,
    networkIsolation: job.EnableNetworkIsolation,
    // The folder of the bucket itself is mounted, so that checkpoints remain even if the job is killed.
    checkpoints: job.CheckpointConfig && role.s3.folder(job.CheckpointConfig.S3Uri),
    checkpointsTarget: job.CheckpointConfig?.LocalPath,
    isUncompressed: job.OutputDataConfig?.CompressionType === 'NONE',
    outputDirectory: run.directory(),
    maxRuntimeSeconds: job.StoppingCondition?.MaxRuntimeInSeconds,
  };
}

interface Source {
  readonly image: string;
  readonly metrics: { name: string; regex: string }[];
  readonly mode?: string;
  readonly entrypoint?: string[];
  readonly args?: string[];
}

/** The image and its command, from the algorithm or from the job itself. */
function sourceOf(algorithms: Algorithms, job: TrainingJob): Source {
  const source: Wire<AlgorithmSpecification> = job.AlgorithmSpecification ?? ({} as Wire<AlgorithmSpecification>);
  const specification =
    source.AlgorithmName === undefined ? undefined : algorithms.trainingSpecification(source.AlgorithmName);
  const definitions = specification?.MetricDefinitions ?? source.MetricDefinitions ?? [];
  return {
    image: specification?.TrainingImage ?? source.TrainingImage ?? '',
    metrics: definitions.map(({ Name = '', Regex = '' }) => ({ name: Name, regex: Regex })),
    mode: source.TrainingInputMode,
    entrypoint: source.ContainerEntrypoint,
    args: source.ContainerArguments,
  };
}
