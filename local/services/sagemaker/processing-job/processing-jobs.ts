import { ServiceError, validationError } from '../../../aws-model/service-error';
import { type ProcessingResult, type Run, runProcessingJob, withRun } from '../../../container';
import { SECONDS } from '../../../contract';
import type { Store } from '../../store';
import type { Operations } from '../../wire/json';
import { now } from '../../wire/record';
import { describe } from '../descriptions';
import { ExecutionRole, type ExecutionRoleServices, checkExecutionRole, withReason } from '../execution-role';
import { list, pick } from '../pages';
import { type Outcome, RunningJobs } from '../running-jobs';
import type { Tags } from '../tags';
import { checkProcessingJob } from './checks';
import { type ProcessingJob, type ProcessingJobInput, instancesOf } from './processing-job';
import { processingRequest } from './processing-request';
import { Uploads } from './uploads';

const LOG_GROUP = '/aws/sagemaker/ProcessingJobs';

/** The reason with which SageMaker fails a job whose container has failed. */
const CONTAINER_FAILED = 'AlgorithmError: See job logs for more information';

interface Services extends ExecutionRoleServices {
  readonly tags: Tags;
}

/** Processing jobs, whose containers run on this machine. */
export class ProcessingJobs {
  public readonly operations: Operations;
  private readonly store: Store<ProcessingJob>;
  private readonly running = new RunningJobs();

  constructor(private readonly services: Services) {
    this.store = services.context.store<ProcessingJob>('processing-jobs');
    this.operations = {
      CreateProcessingJob: (input: ProcessingJobInput) => pick(this.create(input), 'ProcessingJobArn'),
      DescribeProcessingJob: ({ ProcessingJobName }: { ProcessingJobName: string }) =>
        describe('DescribeProcessingJob', this.existing(ProcessingJobName)),
      StopProcessingJob: ({ ProcessingJobName }: { ProcessingJobName: string }) => this.stop(ProcessingJobName),
      ListProcessingJobs: (query: object) => list('ListProcessingJobs', this.store.list(), query),
    };
  }

  /** Starts the jobs again that were in progress when the service stopped. */
  public resume(): void {
    for (const job of this.store.list()) {
      if (job.ProcessingJobStatus === 'Stopping') this.end(job.ProcessingJobName, { status: 'Stopped' });
      if (job.ProcessingJobStatus === 'InProgress') this.start(job);
    }
  }

  public close(): Promise<void> {
    return this.running.close();
  }

  private existing(name: string): ProcessingJob {
    const job = this.store.get(name);
    if (job === undefined) {
      throw new ServiceError('ResourceNotFound', `Could not find requested job with name: ${name}`);
    }
    return job;
  }

  private create({ Tags: tags, ...input }: ProcessingJobInput): ProcessingJob {
    const { context, permissions, s3 } = this.services;
    const name = input.ProcessingJobName ?? '';
    if (this.store.get(name) !== undefined) {
      throw new ServiceError(
        'ResourceInUse',
        `Job name must be unique within an AWS account and region, and a job with this name already exists (${name})`,
      );
    }
    const ProcessingJobArn = context.arn('sagemaker', `processing-job/${name.toLowerCase()}`);
    checkExecutionRole(permissions, input.RoleArn, ProcessingJobArn);
    checkProcessingJob(s3, input);
    this.services.tags.add(ProcessingJobArn, tags as never);
    const job = this.store.put(name, {
      StoppingCondition: { MaxRuntimeInSeconds: SECONDS.defaultMaxRuntime },
      ...input,
      ProcessingJobName: name,
      ProcessingJobArn,
      ProcessingJobStatus: 'InProgress',
      CreationTime: now(),
    });
    this.start(job);
    context.events.publish('processingJob', job);
    return job;
  }

  private stop(name: string): void {
    const job = this.existing(name);
    if (job.ProcessingJobStatus !== 'InProgress') {
      throw validationError(
        `The request was rejected because the processing job is in status ${job.ProcessingJobStatus}.`,
      );
    }
    this.change(name, { ProcessingJobStatus: 'Stopping' });
    this.running.stop(name);
  }

  private start(job: ProcessingJob): void {
    this.running.start(
      job.ProcessingJobName,
      (stop) => withRun(this.services.context.engine, (run) => this.work(job, run, stop)),
      (outcome) => this.end(job.ProcessingJobName, outcome),
    );
  }

  private async work(job: ProcessingJob, run: Run, stop: AbortSignal): Promise<Outcome> {
    const { context } = this.services;
    const name = job.ProcessingJobName;
    const role = new ExecutionRole(this.services, job.RoleArn, job.ProcessingJobArn);
    const write = role.log(LOG_GROUP);
    const log = (host: string, text: string): void => write(`${name}/${host}-${Math.floor(job.CreationTime)}`, text);
    await withReason('Failed to create the storage volume', () =>
      role.checkVolumeKey(job.ProcessingResources?.ClusterConfig?.VolumeKmsKeyId),
    );
    const request = await withReason('Data download failed', () => processingRequest(context, role, job, run));
    const uploads = new Uploads(context, role.s3, job);
    const upload = (output: string, directories: string[]): Promise<void> =>
      withReason('Output upload failed', () => uploads.upload(output, directories));
    const { type } = instancesOf(job.ProcessingResources?.ClusterConfig);
    const gpus = context.gpus.for([type], (text) => log('algo-1', text));
    const result = await runProcessingJob(
      run,
      { ...request, gpus },
      {
        stop,
        onPhase: (phase) => {
          if (phase === 'Processing') this.store.update(name, { ProcessingStartTime: now() });
        },
        onLog: ({ host, text }) => log(host, text),
        onFiles: ({ name: output }, directories) => upload(output, directories),
      },
    );
    if (stop.reason === 'closing') return { status: 'Stopped' };
    this.store.update(name, { ExitMessage: result.exitMessage });
    for (const { path, reason } of result.excluded) log('algo-1', `Not uploaded: ${path}, because ${reason}.`);
    for (const [output, directory] of Object.entries(result.outputs)) await upload(output, [directory]);
    return outcomeOf(result);
  }

  private end(name: string, { status, reason }: Outcome): void {
    this.change(name, {
      ProcessingJobStatus: status,
      FailureReason: reason?.slice(0, 1024),
      ProcessingEndTime: now(),
    });
  }

  private change(name: string, change: Partial<ProcessingJob>): void {
    const job = this.store.update(name, { ...change, LastModifiedTime: now() });
    this.services.context.events.publish('processingJob', job);
  }
}

/** A job that was stopped, also at its maximum run time, has no failure reason. */
function outcomeOf({ status, hasInvalidMessage }: ProcessingResult): Outcome {
  if (hasInvalidMessage === true)
    return { status: 'Failed', reason: 'ClientError: The exit message is not valid UTF-8.' };
  return { status, reason: status === 'Failed' ? CONTAINER_FAILED : undefined };
}
