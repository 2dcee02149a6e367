import {
  type AlgorithmStatusItem,
  CreateAlgorithmCommand,
  CreateHyperParameterTuningJobCommand,
  CreateProcessingJobCommand,
  CreateTrainingJobCommand,
  CreateTransformJobCommand,
  DeleteAlgorithmCommand,
  DescribeAlgorithmCommand,
  DescribeHyperParameterTuningJobCommand,
  DescribeProcessingJobCommand,
  type DescribeProcessingJobCommandOutput,
  DescribeTrainingJobCommand,
  DescribeTransformJobCommand,
  StopHyperParameterTuningJobCommand,
  StopProcessingJobCommand,
  StopTrainingJobCommand,
  StopTransformJobCommand,
  type Tag,
} from '@aws-sdk/client-sagemaker';
import type { JobKind, JobRequests } from '../contract';
import type { JobDependencies } from './dependencies';

/** The properties of a job of any kind. */
export interface Job {
  readonly name: string;
  readonly arn: string;
  readonly state: 'InProgress' | 'Stopping' | 'Completed' | 'Failed' | 'Stopped';

  /** The time of its creation in milliseconds, which distinguishes an algorithm from a later one with the same name. */
  readonly createdAt: number;

  /** The time of its end in milliseconds. Undefined if it has not ended, and for algorithms. */
  readonly endedAt?: number;

  /** The reason of a failure or a stop. */
  readonly reason?: string;

  /** Whether the job was stopped at its maximum run time. */
  readonly isMaxRuntimeExceeded: boolean;

  /** The name of the best training job of a tuning job. */
  readonly best?: string;
}

/** The operations in which the kinds of jobs differ. */
export interface KindOfJob<Kind extends JobKind = JobKind> {
  /** Whether `end` deletes the resource and its name can be used again. True for algorithms; jobs are only stopped. */
  readonly isDeleted: boolean;

  /** The log groups and streams of a job. */
  logsOf(name: string): string;
  create(name: string, request: JobRequests[Kind], tags: Tag[]): Promise<unknown>;
  describe(name: string): Promise<Job>;
  end(name: string): Promise<unknown>;

  /** The results that are only known when the job has completed. */
  results(job: Job): Promise<string[]>;
}

/** Creates the operations on a kind of job. */
export type KindFactory<Kind extends JobKind = JobKind> = (dependencies: JobDependencies) => KindOfJob<Kind>;

const MAX_RUNTIME_EXCEEDED = 'The maximum run time was exceeded';

const TRAINING_LOGS = '/aws/sagemaker/TrainingJobs';
const TRANSFORM_LOGS = '/aws/sagemaker/TransformJobs';
const PROCESSING_LOGS = '/aws/sagemaker/ProcessingJobs';

const onlyName = ({ name }: Job): Promise<string[]> => Promise.resolve([name]);

const training: KindFactory<'training'> = ({ sagemaker }) => ({
  isDeleted: false,
  logsOf: (name) => `log group ${TRAINING_LOGS}, streams ${name}/…`,
  create: (TrainingJobName, request, Tags) =>
    sagemaker.send(new CreateTrainingJobCommand({ ...request, TrainingJobName, Tags })),
  describe: async (TrainingJobName) => {
    const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
    const isMaxRuntimeExceeded = ['MaxRuntimeExceeded', 'MaxWaitTimeExceeded'].includes(job.SecondaryStatus ?? '');
    return {
      name: TrainingJobName,
      arn: job.TrainingJobArn ?? '',
      createdAt: job.CreationTime?.getTime() ?? 0,
      endedAt: job.TrainingEndTime?.getTime(),
      state: job.TrainingJobStatus as Job['state'],
      reason: job.FailureReason ?? (isMaxRuntimeExceeded ? MAX_RUNTIME_EXCEEDED : undefined),
      isMaxRuntimeExceeded,
    };
  },
  end: (TrainingJobName) => sagemaker.send(new StopTrainingJobCommand({ TrainingJobName })),
  results: onlyName,
});

const tuning: KindFactory<'tuning'> = ({ sagemaker }) => ({
  isDeleted: false,
  logsOf: (name) => `log group ${TRAINING_LOGS}, streams ${name}-…`,
  create: (HyperParameterTuningJobName, request, Tags) =>
    sagemaker.send(new CreateHyperParameterTuningJobCommand({ ...request, HyperParameterTuningJobName, Tags })),
  describe: async (HyperParameterTuningJobName) => {
    const job = await sagemaker.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName }));
    const status = job.HyperParameterTuningJobStatus ?? 'Failed';
    const best = job.BestTrainingJob?.TrainingJobName;
    // The status of a tuning job is Completed even if all of its training jobs have failed.
    const hasNoResult = status === 'Completed' && best === undefined;
    return {
      name: HyperParameterTuningJobName,
      arn: job.HyperParameterTuningJobArn ?? '',
      createdAt: job.CreationTime?.getTime() ?? 0,
      endedAt: job.HyperParameterTuningEndTime?.getTime(),
      state: hasNoResult || status.startsWith('Delet') ? 'Failed' : (status as Job['state']),
      reason: job.FailureReason ?? (hasNoResult ? 'None of its training jobs has completed' : undefined),
      isMaxRuntimeExceeded: false,
      best,
    };
  },
  end: (HyperParameterTuningJobName) =>
    sagemaker.send(new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName })),
  results: async ({ best: TrainingJobName = '' }) => {
    const { ModelArtifacts } = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
    return [TrainingJobName, ModelArtifacts?.S3ModelArtifacts ?? ''];
  },
});

