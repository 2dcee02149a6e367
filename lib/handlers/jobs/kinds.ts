import {
  type AlgorithmStatusItem,
  CreateAlgorithmCommand,
  CreateHyperParameterTuningJobCommand,
  CreateTrainingJobCommand,
  CreateTransformJobCommand,
  DeleteAlgorithmCommand,
  DescribeAlgorithmCommand,
  DescribeHyperParameterTuningJobCommand,
  DescribeTrainingJobCommand,
  DescribeTransformJobCommand,
  StopHyperParameterTuningJobCommand,
  StopTrainingJobCommand,
  StopTransformJobCommand,
  type Tag,
} from '@aws-sdk/client-sagemaker';
import type { JobKind, JobRequests } from '../contract';
import type { Dependencies } from './dependencies';

/** A job as the handler sees it, whatever its kind. */
export interface Job {
  readonly name: string;
  readonly arn: string;
  readonly state: 'InProgress' | 'Stopping' | 'Completed' | 'Failed' | 'Stopped';

  /** Why it ended as it did. */
  readonly reason?: string;
  readonly isMaxRuntime: boolean;

  /** The training job that was best, if any was. */
  readonly best?: string;
}

/** What differs between the kinds of jobs. */
export interface KindOfJob<Kind extends JobKind = JobKind> {
  /** Jobs are stopped, and keep their names for ever; algorithms are deleted, and their names become free. */
  readonly isDeleted: boolean;

  /** Where more is told of one. */
  logsOf(name: string): string;
  create(name: string, request: JobRequests[Kind], tags: Tag[]): Promise<unknown>;
  describe(name: string): Promise<Job>;
  end(name: string): Promise<unknown>;

  /** What only the end of a completed one tells. */
  results(job: Job): Promise<string[]>;
}

type Factory<Kind extends JobKind> = (dependencies: Dependencies) => KindOfJob<Kind>;

const TRAINING_LOGS = '/aws/sagemaker/TrainingJobs';
const TRANSFORM_LOGS = '/aws/sagemaker/TransformJobs';

const ownName = ({ name }: Job): Promise<string[]> => Promise.resolve([name]);

const training: Factory<'training'> = ({ sagemaker }) => ({
  isDeleted: false,
  logsOf: (name) => `log group ${TRAINING_LOGS}, streams ${name}/…`,
  create: (TrainingJobName, request, Tags) =>
    sagemaker.send(new CreateTrainingJobCommand({ ...request, TrainingJobName, Tags })),
  describe: async (TrainingJobName) => {
    const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
    const isMaxRuntime = ['MaxRuntimeExceeded', 'MaxWaitTimeExceeded'].includes(job.SecondaryStatus ?? '');
    return {
      name: TrainingJobName,
      arn: job.TrainingJobArn ?? '',
      state: job.TrainingJobStatus as Job['state'],
      reason: job.FailureReason ?? (isMaxRuntime ? 'Its maximum run time was exceeded' : undefined),
      isMaxRuntime,
    };
  },
  end: (TrainingJobName) => sagemaker.send(new StopTrainingJobCommand({ TrainingJobName })),
  results: ownName,
});

const tuning: Factory<'tuning'> = ({ sagemaker }) => ({
  isDeleted: false,
  logsOf: (name) => `log group ${TRAINING_LOGS}, streams ${name}-…`,
  create: (HyperParameterTuningJobName, request, Tags) =>
    sagemaker.send(new CreateHyperParameterTuningJobCommand({ ...request, HyperParameterTuningJobName, Tags })),
  describe: async (HyperParameterTuningJobName) => {
    const job = await sagemaker.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName }));
    const status = job.HyperParameterTuningJobStatus ?? 'Failed';
    const best = job.BestTrainingJob?.TrainingJobName;
    // A tuning job whose training jobs have all failed is completed all the same.
    const isFruitless = status === 'Completed' && best === undefined;
    return {
      name: HyperParameterTuningJobName,
      arn: job.HyperParameterTuningJobArn ?? '',
      state: isFruitless || status.startsWith('Delet') ? 'Failed' : (status as Job['state']),
      reason: job.FailureReason ?? (isFruitless ? 'None of its training jobs has completed' : undefined),
      isMaxRuntime: false,
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

const transform: Factory<'transform'> = ({ sagemaker }) => ({
  isDeleted: false,
  logsOf: (name) => `log group ${TRANSFORM_LOGS}, streams ${name}/…`,
  create: (TransformJobName, request, Tags) =>
    sagemaker.send(new CreateTransformJobCommand({ ...request, TransformJobName, Tags })),
  describe: async (TransformJobName) => {
    const job = await sagemaker.send(new DescribeTransformJobCommand({ TransformJobName }));
    return {
      name: TransformJobName,
      arn: job.TransformJobArn ?? '',
      state: job.TransformJobStatus as Job['state'],
      reason: job.FailureReason,
      isMaxRuntime: false,
    };
  },
  end: (TransformJobName) => sagemaker.send(new StopTransformJobCommand({ TransformJobName })),
  results: ownName,
});

const ALGORITHM_STATES: Record<string, Job['state']> = { Pending: 'InProgress', Deleting: 'Stopping' };

const algorithm: Factory<'algorithm'> = ({ sagemaker }) => ({
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
      state: ALGORITHM_STATES[status] ?? (status as Job['state']),
      reason: failures([...ValidationStatuses, ...ImageScanStatuses]),
      isMaxRuntime: false,
    };
  },
  end: (AlgorithmName) => sagemaker.send(new DeleteAlgorithmCommand({ AlgorithmName })),
  results: ownName,
});

function failures(items: AlgorithmStatusItem[]): string | undefined {
  const failed = items.filter(({ Status }) => Status === 'Failed');
  return failed.length === 0
    ? undefined
    : failed.map(({ Name, FailureReason }) => `${Name}: ${FailureReason ?? 'no reason given'}`).join('; ');
}

export const KINDS: { readonly [Kind in JobKind]: Factory<Kind> } = { training, tuning, transform, algorithm };
