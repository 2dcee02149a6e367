import {
  DescribeHyperParameterTuningJobCommand,
  DescribeTrainingJobCommand,
  type Tag,
} from '@aws-sdk/client-sagemaker';
import type { JobKind, JobRequests } from '../contract';
import { JobFailure, ensureJob } from '../jobs/ensure';
import { JobService } from '../jobs/job-service';
import { KINDS } from '../jobs/kinds';
import { baseName } from '../jobs/names';
import { createHash, resourceHash } from '../jobs/owners';
import { releaseAttempts } from '../jobs/release';
import { decimalOf } from '../shared/decimal';
import { type Deadline, isTransient, retry } from '../shared/retry';
import { waitSeconds } from '../shared/wait-seconds';
import type { RunJobInput, RunJobOutput, WorkflowJob } from '../workflow-contract';
import type { Dependencies } from './dependencies';
import { failure } from './failure';
import { isRunning } from './execution';
import { fill } from './fill';
import type { Holder } from './lock';

const ENDED = 'The execution has ended';

/** The time in which a job may not be readable yet when its execution ends. */
const NEW_MS = 120_000;

/** Creates a job of an execution if it does not exist, and describes it. */
export async function runJob(
  input: RunJobInput,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<RunJobOutput> {
  const { Job, Execution, RedriveCount } = input;
  // The execution can have ended since the step began. No job must be created long after its end, when its jobs have been stopped.
  const requireRunning = async (): Promise<void> => {
    if (!(await isRunning(Execution, dependencies))) throw failure('JobFailed', ENDED);
  };
  const service = new JobService(KINDS[Job.Kind], dependencies, deadline, requireRunning);
  const event = eventOf(Execution, RedriveCount);
  const { name, found } = await ensureJob(service, {
    base: baseOf(Job, Execution),
    identity: Execution,
    owner: { resource: ownerOf(Execution), create: event, since: dependencies.now() },
    // Only a redrive is another event, which starts the next attempt of a job that failed or was stopped.
    event,
    userTags: JSON.parse(input.Tags) as Tag[],
    request: (JobName) => fill<JobRequests[JobKind]>(input.Request, { ...input.Values, JobName }),
  }).catch((error: Error) => {
    throw error instanceof JobFailure ? failure('JobFailed', error.message) : error;
  });
  // First the job becomes readable: what stops the jobs of an ended execution finds only what it can read.
  const job = found ?? (await service.findCreated(name));
  // The end of an execution stops a job that has existed for longer: it could be read.
  if (dependencies.now() - (job?.createdAt ?? dependencies.now()) < NEW_MS) {
    await stopIfEnded(input, dependencies, deadline);
  }
  if (job?.state !== 'Completed') {
    const { createdAt = dependencies.now() } = job ?? {};
    return { IsFinished: false, WaitSeconds: waitSeconds(dependencies.now() - createdAt), JobName: name };
  }
  const trained = await retry(dependencies, deadline, isTransient, () => describe(Job.Kind, name, dependencies));
  return { IsFinished: true, WaitSeconds: 0, JobName: name, ...trained };
}

/** Stops the job that was created after its execution was stopped: what stops the jobs of the execution may not have found it. */
async function stopIfEnded(
  { Workflow, Execution, RedriveCount }: RunJobInput,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<void> {
  if (await retry(dependencies, deadline, isTransient, () => isRunning(Execution, dependencies))) return;
  await stopJobs(Workflow.Jobs, { execution: Execution, redriveCount: RedriveCount }, dependencies, deadline);
  throw failure('JobFailed', ENDED);
}

/** Stops the jobs of an execution that has ended, unless a later redrive requires them. */
export async function stopJobs(
  jobs: WorkflowJob[],
  { execution, redriveCount }: Holder,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<void> {
  for (const job of jobs) {
    const service = new JobService(KINDS[job.Kind], dependencies, deadline);
    const creates = Array.from({ length: redriveCount + 1 }, (_, count) => eventOf(execution, count));
    const released = { resource: ownerOf(execution), creates, until: dependencies.now() };
    await releaseAttempts(service, baseOf(job, execution), released);
  }
}

function baseOf({ Prefix }: WorkflowJob, execution: string): string {
  return baseName(Prefix, '', execution);
}

/** The first run of an execution and each of its redrives is an event that requires the job. */
function eventOf(execution: string, redriveCount: number): string {
  return createHash(`${execution}#${redriveCount}`);
}

function ownerOf(execution: string): string {
  return resourceHash(execution, '');
}

/** The results of a completed job: those of its training job, if it has one. */
async function describe(
  kind: JobKind,
  name: string,
  { sagemaker }: Dependencies,
): Promise<Partial<RunJobOutput> | undefined> {
  const TrainingJobName = kind === 'tuning' ? await bestOf(name, sagemaker) : name;
  if (kind !== 'training' && kind !== 'tuning') return undefined;
  const job = await sagemaker.send(new DescribeTrainingJobCommand({ TrainingJobName }));
  const metrics = (job.FinalMetricDataList ?? []).map(({ MetricName = '', Value = NaN }) => [
    MetricName,
    String(decimalOf(Value)),
  ]);
  return {
    TrainingJobName,
    TrainingJobArn: job.TrainingJobArn,
    ModelData: job.ModelArtifacts?.S3ModelArtifacts,
    Metrics: Object.fromEntries(metrics) as Record<string, string>,
  };
}

async function bestOf(
  HyperParameterTuningJobName: string,
  sagemaker: Dependencies['sagemaker'],
): Promise<string | undefined> {
  const job = await sagemaker.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName }));
  return job.BestTrainingJob?.TrainingJobName;
}
