import { ServiceError, validationError } from '../../../aws-model/service-error';
import { type Run, notUploaded, train, withRun } from '../../../container';
import type { Metrics } from '../../cloudwatch';
import type { Store } from '../../store';
import type { Operations } from '../../wire/json';
import { now } from '../../wire/record';
import type { Algorithms } from '../algorithm/algorithms';
import { Channels } from '../data/channels';
import { describe } from '../descriptions';
import { ExecutionRole, type ExecutionRoleServices, checkExecutionRole, withReason } from '../execution-role';
import { list, pick } from '../pages';
import { type Outcome, RunningJobs } from '../running-jobs';
import type { Tags } from '../tags';
import { uploadArtifacts } from './artifacts';
import { checkTrainingJob } from './checks';
import { type TrainingJob, type TrainingJobInput, withSecondaryStatus } from './training-job';
import { trainingRequest } from './training-request';

const LOG_GROUP = '/aws/sagemaker/TrainingJobs';

/** The namespace of the metrics that jobs log. */
const NAMESPACE = LOG_GROUP;

interface Services extends ExecutionRoleServices {
  readonly metrics: Metrics;
  readonly tags: Tags;
  readonly algorithms: Algorithms;
}

/** Training jobs, which train in containers on this machine. */
export class TrainingJobs {
  public readonly operations: Operations;
  private readonly store: Store<TrainingJob>;
  private readonly running = new RunningJobs();
  private readonly interruptions = new Map<string, AbortController>();
  private readonly channels: Channels;

  constructor(private readonly services: Services) {
    this.store = services.context.store<TrainingJob>('training-jobs');
    this.channels = new Channels(services.context, services.s3);
    this.operations = {
      CreateTrainingJob: (input: TrainingJobInput) => pick(this.create(input), 'TrainingJobArn'),
      DescribeTrainingJob: ({ TrainingJobName }: { TrainingJobName: string }) =>
        describe('DescribeTrainingJob', this.existing(TrainingJobName)),
      StopTrainingJob: ({ TrainingJobName }: { TrainingJobName: string }) => this.stop(TrainingJobName),
      ListTrainingJobs: (query: object) => list('ListTrainingJobs', this.store.list(), query),
    };
  }

  /** Starts the jobs again that were in progress when the service stopped. */
  public resume(): void {
    for (const job of this.store.list()) {
      if (job.TrainingJobStatus === 'Stopping') this.end(job.TrainingJobName, { status: 'Stopped' });
      if (job.TrainingJobStatus === 'InProgress') this.start(job);
    }
  }

  public close(): Promise<void> {
    return this.running.close();
  }

  public existing(name: string): TrainingJob {
    const job = this.store.get(name);
    if (job === undefined) throw validationError('Requested resource not found.');
    return job;
  }

  public list(): TrainingJob[] {
    return this.store.list();
  }

  public has(name: string): boolean {
    return this.store.get(name) !== undefined;
  }

  public ofTuningJob(arn: string): TrainingJob[] {
    return this.store.list().filter(({ TuningJobArn }) => TuningJobArn === arn);
  }

  public create({ Tags: tags, ...input }: TrainingJobInput, TuningJobArn?: string): TrainingJob {
    const { context, permissions } = this.services;
    const name = input.TrainingJobName ?? '';
    if (this.store.get(name) !== undefined) {
      throw new ServiceError(
        'ResourceInUse',
        `Training job names must be unique within an AWS account and region, and a training job with this name already exists (${name})`,
      );
    }
    const TrainingJobArn = context.arn('sagemaker', `training-job/${name.toLowerCase()}`);
    checkExecutionRole(permissions, input.RoleArn, TrainingJobArn);
    const HyperParameters = this.check(input);
    this.services.tags.add(TrainingJobArn, tags as never);
    const job = this.store.put(name, {
      ...input,
      HyperParameters,
      TrainingJobName: name,
      TrainingJobArn,
      TuningJobArn,
      TrainingJobStatus: 'InProgress',
      CreationTime: now(),
      ...withSecondaryStatus({}, 'Starting'),
    } as TrainingJob);
    this.start(job);
    context.events.publish('trainingJob', job);
    return job;
  }

  /** Validates a job before anything starts. Returns its hyperparameters, completed with the defaults. */
  public check(input: TrainingJobInput): Record<string, string> {
    const { s3, algorithms } = this.services;
    return checkTrainingJob({ s3, algorithms, channels: this.channels }, input);
  }

  public stop(name: string): void {
    const job = this.existing(name);
    if (job.TrainingJobStatus !== 'InProgress') {
      throw validationError(`The request was rejected because the training job is in status ${job.TrainingJobStatus}.`);
    }
    this.setStatus(name, 'Stopping', 'Stopping');
    this.running.stop(name);
  }

  /** Interrupts the instances of a managed spot training job, which starts again with its checkpoints. */
  public interrupt(name: string): void {
    if (this.existing(name).EnableManagedSpotTraining !== true) {
      throw validationError(`${name} is not a managed spot training job.`);
    }
    const interruption = this.interruptions.get(name);
    if (interruption === undefined) throw validationError(`${name} is not running.`);
    interruption.abort();
  }

