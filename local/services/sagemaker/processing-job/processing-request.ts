import type { ProcessingInput, ProcessingOutput, ProcessingRequest, Run } from '../../../container';
import type { Context } from '../../context';
import { directoryWith } from '../data/channels';
import { objectsOf } from '../data/data-sources';
import type { ExecutionRole } from '../execution-role';
import { type ProcessingJob, instancesOf } from './processing-job';

const NO_IMAGE =
  'ClientError: Cannot pull processing container. Either the image does not exist or its permissions are incorrect.';

/** The run of the containers of a processing job: its image, its input data and its configuration. */
export function processingRequest(
  { region }: Pick<Context, 'region'>,
  role: ExecutionRole,
  job: ProcessingJob,
  run: Run,
): ProcessingRequest {
  const { count } = instancesOf(job.ProcessingResources?.ClusterConfig);
  return {
    jobName: job.ProcessingJobName,
    image: role.image(job.AppSpecification?.ImageUri ?? '', NO_IMAGE),
    entrypoint: job.AppSpecification?.ContainerEntrypoint,
    arguments: job.AppSpecification?.ContainerArguments,
    environment: { AWS_REGION: region, ...job.Environment },
    inputs: inputsOf(role, job, run, count),
    outputs: outputsOf(job),
    instanceCount: count,
    networkIsolation: job.NetworkConfig?.EnableNetworkIsolation,
    config: configOf(job),
    maxRuntimeSeconds: job.StoppingCondition?.MaxRuntimeInSeconds,
  };
}

/** Inputs that the application manages are not downloaded. */
function inputsOf(role: ExecutionRole, job: ProcessingJob, run: Run, hostCount: number): ProcessingInput[] {
  const managed = (job.ProcessingInputs ?? []).filter(({ AppManaged }) => AppManaged !== true);
  return managed.map(({ InputName: name = '', S3Input: source }) => {
    const objects = objectsOf(role.s3, source ?? {});
    const isSharded = source?.S3DataDistributionType === 'ShardedByS3Key';
    const shards = Array.from({ length: isSharded ? hostCount : 1 }, (_, index) =>
      directoryWith(
        run,
        objects.filter((_object, at) => !isSharded || at % hostCount === index),
      ),
    );
    return { name, target: source?.LocalPath ?? '', directory: shards[0], shards: isSharded ? shards : undefined };
  });
}

function outputsOf(job: ProcessingJob): ProcessingOutput[] {
  const managed = (job.ProcessingOutputConfig?.Outputs ?? []).filter(({ AppManaged }) => AppManaged !== true);
  return managed.map(({ OutputName: name = '', S3Output: target }) => ({
    name,
    target: target?.LocalPath ?? '',
    isContinuous: target?.S3UploadMode === 'Continuous',
  }));
}

/** The configuration that the container reads: the request, with null for the members that it does not have. */
function configOf(job: ProcessingJob): object {
  const { AppSpecification, ProcessingOutputConfig, ProcessingResources } = job;
  return {
    ProcessingJobArn: job.ProcessingJobArn,
    ProcessingJobName: job.ProcessingJobName,
    AppSpecification: { ContainerEntrypoint: null, ContainerArguments: null, ...AppSpecification },
    Environment: job.Environment ?? {},
    ProcessingInputs: (job.ProcessingInputs ?? []).map(({ S3Input, ...input }) => ({
      ...input,
      S3Input: S3Input && {
        S3DataDistributionType: 'FullyReplicated',
        S3InputMode: 'File',
        S3CompressionType: 'None',
        S3DownloadMode: 'StartOfJob',
        ...S3Input,
      },
    })),
    ProcessingOutputConfig: { Outputs: [], KmsKeyId: null, ...ProcessingOutputConfig },
    ProcessingResources: { ClusterConfig: { VolumeKmsKeyId: null, ...ProcessingResources?.ClusterConfig } },
    RoleArn: job.RoleArn,
    StoppingCondition: job.StoppingCondition,
  };
}