const transform: KindFactory<'transform'> = ({ sagemaker }) => ({
  isDeleted: false,
  logsOf: (name) => `log group ${TRANSFORM_LOGS}, streams ${name}/…`,
  create: (TransformJobName, request, Tags) =>
    sagemaker.send(new CreateTransformJobCommand({ ...request, TransformJobName, Tags })),
  describe: async (TransformJobName) => {
    const job = await sagemaker.send(new DescribeTransformJobCommand({ TransformJobName }));
    return {
      name: TransformJobName,
      arn: job.TransformJobArn ?? '',
      createdAt: job.CreationTime?.getTime() ?? 0,
      endedAt: job.TransformEndTime?.getTime(),
      state: job.TransformJobStatus as Job['state'],
      reason: job.FailureReason,
      isMaxRuntimeExceeded: false,
    };
  },
  end: (TransformJobName) => sagemaker.send(new StopTransformJobCommand({ TransformJobName })),
  results: onlyName,
});

export const processing: KindFactory<'processing'> = ({ sagemaker }) => ({
  isDeleted: false,
  logsOf: (name) => `log group ${PROCESSING_LOGS}, streams ${name}/…`,
  create: (ProcessingJobName, request, Tags) =>
    sagemaker.send(new CreateProcessingJobCommand({ ...request, ProcessingJobName, Tags })),
  describe: async (ProcessingJobName) => {
    const job = await sagemaker.send(new DescribeProcessingJobCommand({ ProcessingJobName }));
    const isMaxRuntimeExceeded = hasUsedMaxRuntime(job);
    const reasons = [isMaxRuntimeExceeded ? MAX_RUNTIME_EXCEEDED : undefined, job.FailureReason, job.ExitMessage];
    return {
      name: ProcessingJobName,
      arn: job.ProcessingJobArn ?? '',
      createdAt: job.CreationTime?.getTime() ?? 0,
      endedAt: job.ProcessingEndTime?.getTime(),
      state: job.ProcessingJobStatus as Job['state'],
      reason: reasons.filter(Boolean).join('; ') || undefined,
      isMaxRuntimeExceeded,
    };
  },
  end: (ProcessingJobName) => sagemaker.send(new StopProcessingJobCommand({ ProcessingJobName })),
  results: onlyName,
});

/**
 * Whether a processing job was stopped at its maximum run time. The API does not return why it was stopped, but only a job that is not
 * stopped earlier runs that long.
 */
function hasUsedMaxRuntime(job: DescribeProcessingJobCommandOutput): boolean {
  const { ProcessingStartTime: start, ProcessingEndTime: end, StoppingCondition } = job;
  const limit = StoppingCondition?.MaxRuntimeInSeconds;
  if (job.ProcessingJobStatus !== 'Stopped' || start === undefined || end === undefined || limit === undefined)
    return false;
  return end.getTime() - start.getTime() >= limit * 1000;
}

const ALGORITHM_STATES: Record<string, Job['state']> = { Pending: 'InProgress', Deleting: 'Stopping' };

const algorithm: KindFactory<'algorithm'> = ({ sagemaker }) => ({
  isDeleted: true,
  logsOf: () => `log groups ${TRAINING_LOGS} and ${TRANSFORM_LOGS}`,
  create: (AlgorithmName, request, Tags) =>
    sagemaker.send(new CreateAlgorithmCommand({ ...request, AlgorithmName, Tags })),
  describe: async (AlgorithmName) => {
    const found = await sagemaker.send(new DescribeAlgorithmCommand({ AlgorithmName }));
    const status = found.AlgorithmStatus ?? 'Failed';
    const { ValidationStatuses = [], ImageScanStatuses = [] } = found.AlgorithmStatusDetails ?? {};
    return {
      name: AlgorithmName,
      arn: found.AlgorithmArn ?? '',
      createdAt: found.CreationTime?.getTime() ?? 0,
      state: ALGORITHM_STATES[status] ?? (status as Job['state']),
      reason: failures([...ValidationStatuses, ...ImageScanStatuses]),
      isMaxRuntimeExceeded: false,
    };
  },
  end: (AlgorithmName) => sagemaker.send(new DeleteAlgorithmCommand({ AlgorithmName })),
  results: onlyName,
});

function failures(items: AlgorithmStatusItem[]): string | undefined {
  const failed = items.filter(({ Status }) => Status === 'Failed');
  return failed.length === 0
    ? undefined
    : failed.map(({ Name, FailureReason }) => `${Name}: ${FailureReason ?? 'no reason given'}`).join('; ');
}

export const KINDS: { readonly [Kind in JobKind]: KindFactory<Kind> } = {
  training,
  tuning,
  transform,
  processing,
  algorithm,
};