  private start(job: TrainingJob): void {
    const name = job.TrainingJobName;
    this.store.update(name, { TrainingStartTime: now() });
    this.running.start(
      name,
      async (stop) => {
        for (;;) {
          const interruption = new AbortController();
          this.interruptions.set(name, interruption);
          const work = (run: Run): Promise<Outcome | undefined> => this.attempt(job, run, stop, interruption.signal);
          const outcome = await withRun(this.services.context.engine, work).finally(() =>
            this.interruptions.delete(name),
          );
          if (outcome !== undefined) return outcome;
          this.setSecondaryStatus(name, 'Interrupted');
        }
      },
      (outcome) => this.end(name, outcome),
    );
  }

  /** Trains once. Returns undefined if the instances were interrupted. */
  private async attempt(
    job: TrainingJob,
    run: Run,
    stop: AbortSignal,
    interrupt: AbortSignal,
  ): Promise<Outcome | undefined> {
    const { context } = this.services;
    const name = job.TrainingJobName;
    const Dimensions = [{ Name: 'TrainingJobName', Value: name }];
    const role = new ExecutionRole(this.services, job.RoleArn, job.TrainingJobArn);
    const write = role.log(LOG_GROUP);
    const log = (host: string, text: string): void => write(`${name}/${host}-${Math.floor(job.CreationTime)}`, text);
    await withReason('Failed to create the storage volume', () =>
      role.checkVolumeKey(job.ResourceConfig?.VolumeKmsKeyId),
    );
    const request = await withReason('Data download failed', () => trainingRequest(this.services, role, job, run));
    const gpus = context.gpus.for(instanceTypesOf(job), (text) => log('algo-1', text));
    const result = await train(
      run,
      { ...request, gpus },
      {
        stop,
        interrupt,
        onPhase: (phase) => this.setPhase(job, phase),
        onLog: ({ host, text }) => log(host, text),
        onMetric: ({ name: MetricName, value }) => {
          if (!role.mayPutMetrics(NAMESPACE)) return;
          this.services.metrics.put({ Namespace: NAMESPACE, MetricName, Dimensions }, value);
        },
      },
    );
    if (result.status === 'Interrupted') return undefined;
    if (stop.reason === 'closing') return { status: 'Stopped' };
    // The log of the job is what its user reads.
    for (const file of result.excluded) log(Object.keys(result.exitCodes)[0] ?? 'algo-1', notUploaded(file));
    const { TrainingStartTime = now() } = this.existing(name);
    const seconds = Math.ceil(now() - TrainingStartTime);
    const artifacts = [result.modelArtifact, result.outputArtifact];
    const model = await withReason('Artifact upload failed', () => uploadArtifacts(context, role.s3, job, artifacts));
    this.store.update(name, {
      ModelArtifacts: { S3ModelArtifacts: model },
      TrainingEndTime: now(),
      TrainingTimeInSeconds: seconds,
      BillableTimeInSeconds: seconds,
      FinalMetricDataList: Object.entries(lastValues(result.metrics)).map(([MetricName, Value]) => ({
        MetricName,
        Value,
        Timestamp: now(),
      })),
    });
    if (result.status === 'Failed')
      return { status: 'Failed', reason: `AlgorithmError: ${result.failureReason ?? ''}` };
    const isLate = result.status === 'Stopped' && !stop.aborted;
    return { status: result.status, secondaryStatus: isLate ? 'MaxRuntimeExceeded' : undefined };
  }

  /** Containers of a job in File mode start after its data was downloaded. */
  private setPhase(
    { TrainingJobName: name, InputDataConfig, AlgorithmSpecification }: TrainingJob,
    phase: string,
  ): void {
    this.setSecondaryStatus(name, phase);
    const modes = InputDataConfig?.map(({ InputMode }) => InputMode ?? AlgorithmSpecification?.TrainingInputMode);
    if (phase === 'Starting' && modes?.includes('File') === true) this.setSecondaryStatus(name, 'Downloading');
  }

  private setSecondaryStatus(name: string, status: string): void {
    this.store.update(name, withSecondaryStatus(this.existing(name), status));
  }

  private setStatus(name: string, TrainingJobStatus: string, secondaryStatus: string, reason?: string): void {
    this.setSecondaryStatus(name, secondaryStatus);
    const change = { TrainingJobStatus, FailureReason: reason?.slice(0, 1024) } as Partial<TrainingJob>;
    this.services.context.events.publish('trainingJob', this.store.update(name, change));
  }

  private end(name: string, { status, reason, secondaryStatus = status }: Outcome): void {
    this.setStatus(name, status, secondaryStatus, reason);
  }
}

function instanceTypesOf({
  ResourceConfig: { InstanceType, InstanceGroups = [] } = {},
}: TrainingJob): (string | undefined)[] {
  return [InstanceType, ...InstanceGroups.map((group) => group.InstanceType)];
}

/** The last value of each metric. */
function lastValues(metrics: { name: string; value: number }[]): Record<string, number> {
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}
